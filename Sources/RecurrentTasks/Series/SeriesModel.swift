public import RecurrentLayers
public import RecurrentTensors

/// The ``SeriesNetwork`` that recipes train and model files hold.
public typealias SeriesModel = SeriesNetwork<Float>

/// A network that reads a series and gives a score for each class: one answer for the series, or one for each step.
///
/// `p(class | x) = softmax(output(pooling(encoder(x))))`, or in step `p(class[t] | x) = softmax(output(encoder(x)[t]))`
/// (Graves 2012, "Supervised sequence labelling with recurrent neural networks", chapters 2 and 3).
///
/// - Parameters: `encoder.*`, `pooling.attention.*` where the pooling learns, `output.weight` `[classes, features]`, `output.bias`
///   `[classes]`.
public struct SeriesNetwork<Scalar: TensorScalar>: Module {
  /// Its sizes and rates.
  public let configuration: SeriesModelConfiguration
  /// Whether each step has its own answer.
  public let isTagging: Bool

  /// What reads the series.
  public var encoder: AnyEncoder<Scalar>
  /// What makes one vector of it.
  public var pooling: Pooling<Scalar>
  /// The scores.
  public var output: Linear<Scalar>

  /// A model with parameters drawn as the configuration says.
  ///
  /// - Parameters:
  ///   - channelCount: Numbers a step, masks of missing values included.
  ///   - isTagging: Whether each step has its own answer; the pooling then counts for nothing.
  public init(
    _ configuration: SeriesModelConfiguration, channelCount: Int, classCount: Int, isTagging: Bool,
    using generator: inout RandomGenerator
  ) {
    self.configuration = configuration
    self.isTagging = isTagging
    encoder = AnyEncoder(
      configuration.encoder, inputSize: channelCount, gradientSteps: configuration.gradientSteps, using: &generator)
    pooling = Pooling(isTagging ? .last : configuration.pooling, featureCount: encoder.outputSize, using: &generator)
    output = Linear(inputSize: encoder.outputSize, outputSize: classCount, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&encoder, "encoder")
    visitor.visit(&pooling, "pooling")
    visitor.visit(&output, "output")
  }

  /// The scores, unnormalized log-probabilities: of series `[time, batch, channels]` `[batch, classes]`, of their steps
  /// `[time, batch, classes]`.
  ///
  /// - Parameters:
  ///   - lengths: Of each series; nil: all are as long as the batch. What stands past an end never counts.
  ///   - drop: What is done where the configuration has dropout; by default nothing.
  public func logits(_ inputs: Tensor<Scalar>, lengths: [Int]? = nil, drop: Dropping<Scalar> = { $1 }) -> Tensor<Scalar> {
    let inputs = drop(configuration.inputDropout, inputs)
    func between(_ x: Tensor<Scalar>) -> Tensor<Scalar> { drop(configuration.betweenDropout, x) }
    return isTagging
      ? output(between(encoder(inputs, lengths: lengths, between: between).outputs))
      : output(drop(Dropout(rate: configuration.dropout), encoder.pooled(inputs, lengths: lengths, by: pooling, between: between)))
  }
}
