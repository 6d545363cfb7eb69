public import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// The settings of recurrent layers, the same in every task: `@Inlined var recurrent = RecurrentSettings { $0.hidden = 64 }`.
public struct RecurrentSettings: Configuration {
  @Setting("The recurrent cell.") public var cell = CellKind.lstm
  @Setting(1...65_536, "Units of each layer.") public var hidden = 128
  @Setting(1...64, "Recurrent layers, one above the other.") public var layers = 1
  @Setting(1...64, "Steps of depth within a time step; for the cell deep-transition only.") public var transitionDepth = 2
  @Setting(-100...100, "What is added to the forget gate's bias at the start.") public var forgetBias = 1.0

  public init() {}

  /// A cell with parameters drawn at random.
  ///
  /// - Parameters:
  ///   - hiddenSize: Its units; nil: `hidden`.
  ///   - initialization: How its parameters are drawn; nil: in the usual way, with `forgetBias`.
  public func makeCell<Scalar>(
    inputSize: Int, hiddenSize: Int? = nil, initialization: CellInitialization? = nil, using generator: inout RandomGenerator
  ) -> AnyCell<Scalar> {
    cell.makeCell(
      inputSize: inputSize, hiddenSize: hiddenSize ?? hidden, transitionDepth: transitionDepth,
      initialization: initialization ?? CellInitialization(forgetBias: forgetBias), using: &generator)
  }

  /// Layers of such cells, one above the other.
  ///
  /// - Parameters:
  ///   - inputSize: Numbers that the lowest layer reads of each step.
  ///   - isResidual: Whether a layer's input is added to its output where the sizes agree.
  public func makeLayers<Scalar>(
    inputSize: Int, isResidual: Bool = false, initialization: CellInitialization? = nil, using generator: inout RandomGenerator
  ) -> Stacked<AnyCell<Scalar>> {
    Stacked(
      (0..<layers).map { layer in
        makeCell(inputSize: layer == 0 ? inputSize : hidden, initialization: initialization, using: &generator)
      }, isResidual: isResidual)
  }
}

/// A configuration with recurrent layers; their keys are read and set as its own, `configuration.hidden`.
@dynamicMemberLookup
public protocol RecurrentConfiguration: Configuration {
  /// The recurrent layers.
  var recurrent: RecurrentSettings { get set }
}

extension RecurrentConfiguration {
  /// A key of the recurrent layers.
  public subscript<Value>(dynamicMember key: WritableKeyPath<RecurrentSettings, Value>) -> Value {
    get { recurrent[keyPath: key] }
    set { recurrent[keyPath: key] = newValue }
  }
}
