import RecurrentData

/// What displays say of tokens, the same in every task that reads text.
extension TokenKind {
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
