/// The symbols that a model knows, in the order of their indices.
///
/// The order depends on the text only:
/// - characters and graphemes are sorted by their Unicode scalars,
/// - words by descending frequency, and equally frequent ones by their scalars,
/// - bytes are all 256, in order, whatever the text holds (`Vocabulary.bytes`),
/// - subwords are the 256 bytes (`"<0x41>"`), the alphabet sorted by scalars, and the merges in the order in which they were
///   learned, so that the vocabulary is all that an encoder needs.
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

  /// A vocabulary of symbols that are known to differ.
  init(sorted unsorted: SymbolTable, order: [Int]) {
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

  /// The 256 bytes in order, written `"0x00"` to `"0xff"`, so that any JSON reader can hold them and a byte is
  /// never mistaken for a character.
  public static let bytes: Vocabulary = {
    var table = SymbolTable()
    for byte in UInt8.min...UInt8.max {
      let symbol = Array(byteSymbol(byte).utf8)
      _ = table.insert(0..<symbol.count, in: symbol)
    }
    return Vocabulary(sorted: table, order: Array(0..<256))
  }()

  /// What a byte is called among subwords. No text is cut so that a symbol of its own could have this name.
  static func subwordByteSymbol(_ byte: UInt8) -> String { "<\(byteSymbol(byte))>" }

  static func byteSymbol(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.utf8.count == 1 ? "0x0\(digits)" : "0x\(digits)"
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
  /// A symbol that must be there is not: one of the 256 bytes among subwords, or the start or end of a sentence.
  case missing(symbol: String)
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
    case .missing(let symbol): "the vocabulary lacks the symbol \(symbol), without which it cannot be used here"
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
