/// Text as indices of a vocabulary.
public struct EncodedText: Sendable, Equatable {
  /// One index a token.
  public var tokens: [Int32]
  /// How many tokens were not in the vocabulary and became `<unk>` (a literal `<unk>` in the text is not counted).
  public var unknownCount: Int
  /// The number of Unicode scalars of the text, or of its bytes where tokens are bytes: what bits per character are computed from.
  public var characterCount: Int

  /// Encoded text of these parts.
  public init(tokens: [Int32], unknownCount: Int, characterCount: Int) {
    self.tokens = tokens
    self.unknownCount = unknownCount
    self.characterCount = characterCount
  }
}

/// Turns text into indices of a vocabulary and back: a tokenizer and a vocabulary that fit each other.
///
///     let tokenizer = Tokenizer(.characters)
///     let codec = try TextCodec(tokenizer, Vocabulary(of: "hello", tokenizer: tokenizer))
///     try codec.encode("hole").tokens          // [1, 3, 2, 0]
///     codec.decode([1, 3, 2, 0])               // "hole"
///
/// A word outside the vocabulary becomes `<unk>` and is counted. For other tokens there is no unknown symbol: a
/// character that the vocabulary lacks is an error that names it, since any replacement would change what a language
/// model is measured on. A model that only judges text may have U+FFFD stand for unknown characters
/// (`replacesUnknown`). Every text can be written in bytes, and in subwords, which have them for what they never saw.
public struct TextCodec: Sendable, Equatable {
  /// How text is cut.
  public let tokenizer: Tokenizer
  /// What the pieces are called.
  public let vocabulary: Vocabulary
  /// The index of `<unk>` among words, or of U+FFFD among characters that are replaced, if the vocabulary has it.
  public let unknownIndex: Int?
  /// The index of `<bos>`, if the vocabulary has it (`Vocabulary.init(ofSentences:)`). Of text, only a literal `<bos>` among
  /// `.words` becomes this.
  public let startOfSentenceIndex: Int?
  /// The index of `<eos>`, if the vocabulary has it. Of text, only newlines and a literal `<eos>` among words become this.
  public let endOfSentenceIndex: Int?
  private let subwords: SubwordEncoder?

  /// A codec of a tokenizer and a vocabulary.
  ///
  /// - Parameter replacesUnknown: Whether a character outside the vocabulary becomes U+FFFD, if the vocabulary has that.
  ///
  /// Throws `VocabularyError.notOneToken` if a symbol is not one token of the tokenizer's kind, and `.missing` if subwords
  /// lack a byte.
  public init(
    _ tokenizer: Tokenizer, _ vocabulary: Vocabulary, replacesUnknown: Bool = false
  ) throws(VocabularyError) {
    let marks = [Tokenizer.startOfSentence, Tokenizer.endOfSentence]
    for (index, symbol) in vocabulary.symbols.enumerated() where !marks.contains(symbol) {
      let isOneToken =
        switch tokenizer.kind {
        case .characters: symbol.unicodeScalars.count == 1
        case .graphemes: symbol.count == 1
        case .words, .wordsAndMarks:
          tokenizer.segmentCount(of: Array(symbol.utf8)) == 1 && !symbol.contains(where: \.isWhitespace)
        case .wordsWithSpaces:
          symbol == Tokenizer.unknown || !symbol.contains("\n") && tokenizer.isSpacedWord(Array(symbol.utf8))
        case .subwords:
          SubwordEncoder.isPart(symbol, tokenizer)
        case .bytes: index < 256 && symbol == Vocabulary.byteSymbol(UInt8(index))
        }
      if !isOneToken { throw .notOneToken(symbol: symbol, index: index, kind: tokenizer.kind) }
    }
    if tokenizer.kind == .bytes, vocabulary.symbols.prefix(256) != Vocabulary.bytes.symbols[...] {
      throw .notOneToken(symbol: vocabulary.symbols[vocabulary.count - 1], index: vocabulary.count - 1, kind: .bytes)
    }
    self.tokenizer = tokenizer
    self.vocabulary = vocabulary
    unknownIndex =
      tokenizer.kind.areWords
      ? vocabulary.index(of: Tokenizer.unknown)
      : replacesUnknown ? vocabulary.index(of: Vocabulary.replacement) : nil
    startOfSentenceIndex = vocabulary.index(of: Tokenizer.startOfSentence)
    endOfSentenceIndex = vocabulary.index(of: Tokenizer.endOfSentence)
    subwords = tokenizer.kind == .subwords ? try SubwordEncoder(vocabulary) : nil
  }

  /// The indices of the tokens of `text`, in time proportional to its length.
  ///
  /// Throws `VocabularyError.unknownSymbol` with the first symbol that the vocabulary lacks, if it has no `<unk>`.
  public func encode(_ text: String) throws(VocabularyError) -> EncodedText {
    try encode(normalized: tokenizer.normalized(Array(text.utf8)))
  }

  /// The text of `tokens`, as `TextDecoder` streams it. Indices must be those of the vocabulary.
  public func decode(_ tokens: some Sequence<Int32>) -> String {
    var decoder = TextDecoder(self)
    var text = ""
    for token in tokens { text += decoder.append(Int(token)) }
    return text + decoder.finish()
  }

  /// Encodes a part of a text that begins in line `firstLine`, at the line's start or not.
  func encode(normalized bytes: [UInt8], firstLine: Int = 1, startsLine: Bool = true) throws(VocabularyError) -> EncodedText {
    if tokenizer.kind == .bytes {
      return EncodedText(tokens: bytes.map(Int32.init), unknownCount: 0, characterCount: bytes.count)
    }
    var tokens: [Int32] = []
    let isLong = tokenizer.kind.areWords || tokenizer.kind == .subwords
    tokens.reserveCapacity(isLong ? bytes.count / 5 : bytes.count)
    var unknown = SymbolTable()
    var unknownCount = 0
    var firstUnknown: Range<Int>?
    let isWords = tokenizer.kind.areWords
    tokenizer.forEachSegment(of: bytes) { segment in
      if let subwords { return subwords.encode(segment, of: bytes, in: vocabulary.table, to: &tokens) }
      let isNewline = isWords && bytes[segment.lowerBound] == UInt8.newline
      if let index = isNewline ? endOfSentenceIndex : vocabulary.table.index(of: segment, in: bytes) {
        tokens.append(Int32(index))
        return
      }
      unknownCount += 1
      if let unknownIndex {
        tokens.append(Int32(unknownIndex))
      } else {
        _ = unknown.insert(segment, in: bytes)
        if firstUnknown == nil { firstUnknown = segment }
      }
    }
    if let firstUnknown {
      throw .unknownSymbol(
        symbol: String(decoding: bytes[firstUnknown], as: UTF8.self),
        line: firstLine + bytes[..<firstUnknown.lowerBound].count { $0 == UInt8.newline },
        distinct: unknown.count, occurrences: unknownCount, vocabularyCount: vocabulary.count)
    }
    // Every byte but continuation bytes begins a scalar.
    var characterCount = bytes.count { $0 & 0xC0 != 0x80 }
    if tokenizer.kind.keepSpaces { characterCount -= Tokenizer.lineSpaceCount(of: bytes, startsLine: startsLine) }
    return EncodedText(tokens: tokens, unknownCount: unknownCount, characterCount: characterCount)
  }
}
