public import RecurrentData
public import RecurrentLayers
public import RecurrentTensors

/// A language model that reads and writes text token by token, in constant memory for any length.
///
/// It owns the stream that reads, and so cannot be copied.
public struct LanguageModelWriter: ~Copyable, Sendable {
  private let codec: TextCodec
  private var stream: TokenStream
  private var decoder: TextDecoder

  /// A writer at the start of a text: as after the end of a sentence among words, or else after a newline; of a model that knows neither, as
  /// after the first symbol of its vocabulary.
  ///
  /// - Parameter weights: How the weights of the recurrent layers are stored.
  /// - Precondition: the codec's vocabulary is the model's.
  public init(_ model: LanguageModel, codec: TextCodec, weights: WeightPrecision = .full) {
    self.codec = codec
    stream = TokenStream(model, codec: codec, start: Self.start(codec), weights: weights)
    decoder = TextDecoder(codec)
  }

  /// What stands before the first token of a text.
  static func start(_ codec: TextCodec) -> Int32 {
    let newline = try? codec.encode("\n").tokens.first
    return codec.endOfSentenceIndex.map { Int32($0) } ?? newline ?? 0
  }

  /// Reads a text, which the writing will continue.
  ///
  /// - Throws: `VocabularyError` that names a symbol which the model does not know.
  public mutating func read(_ text: String) throws(VocabularyError) {
    for token in try codec.encode(text).tokens {
      stream.read(token)
      // What is read is not written again, but what is written may depend on it: a space between words.
      _ = decoder.append(Int(token))
    }
  }

  /// Draws the next token and gives the text that it adds.
  public mutating func next(sampling: Sampling, using generator: inout RandomGenerator) -> String {
    let token = sampling.draw(from: stream.scores(), using: &generator)
    stream.pending = Int32(token)
    return decoder.append(token)
  }

  /// Draws so many tokens and gives their text.
  public mutating func write(tokenCount: Int, sampling: Sampling, using generator: inout RandomGenerator) -> String {
    var text = ""
    for _ in 0..<tokenCount { text += next(sampling: sampling, using: &generator) }
    return text + decoder.finish()
  }

  /// What is left when the writing ends: U+FFFD in place of an unfinished character of several bytes, otherwise nothing.
  public mutating func finish() -> String { decoder.finish() }
}
