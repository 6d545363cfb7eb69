import RecurrentData
public import RecurrentLayers
public import RecurrentTensors

/// The ``TranslationNetwork`` that recipes train and model files hold.
public typealias Translator = TranslationNetwork<Float>

/// A recurrent translator: an encoder that reads a sentence, and a decoder that looks at it and writes another.
///
/// - Parameters: those of `EncoderDecoder`.
public struct TranslationNetwork<Scalar: TensorScalar>: Module {
  /// The network.
  public typealias Network = EncoderDecoder<AnyCell<Scalar>, AnyAttention<Scalar>>

  /// Its sizes and rates.
  public let configuration: TranslatorConfiguration

  /// The network.
  public var network: Network

  /// A model with parameters drawn at random: embeddings evenly within `±1 / sqrt(embedding)`, so that a tied output begins with
  /// scores of about 1.
  ///
  /// - Precondition: The configuration is valid; where all embeddings are tied, both vocabularies are the same.
  public init(
    _ configuration: TranslatorConfiguration, sourceCount: Int, targetCount: Int, using generator: inout RandomGenerator
  ) {
    self.configuration = configuration
    let c = configuration
    func embedding(_ count: Int) -> Embedding<Scalar> {
      Embedding(tokenCount: count, featureCount: c.embedding, initializer: .inverseSquareRoot, using: &generator)
    }
    func cell(_ inputSize: Int, _ hiddenSize: Int) -> AnyCell<Scalar> {
      c.recurrent.makeCell(inputSize: inputSize, hiddenSize: hiddenSize, using: &generator)
    }
    check(c.tied != .all || sourceCount == targetCount, "Translator: all embeddings are tied, and there are two vocabularies")
    let ofSource = c.tied == .all ? nil : embedding(sourceCount)
    let encoder = SequenceEncoder<AnyCell<Scalar>>(
      inputSize: c.embedding, hiddenSize: c.encoderUnits, layerCount: c.layers, isBidirectional: c.bidirectional
    ) { cell($0, c.encoderUnits) }
    let fed = Network.Decoder.fedSize(
      c.feeding, readoutSize: c.readoutSize, memorySize: c.attention == .none ? 0 : encoder.outputSize)
    let decoder = AttentionDecoder(
      embedding: embedding(targetCount),
      rnn: Stacked((0..<c.layers).map { cell($0 == 0 ? c.embedding + fed : c.hidden, c.hidden) }),
      attention: c.attention.kind.map {
        $0.makeAttention(
          querySize: c.hidden, memorySize: encoder.outputSize, size: c.attentionSize ?? c.hidden, using: &generator)
      },
      readoutSize: c.readoutSize, feeding: c.feeding, isTied: c.tied != .none, using: &generator)
    network = EncoderDecoder(
      embedding: ofSource, encoder: encoder, bridge: c.bridge, decoder: decoder, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&network, "")
  }

  /// The cross-entropy of the targets of a batch, in nats a token, with the configuration's dropout: for training.
  ///
  /// - Parameter samplingRate: How likely the decoder reads its own tokens.
  func loss(
    _ batch: PairBatch, labelSmoothing: Double, samplingRate: Double, using generator: inout RandomGenerator
  ) -> Tensor<Scalar> {
    let encoded = network.encode(
      batch.source.tokens, lengths: batch.source.lengths, dropping: configuration.encoderDropout) { $0($1, using: &generator) }
    let outputs = network.decoder(
      batch.target.read, from: encoded.start, over: encoded.memory, lengths: encoded.lengths,
      dropping: configuration.decoderDropout, samplingRate: samplingRate, using: &generator)
    return network.decoder.crossEntropy(
      outputs.readouts, targets: batch.target.targets, ignoring: IndexTensor.ignored, labelSmoothing: labelSmoothing)
  }

  /// The cross-entropy of the targets of a batch in nats, all tokens together, as the model stands.
  func totalLoss(_ batch: PairBatch) -> Double {
    let encoded = network.encode(batch.source.tokens, lengths: batch.source.lengths)
    let readouts = network.decoder(batch.target.read, from: encoded.start, over: encoded.memory, lengths: encoded.lengths).readouts
    return Double(
      network.decoder.crossEntropy(readouts, targets: batch.target.targets, ignoring: IndexTensor.ignored, reduction: .sum).scalar)
  }
}
