public import RecurrentLayers
public import RecurrentTraining

/// The settings of dropout around recurrent layers that read embedded tokens.
public struct DropoutSettings: Configuration {
  @Setting(0...0.99, "Part dropped of the embedded input, between layers, and of the output.") public var dropout = 0.0
  @Setting(0...0.99, "Instead of dropout, for the embedded input.") public var dropoutInput: Double?
  @Setting(0...0.99, "Instead of dropout, between layers.") public var dropoutBetween: Double?
  @Setting(0...0.99, "Instead of dropout, for the output.") public var dropoutOutput: Double?
  @Setting("One dropout mask for all time steps of a training step (Gal and Ghahramani 2016).") public var variational = false

  public init() {}

  /// Dropout of the embedded input.
  public var inputDropout: Dropout { rate(dropoutInput) }
  /// Dropout from one layer to the next.
  public var betweenDropout: Dropout { rate(dropoutBetween) }
  /// Dropout of the output of the top layer.
  public var outputDropout: Dropout { rate(dropoutOutput) }

  /// Dropout at a rate, or at that of `dropout` where there is none; one mask for all time steps where it is variational.
  public func rate(_ rate: Double?) -> Dropout {
    Dropout(rate: rate ?? dropout, sharing: variational ? .acrossTime : .nothing)
  }
}

/// A configuration with dropout; its keys are read and set as its own, `configuration.dropout`.
@dynamicMemberLookup
public protocol DropoutConfiguration: Configuration {
  /// The dropout.
  var dropouts: DropoutSettings { get set }
}

extension DropoutConfiguration {
  /// A key of the dropout.
  public subscript<Value>(dynamicMember key: WritableKeyPath<DropoutSettings, Value>) -> Value {
    get { dropouts[keyPath: key] }
    set { dropouts[keyPath: key] = newValue }
  }

  /// What follows from the keys of the dropout.
  public subscript<Value>(dynamicMember key: KeyPath<DropoutSettings, Value>) -> Value { dropouts[keyPath: key] }
}
