/// What a press of a key asks for.
enum Key: Equatable {
  /// Text, typed or pasted.
  case text(String)
  case left, right, up, down, start, end, wordLeft, wordRight
  case backspace, delete, cutToStart, cutToEnd, cutWordBackward, cutWordForward, insertCut, transpose
  case enter, clearScreen, interrupt, endOfInput, suspend
  /// A key that means nothing here.
  case unknown
}

/// Makes keys of the bytes that a terminal sends, whatever pieces they come in.
struct KeyDecoder {
  private var bytes: [UInt8] = []

  /// The keys that are complete with these bytes.
  ///
  /// - Parameter isPaused: Nothing came after them for a while: an escape that begins no sequence is a key of its own.
  mutating func decode(_ new: some Sequence<UInt8>, isPaused: Bool = false) -> [Key] {
    bytes += new
    var keys: [Key] = []
    while let (key, count) = next() {
      bytes.removeFirst(count)
      keys.append(key)
    }
    if isPaused, bytes.first == Self.escape, bytes.count < 3 {
      bytes = []
      keys.append(.unknown)
    }
    return keys
  }

  private static let escape: UInt8 = 0x1B
  private static let pasteStart = Array("\u{1B}[200~".utf8)
  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  /// The first key and how many bytes it takes; nil where bytes are missing.
  private func next() -> (Key, Int)? {
    guard let first = bytes.first else { return nil }
    if first == Self.escape { return sequence() }
    if first < 0x20 || first == 0x7F { return (Self.control(first), 1) }
    // As much text as there is, so that what is pasted does not come letter by letter; a character in parts waits for its rest.
    let run = bytes.prefix { $0 >= 0x20 && $0 != 0x7F }
    var count = run.count
    while count > 0, String(validating: run.prefix(count), as: UTF8.self) == nil, run.count - count < 4 { count -= 1 }
    if count > 0, let text = String(validating: run.prefix(count), as: UTF8.self) { return (.text(text), count) }
    return run.count < 4 && run.count == bytes.count ? nil : (.unknown, 1)
  }

  private static func control(_ byte: UInt8) -> Key {
    switch byte {
    case 0x01: .start  // Ctrl-A
    case 0x02: .left  // Ctrl-B
    case 0x03: .interrupt  // Ctrl-C
    case 0x04: .endOfInput  // Ctrl-D
    case 0x05: .end  // Ctrl-E
    case 0x06: .right  // Ctrl-F
    case 0x08, 0x7F: .backspace  // Ctrl-H
    case 0x09: .text(" ")  // a tab
    case 0x0A, 0x0D: .enter
    case 0x0B: .cutToEnd  // Ctrl-K
    case 0x0C: .clearScreen  // Ctrl-L
    case 0x0E: .down  // Ctrl-N
    case 0x10: .up  // Ctrl-P
    case 0x14: .transpose  // Ctrl-T
    case 0x15: .cutToStart  // Ctrl-U
    case 0x17: .cutWordBackward  // Ctrl-W
    case 0x19: .insertCut  // Ctrl-Y
    case 0x1A: .suspend  // Ctrl-Z
    default: .unknown
    }
  }

  /// The key of an escape sequence: ECMA-48's, with the letters and numbers that terminals have agreed on.
  private func sequence() -> (Key, Int)? {
    if bytes.starts(with: Self.pasteStart) {
      guard let end = bytes.firstRange(of: Self.pasteEnd) else { return nil }
      let text = String(decoding: bytes[Self.pasteStart.count..<end.lowerBound], as: UTF8.self)
      // A pasted text of several lines is one line here; nothing in it may command the terminal.
      let line = text.split(whereSeparator: \.isNewline).joined(separator: " ").map { $0.isASCII && $0 < " " ? " " : $0 }
      return (.text(String(line)), end.upperBound)
    }
    guard bytes.count > 1 else { return nil }
    switch bytes[1] {
    case UInt8(ascii: "["):
      guard let final = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
      return (Self.key(String(decoding: bytes[2...final], as: UTF8.self)), final + 1)
    case UInt8(ascii: "O"):
      guard bytes.count > 2 else { return nil }
      return (Self.key(String(UnicodeScalar(bytes[2]))), 3)
    case UInt8(ascii: "b"): return (.wordLeft, 2)
    case UInt8(ascii: "f"): return (.wordRight, 2)
    case UInt8(ascii: "d"): return (.cutWordForward, 2)
    case 0x7F, 0x08: return (.cutWordBackward, 2)
    default: return (.unknown, 2)
    }
  }

  private static func key(_ sequence: String) -> Key {
    switch sequence {
    case "A": .up
    case "B": .down
    case "C": .right
    case "D": .left
    case "H", "1~", "7~": .start
    case "F", "4~", "8~": .end
    case "3~": .delete
    case "1;5C", "1;3C", "5C": .wordRight
    case "1;5D", "1;3D", "5D": .wordLeft
    default: .unknown
    }
  }
}
