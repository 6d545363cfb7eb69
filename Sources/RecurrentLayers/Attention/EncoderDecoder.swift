public import RecurrentTensors

/// A model from one sequence of tokens to another: an encoder that reads the source, a bridge, and a decoder that writes the target
/// and looks at what the encoder made of each source token.
///
/// - Parameters: `embedding.weight` `[source tokens, embedding]` unless the decoder's serves for both; `encoder.*`, `bridge.*`,
///   `decoder.*`.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let model = EncoderDecoder(
///   embedding: Embedding<Float>(tokenCount: 12, featureCount: 4, using: &generator),
///   encoder: SequenceEncoder(
///     StackedBidirectional<GRUCell<Float>>(inputSize: 4, hiddenSize: 3, layerCount: 1, using: &generator)),
///   bridge: .linear,
///   decoder: AttentionDecoder(
///     embedding: Embedding<Float>(tokenCount: 9, featureCount: 4, using: &generator),
///     rnn: Stacked<GRUCell<Float>>(inputSize: 4, hiddenSize: 5, layerCount: 1, using: &generator),
///     attention: AdditiveAttention(querySize: 5, memorySize: 6, size: 5, using: &generator), readoutSize: 4,
///     using: &generator), using: &generator)
/// let source = IndexTensor(shape: [7, 2], scalars: Array(repeating: 3, count: 14))
/// let target = IndexTensor(shape: [5, 2], scalars: Array(repeating: 1, count: 10))
/// let encoded = model.encode(source, lengths: [7, 3])
/// let outputs = model.decoder(target, from: encoded.start, over: encoded.memory, lengths: encoded.lengths)
/// // outputs.readouts.shape == [5, 2, 4], outputs.weights?.shape == [5, 2, 7]
/// ```
public struct EncoderDecoder<Cell: RecurrentCell, Attention: RecurrentLayers.Attention<Cell.Scalar>>: Module {
  public typealias Scalar = Cell.Scalar
  public typealias Decoder = AttentionDecoder<Cell, Attention>

  /// A vector for each source token; nil: that of the decoder serves for both.
  public var embedding: Embedding<Scalar>?
  /// What reads the source.
  public var encoder: SequenceEncoder<Cell>
  /// From the encoder's last state to the decoder's first.
  public var bridge: Bridge<Cell>
  /// What writes the target.
  public var decoder: AttentionDecoder<Cell, Attention>

  /// A model of these parts.
  ///
  /// - Precondition: The encoder reads embeddings, and puts out what the decoder looks at.
  public init(
    embedding: Embedding<Scalar>?, encoder: SequenceEncoder<Cell>, bridge: BridgeKind,
    decoder: AttentionDecoder<Cell, Attention>, using generator: inout RandomGenerator
  ) {
    let features = (embedding ?? decoder.embedding).featureCount
    check(
      encoder.inputSize == features, "EncoderDecoder: the encoder reads \(encoder.inputSize) features, not \(features)")
    check(
      decoder.attention == nil || decoder.attention?.memorySize == encoder.outputSize,
      "EncoderDecoder: the decoder looks at \(decoder.attention?.memorySize ?? 0) features, not \(encoder.outputSize)")
    self.embedding = embedding
    self.encoder = encoder
    self.bridge = Bridge(bridge, encoderSize: encoder.outputSize, decoder: decoder.rnn, using: &generator)
    self.decoder = decoder
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&encoder, "encoder")
    visitor.visit(&bridge, "bridge")
    visitor.visit(&decoder, "decoder")
  }

  /// A source as the decoder finds it.
  public struct Encoded: Sendable {
    /// What is looked at, `[time, batch, memory]`.
    public var memory: Tensor<Scalar>
    /// The length of each source.
    public var lengths: [Int]
    /// The decoder's first state.
    public var start: DecoderState<Cell.State>
  }

  /// Reads sources.
  ///
  /// - Parameters:
  ///   - source: `[time, batch]`; past the end of a source any token may stand.
  ///   - lengths: Of each source.
  ///   - dropout: What stands before the embedded source, between layers, and after the memory.
  ///   - drop: What is done there; by default nothing.
  public func encode(
    _ source: IndexTensor, lengths: [Int], dropping dropout: DecoderDropout = DecoderDropout(), drop: Dropping<Scalar> = { $1 }
  ) -> Encoded {
    let inputs = drop(dropout.input, (embedding ?? decoder.embedding)(source))
    let (outputs, states) = encoder.encode(inputs, lengths: lengths, between: { drop(dropout.between, $0) })
    let memory = drop(dropout.output, outputs)
    return Encoded(
      memory: memory, lengths: lengths, start: decoder.state(of: bridge(states, to: decoder.rnn, batchSize: memory.shape[1])))
  }
}
