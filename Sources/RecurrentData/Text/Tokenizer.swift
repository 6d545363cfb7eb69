/// What a language model counts as one token of text.
public enum TokenKind: String, Sendable, Codable, CaseIterable {
  /// One Unicode scalar (what Python calls a character).
  case characters
  /// One extended grapheme cluster (what a reader calls a character: an accented letter, a flag, `\r\n`).
  case graphemes
  /// One byte of the file, whatever its encoding.
  case bytes
  /// A run of anything but white space; each newline is a token of its own, `<eos>`.
  case words
  /// A run of letters and digits, with apostrophes inside (`don't`), or one other sign (`.`); newlines as among words.
  case wordsAndMarks = "words-and-marks"
  /// A word, or a run of one sign, together with the space before it, so that the text comes back exactly; newlines as
  /// among words.
  case wordsWithSpaces = "words-with-spaces"
  /// A part of a word, learned by byte-pair encoding: frequent words are one token, rare ones several, and what was never
  /// seen is written in bytes. The text comes back exactly.
  case subwords

  /// Whether tokens are words: an open vocabulary with `<unk>`, and `<eos>` for a newline.
  public var areWords: Bool { self == .words || self == .wordsAndMarks || self == .wordsWithSpaces }

  /// Whether tokens hold the spaces of the text.
  public var keepSpaces: Bool { self == .wordsWithSpaces || self == .subwords }
}

/// Cuts text into symbols, before a `Vocabulary` numbers them.
///
///     Tokenizer(.words).symbols(of: "to be\n")   // ["to", "be", "<eos>"]
///     Tokenizer(.wordsAndMarks).symbols(of: "Isn't it?")   // ["Isn't", "it", "?"]
///     Tokenizer(.wordsWithSpaces).symbols(of: "Isn't it?")   // [" Isn't", " it", "?"]
///
/// Words are split at every scalar with the Unicode property White_Space. A newline becomes `<eos>` (the end of a
/// sentence in one-sentence-a-line corpora such as Penn Treebank); a literal `<eos>` or `<unk>` in the text is the same
/// symbol. Symbols are compared by their bytes, never by canonical equivalence, so that decoding gives the text back:
/// a composed and a decomposed accented letter stay two symbols.
///
/// Where tokens hold the spaces, every line that is not empty is read as if one more space stood before it: the first word of
/// a sentence is then the same symbol as anywhere else. `TextDecoder` takes that space away again.
public struct Tokenizer: Sendable, Hashable, Codable {
  /// What one token is.
  public var kind: TokenKind
  /// Whether text is lower-cased first (Unicode's default mapping). Not meaningful for bytes, which stay as they are.
  public var lowercases: Bool

  /// The symbol that ends a sentence; among words it stands for a newline.
  public static let endOfSentence = "<eos>"
  /// The symbol that stands before a sentence (`Vocabulary.init(ofSentences:)`).
  public static let startOfSentence = "<bos>"
  /// The symbol that stands for words outside the vocabulary.
  public static let unknown = "<unk>"

  /// A tokenizer of the given kind.
  public init(_ kind: TokenKind, lowercases: Bool = false) {
    self.kind = kind
    self.lowercases = lowercases
  }

  /// The symbols of `text` in order; bytes are written as in `Vocabulary.bytes` (`"0x41"`). Of subwords they are the pieces
  /// within which the vocabulary's merges are made.
  ///
  /// Meant for looking and for tests: `TextCodec.encode` gives indices without making a string for each token.
  public func symbols(of text: String) -> [String] {
    let bytes = normalized(Array(text.utf8))
    var symbols: [String] = []
    forEachSegment(of: bytes) { segment in
      switch kind {
      case .bytes: symbols.append(Vocabulary.byteSymbol(bytes[segment.lowerBound]))
      case _ where kind.areWords && bytes[segment.lowerBound] == UInt8.newline:
        symbols.append(Tokenizer.endOfSentence)
      default: symbols.append(String(decoding: bytes[segment], as: UTF8.self))
      }
    }
    return symbols
  }
}

extension Tokenizer {
  /// UTF-8 text as it is tokenized: lower-cased where that is asked for, and with a space before each line where tokens
  /// hold the spaces.
  func normalized(_ bytes: [UInt8]) -> [UInt8] {
    let cased = lowercases && kind != .bytes ? lowercased(bytes) : bytes
    return kind.keepSpaces ? Self.addingLineSpaces(cased) : cased
  }

  private func lowercased(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.allSatisfy({ $0 < 0x80 }) {
      return bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    }
    return Array(String(decoding: bytes, as: UTF8.self).lowercased().utf8)
  }

  /// Calls `body` with the bytes of each token, in order. `bytes` is valid UTF-8 unless the kind is `.bytes`.
  ///
  /// A segment that begins with a newline byte is, among words, the end of a sentence.
  func forEachSegment(of bytes: [UInt8], _ body: (Range<Int>) -> Void) {
    switch kind {
    case .bytes:
      for offset in bytes.indices { body(offset..<offset + 1) }
    case .characters:
      var offset = 0
      while offset < bytes.count {
        let end = offset + UInt8.scalarLength(lead: bytes[offset])
        body(offset..<end)
        offset = end
      }
    case .graphemes:
      forEachGrapheme(of: bytes, body)
    case .words:
      forEachWord(of: bytes, body)
    case .wordsAndMarks:
      forEachWord(of: bytes) { word in forEachPart(of: word, in: bytes, body) }
    case .wordsWithSpaces, .subwords:
      forEachSpacedWord(of: bytes, body)
    }
  }

  /// How many tokens `bytes` holds.
  func segmentCount(of bytes: [UInt8]) -> Int {
    var count = 0
    forEachSegment(of: bytes) { _ in count += 1 }
    return count
  }

  private func forEachGrapheme(of bytes: [UInt8], _ body: (Range<Int>) -> Void) {
    let text = String(decoding: bytes, as: UTF8.self)
    var offset = 0
    while offset < bytes.count {
      // Between two ASCII scalars there is always a boundary, but for CR LF; the rest is the standard library's work.
      let isSimple = bytes[offset] < 0x80 && bytes[offset] != UInt8.carriageReturn
        && (offset + 1 == bytes.count || bytes[offset + 1] < 0x80)
      var end = offset + 1
      if !isSimple {
        let start = text.utf8.index(text.startIndex, offsetBy: offset)
        end = offset + text.utf8.distance(from: start, to: text.index(after: start))
      }
      body(offset..<end)
      offset = end
    }
  }

  private func forEachWord(of bytes: [UInt8], _ body: (Range<Int>) -> Void) {
    var start: Int?  // of the word that is open
    var offset = 0
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte > 0x20 && byte < 0x7F {  // the usual case
        if start == nil { start = offset }
        offset += 1
        continue
      }
      let length = UInt8.scalarLength(lead: byte)
      if isWhiteSpace(bytes, offset, length) {
        if let open = start { body(open..<offset) }
        start = nil
        if byte == UInt8.newline { body(offset..<offset + 1) }
      } else if start == nil {
        start = offset
      }
      offset += length
    }
    if let open = start { body(open..<bytes.count) }
  }

  /// Cuts a run of anything but white space into words and marks.
  private func forEachPart(of run: Range<Int>, in bytes: [UInt8], _ body: (Range<Int>) -> Void) {
    if bytes[run.lowerBound] == UInt8.newline || isSpecial(run, in: bytes) { return body(run) }
    var start: Int?  // of the word that is open
    var offset = run.lowerBound
    while offset < run.upperBound {
      let length = UInt8.scalarLength(lead: bytes[offset])
      let isInside =
        isWordScalar(bytes, offset, length)
        || start != nil && isApostrophe(bytes, offset, length) && offset + length < run.upperBound
          && isWordScalar(bytes, offset + length, UInt8.scalarLength(lead: bytes[offset + length]))
      if isInside {
        if start == nil { start = offset }
      } else {
        if let open = start { body(open..<offset) }
        start = nil
        body(offset..<offset + length)
      }
      offset += length
    }
    if let open = start { body(open..<run.upperBound) }
  }

  /// Whether a run is `<unk>` or `<eos>`, which prepared corpora hold as they stand.
  private func isSpecial(_ run: Range<Int>, in bytes: [UInt8]) -> Bool {
    run.count == 5
      && (bytes[run].elementsEqual(Tokenizer.unknown.utf8) || bytes[run].elementsEqual(Tokenizer.endOfSentence.utf8))
  }

  func isWordScalar(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> Bool {
    let byte = bytes[offset]
    if length == 1 {
      return (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
    }
    guard let scalar = scalar(bytes, offset, length) else { return false }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber: return true
    default: return scalar.properties.isAlphabetic
    }
  }

  /// `'`, or the typographic one.
  func isApostrophe(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> Bool {
    length == 1 ? bytes[offset] == 0x27 : scalar(bytes, offset, length) == "\u{2019}"
  }

  func isWhiteSpace(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> Bool {
    if length == 1 { return bytes[offset] == 0x20 || (0x09...0x0D).contains(bytes[offset]) }
    return scalar(bytes, offset, length)?.properties.isWhitespace ?? false
  }

  /// The scalar of several bytes that begins at `offset`.
  private func scalar(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> Unicode.Scalar? {
    var value = UInt32(bytes[offset]) & (0x7F >> UInt32(length))
    for next in bytes[offset + 1..<offset + length] { value = value << 6 | UInt32(next & 0x3F) }
    return Unicode.Scalar(value)
  }
}

extension UInt8 {
  static let newline: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D

  /// The length in bytes of the scalar that begins with `lead` in valid UTF-8.
  static func scalarLength(lead: UInt8) -> Int {
    lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }
}
