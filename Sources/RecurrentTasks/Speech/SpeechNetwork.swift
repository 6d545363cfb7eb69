public import RecurrentLayers
public import RecurrentTensors

/// The ``SpeechNetwork`` that recipes train and model files hold.
public typealias SpeechRecognizer = SpeechNetwork<Float>

/// A speech recognizer: at each step recurrent layers read some frames of sound, and say a symbol or none, for connectionist temporal classification (Graves
/// et al. 2006; Graves, Mohamed and Hinton 2013).
///
/// `p(symbol at step t) = softmax(output(encoder(front(x_t))))`; symbol 0 is the blank, symbol k the token k - 1 of the vocabulary.
///
/// - Parameters: `front.weight` `[front, stack * features]` and `front.bias`, where it has them; `encoder.*` as in PyTorch; `output.weight`
///   `[1 + tokens, outputs]` and `output.bias`.
public struct SpeechNetwork<Scalar: TensorScalar>: Module {
  /// Its sizes and rates.
  public let configuration: SpeechConfiguration

  /// What reads the frames of a step, where that is not the encoder.
  public var front: Linear<Scalar>?
  /// The recurrent layers.
  public var encoder: SequenceEncoder<AnyCell<Scalar>>
  /// The scores of the symbols.
  public var output: Linear<Scalar>

  /// A model with parameters drawn at random.
  public init(_ configuration: SpeechConfiguration, featureCount: Int, tokenCount: Int, using generator: inout RandomGenerator) {
    check(featureCount > 0 && tokenCount > 0, "SpeechNetwork: \(featureCount) features, \(tokenCount) tokens")
    self.configuration = configuration
    let inputSize = configuration.stack * featureCount
    front = configuration.front.map { Linear(inputSize: inputSize, outputSize: $0, using: &generator) }
    encoder = SequenceEncoder(
      inputSize: configuration.front ?? inputSize, hiddenSize: configuration.hidden, layerCount: configuration.layers,
      isBidirectional: configuration.bidirectional, isResidual: configuration.residual
    ) { configuration.recurrent.makeCell(inputSize: $0, using: &generator) }
    output = Linear(inputSize: encoder.outputSize, outputSize: 1 + tokenCount, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&front, "front")
    visitor.visit(&encoder, "encoder")
    visitor.visit(&output, "output")
  }

  /// The scores of the symbols at each step, unnormalized log-probabilities: `[time, batch, 1 + tokens]`.
  ///
  /// - Parameters:
  ///   - inputs: Stacked frames, `[time + lookahead, batch, stack * features]`.
  ///   - lengths: Of each recording, in steps; what stands past its end does not matter.
  ///   - drop: What is done where the configuration has dropout; by default nothing.
  public func logits(_ inputs: Tensor<Scalar>, lengths: [Int], drop: Dropping<Scalar> = { $1 }) -> Tensor<Scalar> {
    let read = frontOutputs(drop(configuration.inputDropout, inputs))
    let ahead = configuration.lookahead
    let outputs = encoder(read, lengths: lengths.map { $0 + ahead }) { drop(configuration.betweenDropout, $0) }.outputs
    return output(drop(configuration.outputDropout, inTime(outputs)))
  }

  /// The encoder's outputs from which the symbols of the steps are said: of each step the one when so much more had been heard.
  func inTime(_ outputs: Tensor<Scalar>) -> Tensor<Scalar> {
    configuration.lookahead == 0 ? outputs : outputs.sliced(configuration.lookahead..<outputs.shape[0])
  }

  /// What the encoder reads of stacked frames.
  func frontOutputs(_ inputs: Tensor<Scalar>) -> Tensor<Scalar> { front.map { $0(inputs).relu() } ?? inputs }
}
