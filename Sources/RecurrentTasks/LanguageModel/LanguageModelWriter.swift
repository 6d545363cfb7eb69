public import RecurrentData
public import RecurrentLayers
public import RecurrentTensors

/// A language model that reads and writes text token by token, in constant memory for any length.
///
/// It owns the stream that reads, and so cannot be copied.
public struct LanguageModelWriter: ~Copyable, Sendable {
  private let model: LanguageModel
  private let codec: TextCodec
  private var stream: StreamingStack<AnyCell<Float>>
  private var decoder: TextDecoder
  /// The token to be read next; what comes after it is not known yet.
  private var pending: Int32

  /// A writer at the start of a text: as after a newline, or the end of a sentence among words.
  ///
  /// - Parameter weights: How the weights of the recurrent layers are stored.
  /// - Precondition: the codec's vocabulary is the model's.
  public init(_ model: LanguageModel, codec: TextCodec, weights: WeightPrecision = .full) {
    check(
      model.vocabularyCount == codec.vocabulary.count,
      "LanguageModelWriter: a model of \(model.vocabularyCount) tokens and a vocabulary of \(codec.vocabulary.count)")
    self.model = model.mapParameters { $0.detached() }
    self.codec = codec
    stream = model.rnn.streaming(weights: weights)
    decoder = TextDecoder(codec)
    let start = codec.endOfSentenceIndex ?? (try? codec.encode("\n").tokens.first).flatMap { $0 }.map(Int.init) ?? 0
    pending = Int32(start)
  }

  /// Reads a text, which the writing will continue.
  ///
  /// - Throws: `VocabularyError` that names a symbol which the model does not know.
  public mutating func read(_ text: String) throws(VocabularyError) {
    for token in try codec.encode(text).tokens {
      advance()
      pending = token
      // What is read is not written again, but what is written may depend on it: a space between words.
      _ = decoder.append(Int(token))
    }
  }

  /// Draws the next token and gives the text that it adds.
  public mutating func next(sampling: Sampling, using generator: inout RandomGenerator) -> String {
    let token = sampling.draw(from: model.logits(advance()).scalars, using: &generator)
    pending = Int32(token)
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

  /// Reads the pending token; the top layer's output `[1, hidden]`.
  @discardableResult private mutating func advance() -> Tensor<Float> {
    stream.step(model.embedding(IndexTensor(shape: [1], scalars: [pending])))
  }
}
