/// Reads one JSON text (RFC 8259) value by value, in order, and knows where it stands: for lines whose numbers are many.
///
/// The decoder of Foundation takes 7 microseconds a number, and does not say where in the line it gave up.
struct JSONScanner {
  private let bytes: [UInt8]
  private let path: String
  private let line: Int
  private var index = 0

  init(_ bytes: [UInt8], path: String, line: Int) {
    self.bytes = bytes
    self.path = path
    self.line = line
  }

  /// An error at the next value.
  func error(_ problem: String) -> DataError { DataError(path, line: line, character: index + 1, problem) }

  /// The first byte of what comes next, behind white space; nil at the end.
  mutating func peek() -> UInt8? {
    while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    return index < bytes.count ? bytes[index] : nil
  }

  /// Passes over `scalar` if it comes next.
  mutating func skip(_ scalar: UnicodeScalar) -> Bool {
    guard peek() == UInt8(ascii: scalar) else { return false }
    index += 1
    return true
  }

  /// Passes over `scalar`, which must come next.
  mutating func expect(_ scalar: UnicodeScalar, _ why: String) throws(DataError) {
    if skip(scalar) { return }
    throw error("\(scalar) is needed here, \(why)\(found)")
  }

  /// Calls `body` for each element of the list that comes next.
  mutating func list(_ what: String, _ body: (inout JSONScanner) throws(DataError) -> Void) throws(DataError) {
    try expect("[", "for \(what)")
    if skip("]") { return }
    repeat { try body(&self) } while skip(",")
    try expect("]", "or a comma, in \(what)")
  }

  /// Calls `body` for each key of the object that comes next; it reads the value.
  mutating func object(_ what: String, _ body: (inout JSONScanner, String) throws(DataError) -> Void) throws(DataError) {
    try expect("{", "for \(what)")
    if skip("}") { return }
    repeat {
      let key = try string()
      try expect(":", "after the key \(quoted(key))")
      try body(&self, key)
    } while skip(",")
    try expect("}", "or a comma, in \(what)")
  }

  /// The string that comes next.
  mutating func string() throws(DataError) -> String {
    guard peek() == UInt8(ascii: "\"") else { throw error("a text in double quotes is needed here\(found)") }
    let start = index
    index += 1
    var text: [UInt8] = []
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      if bytes[index] == UInt8(ascii: "\\") {
        text.append(contentsOf: try escaped())
      } else {
        text.append(bytes[index])
        index += 1
      }
    }
    if index == bytes.count {
      index = start
      throw error("this quote is not closed before the line ends")
    }
    index += 1
    return try TextRules.text(text, path: path, line: line)
  }

  /// The number that comes next; NaN for `null`, and for the `NaN` that some programs write against the standard.
  mutating func number() throws(DataError) -> Double {
    _ = peek()
    let word = word()
    let value = bytes.withUnsafeBufferPointer { NumberText.measurement(of: $0[word]) }
    switch value {
    case .number(let number):
      index = word.upperBound
      return number
    case .tooLarge: throw error("\(String(decoding: bytes[word], as: UTF8.self)) \(NumberText.tooLargeRemedy)")
    case .missing where !word.isEmpty:
      index = word.upperBound
      return .nan
    default:
      if bytes[word].elementsEqual("null".utf8) {
        index = word.upperBound
        return .nan
      }
      throw error("a number or null is needed here\(found)")
    }
  }

  /// The text, number or truth value that comes next, as text; nil for `null`.
  mutating func scalarText() throws(DataError) -> String? {
    if peek() == UInt8(ascii: "\"") { return try string() }
    let word = word()
    let text = String(decoding: bytes[word], as: UTF8.self)
    if text == "null" || text == "NaN" {
      index = word.upperBound
      return nil
    }
    guard text == "true" || text == "false" || Double(text) != nil else {
      throw error("a text or a number is needed here\(found)")
    }
    index = word.upperBound
    return text
  }

  /// Passes over the value that comes next, whatever it is.
  mutating func skipValue() throws(DataError) {
    // A stack of its own, not the program's: depth is in the hands of whoever wrote the file.
    var open: [UnicodeScalar] = []
    repeat {
      if skip("[") {
        open.append("]")
        if !skip("]") { continue }
        open.removeLast()
      } else if skip("{") {
        open.append("}")
        if !skip("}") {
          _ = try string()
          try expect(":", "after a key")
          continue
        }
        open.removeLast()
      } else {
        _ = try scalarText()
      }
      while let close = open.last, !skip(",") {
        try expect(close, "or a comma")
        open.removeLast()
      }
      if open.last == "}" {
        _ = try string()
        try expect(":", "after a key")
      }
    } while !open.isEmpty
  }

  /// Checks that nothing comes next.
  mutating func finish() throws(DataError) {
    if peek() != nil { throw error("nothing is allowed after the object on a line\(found)") }
  }

  /// The letters, digits and signs that come next.
  private func word() -> Range<Int> {
    var end = index
    while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
    return index..<end
  }

  @inline(__always)
  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E: true
    default: false
    }
  }

  private var found: String {
    if index >= bytes.count { return ", but the line ends" }
    let word = word()
    let shown = word.isEmpty ? bytes[index..<index + 1] : bytes[word]
    return ", not \(quoted(String(decoding: shown, as: UTF8.self)))"
  }

  private mutating func escaped() throws(DataError) -> [UInt8] {
    let simple: [UInt8: UInt8] = [
      0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
    ]
    if index + 1 < bytes.count, let byte = simple[bytes[index + 1]] {
      index += 2
      return [byte]
    }
    guard let first = codeUnit() else { throw error("no escape sequence of JSON") }
    var units = [first]
    if UTF16.isLeadSurrogate(first), let second = codeUnit() { units.append(second) }
    guard let text = String(validating: units, as: UTF16.self) else { throw error("half of a surrogate pair") }
    return Array(text.utf8)
  }

  /// The `\uXXXX` that comes next.
  private mutating func codeUnit() -> UInt16? {
    guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else { return nil }
    let digits = bytes[index + 2..<index + 6]
    guard digits.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return nil }
    index += 6
    return unit
  }
}
