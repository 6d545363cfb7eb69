import RecurrentData
import RecurrentTraining

/// What recipes and displays say of tokens, the same in every task that reads text.
extension TokenKind {
  /// The key `tokens`.
  static let documentation =
    "What one token is: a Unicode scalar, an extended grapheme cluster, a byte, a word between white space, a word or mark"
    + " of punctuation, the same with the space before it, so that text comes back exactly, or a part of a word, learned by"
    + " byte-pair encoding. Among words a newline is the word <eos>."

  /// The key `merges`.
  static let mergesDocumentation =
    "How many merges byte-pair encoding learns from the training text. For subwords only; absent: \(Vocabulary.usualMergeCount)."

  /// Checks keys that only some kinds of tokens have.
  ///
  /// - Throws: `ConfigurationError`.
  func validate(lowercase: Bool, minimumCount: Int, merges: Int?) throws {
    if !areWords, self != .subwords, minimumCount != 1 {
      throw ConfigurationError(key: "minimumCount", "is for words and subwords; leave it at 1 for \(rawValue)")
    }
    if self != .subwords, merges != nil {
      throw ConfigurationError(key: "merges", "is for subwords; leave it out for \(rawValue)")
    }
    if self == .bytes, lowercase {
      throw ConfigurationError(key: "lowercase", "bytes have no case; set it to false")
    }
  }

  /// What one token is called.
  var singular: String {
    switch self {
    case .characters: "character"
    case .graphemes: "grapheme"
    case .bytes: "byte"
    case .words, .wordsAndMarks, .wordsWithSpaces: "word"
    case .subwords: "subword"
    }
  }

  /// What a rate of tokens is measured in.
  var rateUnit: String {
    switch self {
    case .characters, .graphemes: "char/s"
    case .bytes: "bytes/s"
    case .words, .wordsAndMarks, .wordsWithSpaces: "words/s"
    case .subwords: "subwords/s"
    }
  }
}

extension TextCodec {
  /// A token as it can be read: bytes of ASCII as what they stand for.
  func label(of token: Int32) -> String {
    let symbol = vocabulary.symbols[Int(token)]
    guard tokenizer.kind == .bytes, let byte = UInt8(symbol.dropFirst(2), radix: 16) else { return symbol }
    let isReadable = (0x20..<0x7F).contains(byte) || byte == 0x0A || byte == 0x09
    return isReadable ? String(UnicodeScalar(byte)) : symbol.dropFirst(2).uppercased()
  }
}
