extension Tokenizer {
  /// The longest segment in scalars: a longer word is several, so that the time stays proportional to the text's length.
  private static let longestSegment = 64

  /// The text with a space before each line that is not empty.
  static func addingLineSpaces(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 1)
    var isAtLineStart = true
    for byte in bytes {
      let isNewline = byte == UInt8.newline
      if isAtLineStart, !isNewline { result.append(UInt8(ascii: " ")) }
      result.append(byte)
      isAtLineStart = isNewline
    }
    return result
  }

  /// How many of these bytes `addingLineSpaces` added.
  static func lineSpaceCount(of bytes: [UInt8], startsLine: Bool) -> Int {
    var count = 0
    var isAtLineStart = startsLine
    for byte in bytes {
      let isNewline = byte == UInt8.newline
      if isAtLineStart, !isNewline { count += 1 }
      isAtLineStart = isNewline
    }
    return count
  }

  /// Cuts text into segments that together are the text: a word (as among words and marks) or a run of one sign, each with
  /// the space before it; a newline; and what is left of white space.
  func forEachSpacedWord(of bytes: [UInt8], _ body: (Range<Int>) -> Void) {
    var offset = 0
    while offset < bytes.count {
      if bytes[offset] == UInt8.newline {
        body(offset..<offset + 1)
        offset += 1
        continue
      }
      var start = offset
      let length = UInt8.scalarLength(lead: bytes[offset])
      if isWhiteSpace(bytes, offset, length) {
        offset = end(ofRunAt: offset, in: bytes) { $0 != UInt8.newline && isWhiteSpace(bytes, $1, $2) }
        let isFollowed = offset < bytes.count && bytes[offset] != UInt8.newline
        guard isFollowed, bytes[offset - 1] == UInt8(ascii: " "), !isWhiteSpace(bytes, offset, UInt8.scalarLength(lead: bytes[offset]))
        else {
          body(start..<offset)
          continue
        }
        if start < offset - 1 { body(start..<offset - 1) }
        start = offset - 1
      }
      let lead = UInt8.scalarLength(lead: bytes[offset])
      if isWordScalar(bytes, offset, lead) {
        offset = end(ofRunAt: offset, in: bytes) { _, at, length in
          isWordScalar(bytes, at, length) || isInnerApostrophe(bytes, at, length)
        }
      } else {
        let sign = bytes[offset..<offset + lead]
        offset = end(ofRunAt: offset, in: bytes) { _, at, length in bytes[at..<at + length].elementsEqual(sign) }
      }
      body(start..<offset)
    }
  }

  /// Whether these bytes are a segment of some text: alone, or, where a word was cut for its length behind an apostrophe, with a letter after them.
  func isSpacedWord(_ bytes: [UInt8]) -> Bool {
    var ends: [Int] = []
    forEachSpacedWord(of: bytes + [UInt8(ascii: "a")]) { ends.append($0.upperBound) }
    return segmentCount(of: bytes) == 1 || ends == [bytes.count, bytes.count + 1]
  }

  /// Where the run of scalars ends that begins at `start`, and to which more belong as long as `belongs` (first byte, offset,
  /// length) says so and there are not too many.
  private func end(ofRunAt start: Int, in bytes: [UInt8], _ belongs: (UInt8, Int, Int) -> Bool) -> Int {
    var offset = start + UInt8.scalarLength(lead: bytes[start])
    var count = 1
    while offset < bytes.count, count < Self.longestSegment {
      let length = UInt8.scalarLength(lead: bytes[offset])
      if !belongs(bytes[offset], offset, length) { break }
      offset += length
      count += 1
    }
    return offset
  }

  /// Whether an apostrophe is here, with a letter or digit after it.
  private func isInnerApostrophe(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> Bool {
    let next = offset + length
    return isApostrophe(bytes, offset, length) && next < bytes.count
      && isWordScalar(bytes, next, UInt8.scalarLength(lead: bytes[next]))
  }
}
