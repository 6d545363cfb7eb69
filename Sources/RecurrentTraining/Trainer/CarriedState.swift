public import RecurrentLayers
public import RecurrentTensors

/// What one training step hands to the next.
///
/// The trainer detaches it, so gradients end at the step's border, and writes its tensors into checkpoints. Recurrent
/// states and arrays of them (one a layer) conform.
public protocol CarriedState: Sendable {
  /// Its tensors, in a fixed order.
  var tensors: [Tensor<Float>] { get }

  /// A state of this one's structure with the given tensors, as many as ``tensors`` has.
  func withTensors(_ tensors: [Tensor<Float>]) -> Self
}

extension CarriedState {
  /// The same values off the tape.
  public func detached() -> Self { withTensors(tensors.map { $0.detached() }) }
}

/// For tasks whose steps are independent.
public struct NoCarriedState: CarriedState, Equatable {
  /// The only value.
  public init() {}
  public var tensors: [Tensor<Float>] { [] }
  public func withTensors(_ tensors: [Tensor<Float>]) -> NoCarriedState { self }
}

extension Array: CarriedState where Element: CarriedState {
  public var tensors: [Tensor<Float>] { flatMap(\.tensors) }

  public func withTensors(_ tensors: [Tensor<Float>]) -> [Element] {
    var rest = tensors[...]
    return map { element in
      let count = element.tensors.count
      defer { rest = rest.dropFirst(count) }
      return element.withTensors(Array<Tensor<Float>>(rest.prefix(count)))
    }
  }
}

extension HiddenState: CarriedState where Scalar == Float {
  public func withTensors(_ tensors: [Tensor<Float>]) -> HiddenState { HiddenState(tensors: tensors) }
}

extension LSTMState: CarriedState where Scalar == Float {
  public func withTensors(_ tensors: [Tensor<Float>]) -> LSTMState { LSTMState(tensors: tensors) }
}
