/// The symbols that a model knows, in the order of their indices.
///
/// The order depends on the text only:
/// - characters and graphemes are sorted by their Unicode scalars,
/// - words by descending frequency, and equally frequent ones by their scalars,
/// - bytes are all 256, in order, whatever the text holds (`Vocabulary.bytes`).
///
/// It is coded as an array of strings: the `vocabulary` of a model file. Two symbols are the same when their scalars
/// are; canonical equivalence plays no part.
public struct Vocabulary: Sendable {
  /// The symbols by index.
  public let symbols: [String]
  let table: SymbolTable

  /// A vocabulary of these symbols in this order.
  ///
  /// Throws `VocabularyError` if there is none, or if one is empty or there twice.
  public init(symbols: [String]) throws(VocabularyError) {
    if symbols.isEmpty { throw .empty }
    var table = SymbolTable()
    for (index, symbol) in symbols.enumerated() {
      let utf8 = Array(symbol.utf8)
      if utf8.isEmpty { throw .emptySymbol(index: index) }
      let found = table.insert(0..<utf8.count, in: utf8)
      if found != index { throw .duplicate(symbol: symbol, first: found, second: index) }
    }
    self.symbols = symbols
    self.table = table
  }

  /// From symbols that are already known to differ.
  private init(sorted unsorted: SymbolTable, order: [Int]) {
    var table = SymbolTable()
    for index in order {
      let bytes = Array(unsorted.bytes(at: index))
      _ = table.insert(0..<bytes.count, in: bytes)
    }
    self.table = table
    self.symbols = order.map { String(decoding: unsorted.bytes(at: $0), as: UTF8.self) }
  }

  /// How many symbols there are.
  public var count: Int { symbols.count }

  /// The index of `symbol`, or nil.
  public func index(of symbol: String) -> Int? {
    let utf8 = Array(symbol.utf8)
    return utf8.isEmpty ? nil : table.index(of: 0..<utf8.count, in: utf8)
  }

  /// The 256 bytes in order, written `"0x00"` to `"0xff"`, so that any JSON reader holds them and nobody takes a byte
  /// for a character.
  public static let bytes: Vocabulary = {
    var table = SymbolTable()
    for byte in UInt8.min...UInt8.max {
      let symbol = Array(byteSymbol(byte).utf8)
      _ = table.insert(0..<symbol.count, in: symbol)
    }
    return Vocabulary(sorted: table, order: Array(0..<256))
  }()

  static func byteSymbol(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.utf8.count == 1 ? "0x0\(digits)" : "0x\(digits)"
  }
}

extension Vocabulary {
  /// The vocabulary of `text`, as `TextCorpus` makes it of its training part.
  ///
  /// - Parameters:
  ///   - text: What is counted.
  ///   - tokenizer: How it is cut.
  ///   - minimumCount: Words that occur less often are left out, and their occurrences count for `<unk>`.
  ///     For words only; at least 1.
  ///
  /// `<unk>` is always among words, at the place that its frequency gives it (last if nothing is unknown).
  public init(of text: String, tokenizer: Tokenizer, minimumCount: Int = 1) {
    self.init(of: [tokenizer.normalized(Array(text.utf8))], tokenizer: tokenizer, minimumCount: minimumCount)
  }

  /// The vocabulary of texts that are judged rather than written, together.
  ///
  /// - Parameters:
  ///   - texts: What is counted.
  ///   - tokenizer: How they are cut.
  ///   - minimumCount: Words that occur less often are left out; for words only.
  ///
  /// Among characters and graphemes U+FFFD is always there, for those of other texts (`TextCodec.init`).
  public init(ofTexts texts: [String], tokenizer: Tokenizer, minimumCount: Int = 1) {
    var bytes = texts.map { tokenizer.normalized(Array($0.utf8)) }
    if !tokenizer.kind.areWords { bytes.append(Array(Self.replacement.utf8)) }
    self.init(of: bytes, tokenizer: tokenizer, minimumCount: minimumCount)
  }

  /// What stands for a character that a vocabulary lacks.
  static let replacement = "\u{FFFD}"

  /// The vocabulary of several normalized texts together.
  init(of texts: [[UInt8]], tokenizer: Tokenizer, minimumCount: Int) {
    precondition(minimumCount >= 1, "Vocabulary: minimumCount is \(minimumCount), it must be at least 1")
    if tokenizer.kind == .bytes {
      self = .bytes
      return
    }
    precondition(
      minimumCount == 1 || tokenizer.kind.areWords,
      "Vocabulary: minimumCount is for words, the tokens are \(tokenizer.kind.rawValue)")
    var table = SymbolTable()
    var counts: [Int] = []
    let unknown = Array(Tokenizer.unknown.utf8)
    let endOfSentence = Array(Tokenizer.endOfSentence.utf8)
    if tokenizer.kind.areWords {
      _ = table.insert(0..<unknown.count, in: unknown)  // index 0 while counting
      counts.append(0)
    }
    for text in texts {
      tokenizer.forEachSegment(of: text) { segment in
        let isNewline = tokenizer.kind.areWords && text[segment.lowerBound] == UInt8.newline
        let index =
          isNewline ? table.insert(0..<endOfSentence.count, in: endOfSentence) : table.insert(segment, in: text)
        if index == counts.count { counts.append(0) }
        counts[index] += 1
      }
    }
    // Bytewise order of UTF-8 is the order of scalars.
    func isBefore(_ a: Int, _ b: Int) -> Bool { table.bytes(at: a).lexicographicallyPrecedes(table.bytes(at: b)) }
    guard tokenizer.kind.areWords else {
      self.init(sorted: table, order: (0..<table.count).sorted(by: isBefore))
      return
    }
    let kept = (0..<table.count).filter {
      $0 == 0 || counts[$0] >= minimumCount || table.bytes(at: $0).elementsEqual(endOfSentence)
    }
    counts[0] += counts.reduce(0, +) - kept.reduce(0) { $0 + counts[$1] }
    self.init(
      sorted: table,
      order: kept.sorted { counts[$0] != counts[$1] ? counts[$0] > counts[$1] : isBefore($0, $1) })
  }
}

extension Vocabulary: Equatable {
  /// Whether both hold the same scalars in the same order.
  public static func == (a: Vocabulary, b: Vocabulary) -> Bool {
    a.count == b.count && zip(a.symbols, b.symbols).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
  }
}

extension Vocabulary: Codable {
  /// Decodes an array of strings; throws `VocabularyError` if they are no vocabulary.
  public init(from decoder: any Decoder) throws {
    try self.init(symbols: decoder.singleValueContainer().decode([String].self))
  }

  /// Encodes an array of strings in the order of indices.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(symbols)
  }
}

/// Why symbols are no vocabulary, or why text cannot be written in one.
public enum VocabularyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no symbol at all.
  case empty
  /// A symbol is the empty string.
  case emptySymbol(index: Int)
  /// A symbol is there twice.
  case duplicate(symbol: String, first: Int, second: Int)
  /// A symbol is not one token of this kind (two characters, a word with a space, not a byte).
  case notOneToken(symbol: String, index: Int, kind: TokenKind)
  /// The text has symbols that the vocabulary lacks, and it has no symbol for unknown ones.
  case unknownSymbol(symbol: String, line: Int, distinct: Int, occurrences: Int, vocabularyCount: Int)

  /// The cause in one line.
  public var description: String {
    switch self {
    case .empty: "the vocabulary is empty"
    case .emptySymbol(let index): "symbol \(index) of the vocabulary is an empty string"
    case .duplicate(let symbol, let first, let second):
      "the vocabulary has \(quoted(symbol)) twice, as symbols \(first) and \(second)"
    case .notOneToken(let symbol, let index, let kind):
      kind == .bytes
        ? "the vocabulary of bytes must be the 256 strings \"0x00\" to \"0xff\"; symbol \(index) is \(quoted(symbol))"
        : "symbol \(index) of the vocabulary, \(quoted(symbol)), is not one of the \(kind.rawValue)"
    case .unknownSymbol(let symbol, let line, let distinct, let occurrences, let count):
      "\(quoted(symbol)) (line \(line)) is not among the \(count) symbols of the vocabulary"
        + (occurrences == 1
          ? "" : ", and \(occurrences) tokens (\(distinct) different) of the text are not")
        + "; take them out, or train on text that has them"
    }
  }
}

/// A symbol for a message: quoted, with control characters escaped and the scalars of what is not plain ASCII.
private func quoted(_ symbol: String) -> String {
  let shown = symbol.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? $0.escaped(asASCII: true) : String($0) }
  let scalars = symbol.unicodeScalars.map { "U+" + hexadecimal($0.value) }
  let isPlain = symbol.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) }
  return "'\(shown.joined())'" + (isPlain ? "" : " (\(scalars.prefix(4).joined(separator: " ")))")
}

private func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
