/// The parsed header of a `.safetensors` file, not yet checked against the size of the file.
struct SafetensorsHeader {
  /// A tensor as the header describes it.
  struct Item {
    var name: String
    var type: String
    var shape: [Int]
    var begin: Int
    var end: Int
  }

  private(set) var items: [Item] = []
  private(set) var metadata: [String: String] = [:]

  /// Parses `bytes`, the header alone, of the file `path`.
  init(parsing bytes: ArraySlice<UInt8>, path: String) throws(SafetensorsError) {
    var scanner = HeaderScanner(bytes: bytes, path: path)
    var names: Set<String> = []
    var hasMetadata = false
    try scanner.object(skippingSpaceBefore: false) { (scanner, key) throws(SafetensorsError) in
      if key == "__metadata__" {
        if hasMetadata { throw SafetensorsError(path, .duplicate(key: key)) }
        hasMetadata = true
        try scanner.object { (scanner, key) throws(SafetensorsError) in
          let value = try scanner.string()
          if metadata.updateValue(value, forKey: key) != nil { throw SafetensorsError(path, .duplicate(key: key)) }
        }
      } else {
        if !names.insert(key).inserted { throw SafetensorsError(path, .duplicate(key: key)) }
        items.append(try Self.item(named: key, from: &scanner, path: path))
      }
    }
    try scanner.end()
  }

  private static func item(
    named name: String, from scanner: inout HeaderScanner, path: String
  ) throws(SafetensorsError) -> Item {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { (scanner, field) throws(SafetensorsError) in
      let isDuplicate: Bool
      switch field {
      case "dtype":
        isDuplicate = type != nil
        type = try scanner.string()
      case "shape":
        isDuplicate = shape != nil
        shape = try scanner.wholeNumbers(of: name, field: field)
      case "data_offsets":
        isDuplicate = offsets != nil
        offsets = try scanner.wholeNumbers(of: name, field: field)
      default: throw SafetensorsError(path, .badField(name: name, field: field, isMissing: false))
      }
      if isDuplicate { throw SafetensorsError(path, .duplicate(key: "\(name).\(field)")) }
    }
    guard let type else { throw SafetensorsError(path, .badField(name: name, field: "dtype", isMissing: true)) }
    guard let shape else { throw SafetensorsError(path, .badField(name: name, field: "shape", isMissing: true)) }
    guard let offsets, offsets.count == 2 else {
      throw SafetensorsError(path, .badField(name: name, field: "data_offsets", isMissing: true))
    }
    return Item(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
  }
}

/// Reads the subset of JSON that a header is made of: objects, strings, arrays of whole numbers.
///
/// Foundation's parsers silently keep one of two equal keys and round numbers; a strict reader needs to see both.
private struct HeaderScanner {
  let bytes: ArraySlice<UInt8>
  let path: String
  var position: Int

  init(bytes: ArraySlice<UInt8>, path: String) {
    self.bytes = bytes
    self.path = path
    position = bytes.startIndex
  }

  private func failure(_ expected: String) -> SafetensorsError {
    SafetensorsError(path, .malformedHeader(offset: position, expected: expected))
  }

  private var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  /// Whether `character` came, which is then behind.
  private mutating func accept(_ character: Character) -> Bool {
    skipSpace()
    guard next == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Character) throws(SafetensorsError) {
    if !accept(character) { throw failure("'\(character)'") }
  }

  /// An object; `body` reads the value of each key.
  mutating func object(
    skippingSpaceBefore: Bool = true, _ body: (inout HeaderScanner, String) throws(SafetensorsError) -> Void
  ) throws(SafetensorsError) {
    if !skippingSpaceBefore, next != UInt8(ascii: "{") { throw failure("'{'") }
    try expect("{")
    if accept("}") { return }
    while true {
      let key = try string()
      try expect(":")
      try body(&self, key)
      if accept("}") { return }
      if !accept(",") { throw failure("',' or '}'") }
    }
  }

  /// Nothing but padding is left.
  mutating func end() throws(SafetensorsError) {
    skipSpace()
    if next != nil { throw failure("the end of the header") }
  }

  /// An array of whole numbers that are not negative.
  mutating func wholeNumbers(of name: String, field: String) throws(SafetensorsError) -> [Int] {
    var numbers: [Int] = []
    try expect("[")
    if accept("]") { return numbers }
    while true {
      skipSpace()
      let start = position
      while let byte = next, byte != UInt8(ascii: ","), byte != UInt8(ascii: "]"), byte > 0x20 { position += 1 }
      let text = String(decoding: bytes[start..<position].prefix(40), as: UTF8.self)
      let isJSON = !text.hasPrefix("+") && (text == "0" || !text.hasPrefix("0"))
      guard isJSON, position - start <= 40, let number = Int(text), number >= 0, text != "-0" else {
        throw SafetensorsError(path, .badNumber(name: name, field: field, text: text))
      }
      numbers.append(number)
      if accept("]") { return numbers }
      if !accept(",") { throw failure("',' or ']'") }
    }
  }

  /// A string with its escapes undone.
  mutating func string() throws(SafetensorsError) -> String {
    try expect("\"")
    var utf8: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: utf8, as: UTF8.self)  // the header is known to be UTF-8
      case UInt8(ascii: "\\"):
        position += 1
        utf8.append(contentsOf: try escaped().utf8)
      case 0..<0x20: throw failure("a string without control characters")
      default:
        utf8.append(byte)
        position += 1
      }
    }
    throw failure("the end of a string")
  }

  private mutating func escaped() throws(SafetensorsError) -> String {
    guard let byte = next else { throw failure("an escape sequence") }
    position += 1
    switch Unicode.Scalar(byte) {
    case "\"": return "\""
    case "\\": return "\\"
    case "/": return "/"
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u":
      var value = try fourHexadecimalDigits()
      if (0xD800...0xDBFF).contains(value) {
        guard next == UInt8(ascii: "\\") else { throw failure("the second half of a surrogate pair") }
        position += 1
        guard next == UInt8(ascii: "u") else { throw failure("the second half of a surrogate pair") }
        position += 1
        let low = try fourHexadecimalDigits()
        guard (0xDC00...0xDFFF).contains(low) else { throw failure("the second half of a surrogate pair") }
        value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else { throw failure("a Unicode scalar") }
      return String(scalar)
    default: throw failure("an escape sequence")
    }
  }

  private mutating func fourHexadecimalDigits() throws(SafetensorsError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
