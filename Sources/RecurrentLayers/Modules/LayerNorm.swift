public import RecurrentTensors

/// Layer normalization of the last axis (Ba, Kiros and Hinton 2016), as `torch.nn.LayerNorm`:
/// `y = weight * (x - mean) / sqrt(variance + epsilon) + bias`.
///
/// - Parameters: `weight` and `bias` `[features]`, at first ones and zeros.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// let normalize = LayerNorm<Float>(featureCount: 4)
/// let y = normalize(Tensor(shape: [1, 4], scalars: [1, 2, 3, 4]))
/// ```
public struct LayerNorm<Scalar: TensorScalar>: Module {
  /// The gain, `[features]`.
  public var weight: Tensor<Scalar>
  /// `[features]`.
  public var bias: Tensor<Scalar>
  /// What is added to the variance before its root is taken.
  public let epsilon: Double

  /// A layer that only normalizes, to begin with.
  public init(featureCount: Int, epsilon: Double = 1e-5) {
    weight = Tensor(ones: [featureCount])
    bias = Tensor(zeros: [featureCount])
    self.epsilon = epsilon
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&weight, "weight")
    visitor.visit(&bias, "bias")
  }

  /// The normalized `x`, `[..., features]`.
  public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    x.layerNormalized(gain: weight, bias: bias, epsilon: Scalar(epsilon))
  }
}
