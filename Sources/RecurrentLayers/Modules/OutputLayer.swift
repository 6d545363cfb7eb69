public import RecurrentTensors

/// The layer that scores tokens: a bias, and a weight of its own or that of the embedding, to which it is then tied
/// (Press and Wolf 2017, "Using the output embedding to improve language models").
///
/// - Parameters: `weight` `[tokens, features]` unless tied; `bias` `[tokens]`.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let embedding = Embedding<Float>(tokenCount: 10, featureCount: 4, using: &generator)
/// let output = OutputLayer<Float>(weight: nil, bias: Tensor(zeros: [10]))
/// let logits = output.layer(tiedTo: embedding)(Tensor(ones: [7, 2, 4]))  // [7, 2, 10]
/// ```
public struct OutputLayer<Scalar: TensorScalar>: Module {
  /// `[tokens, features]`; nil where tied.
  public var weight: Tensor<Scalar>?
  /// `[tokens]`.
  public var bias: Tensor<Scalar>

  /// The layer with the given parameters.
  public init(weight: Tensor<Scalar>?, bias: Tensor<Scalar>) {
    self.weight = weight
    self.bias = bias
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&weight, "weight")
    visitor.visit(&bias, "bias")
  }

  /// The layer as a linear map, with the weight of `embedding` where it has none of its own.
  ///
  /// - Precondition: the bias has a number for each row of the weight.
  public func layer(tiedTo embedding: Embedding<Scalar>) -> Linear<Scalar> {
    Linear(weight: weight ?? embedding.weight, bias: bias)
  }
}
