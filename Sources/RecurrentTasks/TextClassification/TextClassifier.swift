public import RecurrentLayers
public import RecurrentTensors

/// The ``TextClassificationNetwork`` that recipes train and model files hold.
public typealias TextClassifier = TextClassificationNetwork<Float>

/// A text classifier: an embedding, recurrent layers that read one way or both (or a feed-forward network in their place), a pooling over
/// the text, and a score for each label.
///
/// `p(label | x) = softmax(output(pooling(encoder(embedding(x)))))`.
///
/// - Parameters: `embedding.weight` `[vocabulary, embedding]`; `encoder.*` as in PyTorch; `pooling.*` where it learns;
///   `output.weight` `[labels, features]`, `output.bias` `[labels]`.
public struct TextClassificationNetwork<Scalar: TensorScalar>: Module {
  /// Its sizes and rates.
  public let configuration: TextClassifierConfiguration

  /// A vector for each token.
  public var embedding: Embedding<Scalar>
  /// What reads the text.
  public var encoder: AnyEncoder<Scalar>
  /// What makes one vector of a text.
  public var pooling: Pooling<Scalar>
  /// The scores.
  public var output: Linear<Scalar>

  /// A model with parameters drawn at random; embeddings are normal with deviation 0.1, so that dropped and rare words do
  /// not outweigh the others.
  public init(
    _ configuration: TextClassifierConfiguration, vocabularyCount: Int, labelCount: Int,
    using generator: inout RandomGenerator
  ) {
    check(vocabularyCount > 0 && labelCount > 1, "TextClassifier: \(vocabularyCount) tokens, \(labelCount) labels")
    self.configuration = configuration
    embedding = Embedding(
      tokenCount: vocabularyCount, featureCount: configuration.embedding, initializer: .normal(standardDeviation: 0.1),
      using: &generator)
    encoder = AnyEncoder(configuration.encoder, inputSize: configuration.embedding, using: &generator)
    pooling = Pooling(configuration.pooling, featureCount: encoder.outputSize, using: &generator)
    output = Linear(inputSize: encoder.outputSize, outputSize: labelCount, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&encoder, "encoder")
    visitor.visit(&pooling, "pooling")
    visitor.visit(&output, "output")
  }

  /// The scores of the labels, unnormalized log-probabilities, for texts `[time, batch]`: `[batch, labels]`.
  ///
  /// - Parameters:
  ///   - lengths: Of each text; what stands past its end does not matter.
  ///   - drop: What is done where the configuration has dropout; by default nothing.
  public func logits(_ tokens: IndexTensor, lengths: [Int], drop: Dropping<Scalar> = { $1 }) -> Tensor<Scalar> {
    logits(embedded: embedding(tokens, droppingWords: configuration.dropoutEmbedding, drop: drop), lengths: lengths, drop: drop)
  }

  /// The scores for texts whose tokens are vectors already, `[time, batch, embedding]`: for gradients with respect to them.
  public func logits(embedded: Tensor<Scalar>, lengths: [Int], drop: Dropping<Scalar> = { $1 }) -> Tensor<Scalar> {
    let pooled = encoder.pooled(drop(configuration.inputDropout, embedded), lengths: lengths, by: pooling) {
      drop(configuration.betweenDropout, $0)
    }
    return output(drop(configuration.outputDropout, pooled))
  }
}
