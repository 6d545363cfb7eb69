public import RecurrentData
public import RecurrentLayers
public import RecurrentTensors

/// One side of a conversation: it hears turns and answers them, and its state remembers what was said.
///
/// A conversation is a list of turns of two who speak by turns; who says what is not marked. So it may hear, answer, hear and so on, answer
/// itself, or hear two turns in a row. It never says the unknown symbol, a line break or a control
/// character, and never nothing.
///
/// It owns the stream that reads, and so cannot be copied.
public struct ConversationPartner: ~Copyable, Sendable {
  private let codec: TextCodec
  private let context: ConversationDataConfiguration.Context
  private let start: Int32
  private let end: Int32
  /// Tokens that are never said.
  private let silent: [Int]
  private var stream: TokenStream
  private var decoder: TextDecoder
  /// Whether the turn has begun, so that it may end.
  private var hasSpoken = false

  /// A partner at the start of a conversation.
  ///
  /// - Parameters:
  ///   - context: What a turn is predicted from, as the model was trained.
  ///   - weights: How the weights of the recurrent layers are stored.
  /// - Precondition: the codec's vocabulary is the model's and has `<bos>` and `<eos>`.
  public init(
    _ model: LanguageModel, codec: TextCodec, context: ConversationDataConfiguration.Context = .conversation,
    weights: WeightPrecision = .full
  ) {
    guard let start = codec.startOfSentenceIndex, let end = codec.endOfSentenceIndex else {
      fatalError("ConversationPartner: a vocabulary without <bos> and <eos>")
    }
    self.codec = codec
    self.context = context
    (self.start, self.end) = (Int32(start), Int32(end))
    silent = codec.vocabulary.symbols.indices.filter { index in
      index == codec.unknownIndex || index == start || index != end && Self.isControl(codec.decode(CollectionOfOne(Int32(index))))
    }
    stream = TokenStream(model, codec: codec, start: self.start, weights: weights)
    decoder = TextDecoder(codec)
  }

  /// Forgets the conversation.
  public mutating func reset() {
    stream.reset(start)
    beginTurn()
  }

  /// Hears a turn. Line breaks in it are spaces.
  ///
  /// - Throws: `VocabularyError` that names a symbol which the model does not know, if it has none for unknown ones.
  public mutating func hear(_ turn: String) throws(VocabularyError) {
    let line = turn.split(whereSeparator: \.isNewline).joined(separator: " ")
    let tokens = try codec.encode(line).tokens
    for token in tokens + [end] { stream.read(token) }
    beginTurn()
  }

  /// Draws the next token of an answer and gives the text that it adds; nil when the turn is over. Then, or whenever enough was said,
  /// `endTurn()` ends the answer.
  public mutating func next(sampling: Sampling, using generator: inout RandomGenerator) -> String? {
    var scores = stream.scores()
    for index in silent { scores[index] = -.infinity }
    if !hasSpoken { scores[Int(end)] = -.infinity }
    let token = sampling.draw(from: scores, using: &generator)
    stream.pending = Int32(token)
    if stream.pending == end { return nil }
    let text = decoder.append(token)
    if !hasSpoken { hasSpoken = text.contains { !$0.isWhitespace } }
    return text
  }

  /// Ends an answer, whether it came to its own end or is cut short; gives what is left of its text: U+FFFD in place of an unfinished
  /// character, otherwise nothing.
  public mutating func endTurn() -> String {
    if stream.pending != end { stream.read(end) }
    let rest = decoder.finish()
    beginTurn()
    return rest
  }

  /// A whole answer of at most `longest` tokens.
  public mutating func answer(sampling: Sampling, longest: Int, using generator: inout RandomGenerator) -> String {
    var text = ""
    for _ in 0..<longest {
      guard let piece = next(sampling: sampling, using: &generator) else { break }
      text += piece
    }
    return text + endTurn()
  }

  /// Whether a text would break the line or command a terminal.
  private static func isControl(_ text: String) -> Bool {
    text.contains(where: \.isNewline) || text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\t" }
  }

  private mutating func beginTurn() {
    decoder = TextDecoder(codec)
    hasSpoken = false
    if context == .none {
      stream.reset(start)
    }
  }
}
