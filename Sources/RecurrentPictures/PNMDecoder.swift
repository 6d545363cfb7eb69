import RecurrentData

/// Reads the portable pictures of Netpbm: black and white, grey and colour, as text (P1, P2, P3) and as bytes (P4, P5, P6).
struct PNMDecoder {
  private let bytes: [UInt8]
  private let path: String
  private var index = 2

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// - Precondition: the bytes begin with P and a digit from 1 to 6.
  static func decode(_ bytes: [UInt8], path: String, pixelLimit: Int) throws(DataError) -> Picture {
    var decoder = PNMDecoder(bytes: bytes, path: path)
    return try decoder.picture(kind: Int(bytes[1]) - 0x30, pixelLimit: pixelLimit)
  }

  private init(bytes: [UInt8], path: String) { (self.bytes, self.path) = (bytes, path) }

  private mutating func picture(kind: Int, pixelLimit: Int) throws(DataError) -> Picture {
    let (width, height) = (try number("the width"), try number("the height"))
    if width == 0 || height == 0 { throw error("has \(width) x \(height) pixels: there is nothing in this picture") }
    try PictureFormat.check(width: width, height: height, path: path, pixelLimit: pixelLimit)
    let isText = kind <= 3
    let isBits = kind == 1 || kind == 4
    let channels = kind == 3 || kind == 6 ? 3 : 1
    let largest = isBits ? 1 : try number("the largest value")
    guard (1...65_535).contains(largest) else { throw error("the largest value is \(largest), not from 1 to 65535") }
    let rowCount = width * channels
    if !isText {
      // One byte of white space ends the header.
      guard index < bytes.count, Self.isSpace(bytes[index]) else { throw truncated() }
      index += 1
    }
    let rowSize = isBits ? isText ? rowCount : (width + 7) / 8 : rowCount * (isText || largest > 255 ? 2 : 1)
    // Before memory is taken for them. The last number as text needs no space behind it.
    guard bytes.count - index >= rowSize * height - (isText ? 1 : 0) else { throw truncated() }

    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * width * height)
    for _ in 0..<height {
      for column in 0..<rowCount {
        var value: Int
        switch (isText, isBits) {
        case (true, true): value = 1 - (try bit())
        case (true, false): value = try number("a value")
        case (false, true): value = 1 - Int(bytes[index + column / 8] >> UInt8(7 - column % 8) & 1)
        case (false, false):
          value = largest > 255 ? Int(bytes[index + 2 * column]) << 8 | Int(bytes[index + 2 * column + 1]) : Int(bytes[index + column])
        }
        if value > largest { throw error("the value \(value) of a pixel is larger than \(largest), the largest that its header says") }
        value = (value * 255 + largest / 2) / largest
        for _ in 0..<3 / channels { pixels.append(UInt8(value)) }
      }
      if !isText { index += rowSize }
    }
    skipSpace()
    if index < bytes.count {
      throw error("holds \(bytes.count - index) bytes behind its picture; a file with one picture is needed here")
    }
    return Picture(width: width, height: height, pixels: pixels)
  }

  /// Passes over white space and comments.
  private mutating func skipSpace() {
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "#") {
        while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
      } else if Self.isSpace(bytes[index]) {
        index += 1
      } else {
        return
      }
    }
  }

  /// The number in decimal digits that comes next.
  private mutating func number(_ what: String) throws(DataError) -> Int {
    skipSpace()
    if index == bytes.count { throw truncated() }
    let start = index
    var value = 0
    while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
      value = 10 * value + Int(bytes[index] - 0x30)
      if value > 1 << 40 { throw error("\(what) is larger than any picture has") }
      index += 1
    }
    if index == start { throw error("\(what) is no number in digits, at byte \(index)") }
    return value
  }

  /// The digit 0 or 1 that comes next; there need not be space between two.
  private mutating func bit() throws(DataError) -> Int {
    skipSpace()
    if index == bytes.count { throw truncated() }
    guard bytes[index] == 0x30 || bytes[index] == 0x31 else { throw error("a pixel is neither 0 nor 1, at byte \(index)") }
    defer { index += 1 }
    return Int(bytes[index]) - 0x30
  }

  private func error(_ problem: String) -> DataError { DataError(path, "the PNM data cannot be read: \(problem)") }

  private func truncated() -> DataError {
    DataError(path, "the PNM data end too early: the file is truncated; copy or download the file again")
  }
}
