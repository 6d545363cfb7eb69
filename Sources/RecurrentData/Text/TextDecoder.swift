import RecurrentTensors

/// Writes text token by token, as a model generates it: constant memory for any length.
///
///     var decoder = TextDecoder(codec)
///     for token in tokens { print(decoder.append(token), terminator: "") }
///     print(decoder.finish())
///
/// - Characters and graphemes are written as they are.
/// - Words get a space between them, and `<eos>` becomes a newline.
/// - Bytes are collected until they make a whole UTF-8 scalar, so a character is never written in parts; bytes that
///   can be no part of one become U+FFFD, the same as `String(decoding:as:)` makes of all bytes at once.
/// - Words with spaces and subwords are written as they are, but for the space that each line begins with; bytes among
///   subwords as above.
///
/// `<bos>` is nothing, and `<eos>` a newline.
public struct TextDecoder: Sendable {
  private let codec: TextCodec
  private var isAtLineStart = true
  /// Bytes of a scalar that is not complete: at most three.
  private var pending: [UInt8] = []

  /// A decoder at the start of a text.
  public init(_ codec: TextCodec) {
    self.codec = codec
  }

  /// The text that `token` adds; empty while a scalar of several bytes is not complete.
  ///
  /// Traps if `token` is no index of the vocabulary.
  public mutating func append(_ token: Int) -> String {
    check(
      codec.vocabulary.symbols.indices.contains(token),
      "TextDecoder.append: token \(token) is not in a vocabulary of \(codec.vocabulary.count)")
    if token == codec.startOfSentenceIndex { return "" }
    if token == codec.endOfSentenceIndex { return finish() + placed("\n") }
    let symbol = codec.vocabulary.symbols[token]
    switch codec.tokenizer.kind {
    case .characters, .graphemes:
      return symbol
    case .words, .wordsAndMarks:
      return placed(isAtLineStart ? symbol : " " + symbol)
    case .wordsWithSpaces:
      return placed(token == codec.unknownIndex ? " " + symbol : symbol)
    case .subwords:
      guard let byte = SubwordEncoder.byte(of: symbol) else { return finish() + placed(symbol) }
      return placed(append(byte: byte))
    case .bytes:
      return append(byte: UInt8(token))
    }
  }

  /// What is left at the end of the text: U+FFFD if it ends within a scalar, otherwise nothing.
  public mutating func finish() -> String {
    defer { pending.removeAll() }
    return pending.isEmpty ? "" : "\u{FFFD}"
  }

  /// The text as it stands after what there is: at the start of a line without the space that the tokenizer put there.
  private mutating func placed(_ text: String) -> String {
    guard let last = text.utf8.last else { return "" }
    defer { isAtLineStart = last == UInt8.newline }
    let isSpaced = isAtLineStart && codec.tokenizer.kind.keepSpaces && text.utf8.first == UInt8(ascii: " ")
    return isSpaced ? String(Substring(text.utf8.dropFirst())) : text
  }

  private mutating func append(byte: UInt8) -> String {
    if let lead = pending.first {
      let position = pending.count
      if UTF8Rules.allows(byte, at: position, after: lead) {
        pending.append(byte)
        guard pending.count == UTF8Rules.length(lead: lead) else { return "" }
        defer { pending.removeAll(keepingCapacity: true) }
        return String(decoding: pending, as: UTF8.self)
      }
      pending.removeAll(keepingCapacity: true)
      return "\u{FFFD}" + append(byte: byte)  // once: nothing is pending now
    }
    switch UTF8Rules.length(lead: byte) {
    case 0: return "\u{FFFD}"
    case 1: return String(Unicode.Scalar(byte))
    default:
      pending.append(byte)
      return ""
    }
  }
}

/// Which bytes may follow which: table 3-7 of the Unicode Standard.
enum UTF8Rules {
  /// The length of a scalar that begins with `lead`; 0 if none does.
  static func length(lead: UInt8) -> Int {
    switch lead {
    case 0x00...0x7F: 1
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 0
    }
  }

  /// Whether `byte` may stand at `position` (1, 2 or 3) of a scalar that begins with `lead`.
  static func allows(_ byte: UInt8, at position: Int, after lead: UInt8) -> Bool {
    guard position == 1 else { return (0x80...0xBF).contains(byte) }
    return switch lead {
    case 0xE0: (0xA0...0xBF).contains(byte)
    case 0xED: (0x80...0x9F).contains(byte)
    case 0xF0: (0x90...0xBF).contains(byte)
    case 0xF4: (0x80...0x8F).contains(byte)
    default: (0x80...0xBF).contains(byte)
    }
  }

  /// The offset of the first byte that belongs to no scalar, or nil if all is valid.
  static func firstInvalidOffset(in bytes: [UInt8]) -> Int? {
    var offset = 0
    while offset < bytes.count {
      let length = length(lead: bytes[offset])
      guard length > 0 else { return offset }
      for position in 1..<length {
        guard offset + position < bytes.count, allows(bytes[offset + position], at: position, after: bytes[offset])
        else { return offset }
      }
      offset += length
    }
    return nil
  }
}
