public import RecurrentLayers
public import RecurrentTensors

/// What a task carries whose steps are independent: nothing.
///
/// The trainer detaches what is carried, so gradients end at the step's border, and writes its tensors into checkpoints.
public struct NoCarriedState: TensorTree, Equatable {
  public typealias Scalar = Float

  /// The only value.
  public init() {}

  public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Float>) {}
}
