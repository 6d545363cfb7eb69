/// Numbers as tables write them: decimal, with a point, and an exponent if need be.
enum NumberText {
  enum Value: Equatable {
    case number(Double)
    /// Nothing, `NA`, or `NaN` in any case.
    case missing
    case invalid
    /// A number that the single precision of models cannot hold, as some programs write for no value.
    case tooLarge
  }

  /// Reads a measurement: a number as `value(of:)` has it that a `Float` holds, and where `hasDecimalComma` one with a comma for its point.
  static func measurement(of bytes: Slice<UnsafeBufferPointer<UInt8>>, hasDecimalComma: Bool = false) -> Value {
    let value = value(of: bytes, hasDecimalComma: hasDecimalComma)
    if case .number(let number) = value, abs(number) >= Double(Float.greatestFiniteMagnitude) { return .tooLarge }
    return value
  }

  /// What to do about a number that is too large.
  static let tooLargeRemedy = "is larger than a model's numbers can be; where it stands for no value, leave the value missing"

  /// Reads a number as `value(of:)` does, or where `hasDecimalComma` one with a comma for its point.
  static func value(of bytes: Slice<UnsafeBufferPointer<UInt8>>, hasDecimalComma: Bool) -> Value {
    let plain = value(of: bytes)
    guard hasDecimalComma, plain == .invalid, bytes.count(where: { $0 == UInt8(ascii: ",") }) == 1, !bytes.contains(UInt8(ascii: "."))
    else { return plain }
    let point = bytes.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }
    return point.withUnsafeBufferPointer { value(of: $0[...]) }
  }

  /// Reads the number nearest to what is written, with white space around it; not `inf`, not hexadecimal.
  static func value(of bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Value {
    var bytes = bytes
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
    if bytes.isEmpty { return .missing }
    if let fast = decimal(bytes) { return .number(fast) }
    if bytes.count <= 3, isMissing(bytes) { return .missing }
    // Only digits, point, exponent and sign: the standard library also takes "inf", "nan(0x1)" and "0x1p3".
    let isDecimal = bytes.allSatisfy { isDigit($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }
    guard isDecimal, bytes.contains(where: isDigit), let number = Double(String(decoding: bytes, as: UTF8.self)), number.isFinite
    else { return .invalid }
    return .number(number)
  }

  /// The number, where it is exact in a few operations (Clinger 1990): a significand below 2⁵³ times or by a power of ten up to
  /// 10²², both of which a Double holds exactly, so that the one rounding is the right one.
  private static func decimal(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
    var index = bytes.startIndex
    let end = bytes.endIndex
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    var significand: UInt64 = 0
    var digits = 0
    var scale = 0
    var isAfterPoint = false
    while index < end {
      let byte = bytes[index]
      if isDigit(byte) {
        significand = significand &* 10 &+ UInt64(byte &- 0x30)
        digits += 1
        if isAfterPoint { scale += 1 }
      } else if byte == UInt8(ascii: "."), !isAfterPoint {
        isAfterPoint = true
      } else {
        return nil
      }
      index += 1
    }
    guard (1...18).contains(digits), significand <= 1 << 53, scale <= 22 else { return nil }
    let magnitude = Double(significand) / powersOfTen[scale]
    return isNegative ? -magnitude : magnitude
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  private static func isMissing(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    return text == "NA" || text.lowercased() == "nan"
  }

  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  @inline(__always)
  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

extension NumberText {
  /// Reads a number from a text.
  static func value(of text: some StringProtocol) -> Value {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { value(of: $0[...]) }
  }

  /// Reads a number from a text, where `hasDecimalComma` one with a comma for its point.
  static func value(of text: some StringProtocol, hasDecimalComma: Bool) -> Value {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { value(of: $0[...], hasDecimalComma: hasDecimalComma) }
  }

  /// Reads a measurement from a text.
  static func measurement(of text: some StringProtocol) -> Value {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { measurement(of: $0[...]) }
  }
}

extension Table {
  /// A column's fields as numbers, a row each: NaN where a field is empty, `NA` or `NaN`.
  ///
  /// - Throws: `DataError` if there is no such column, or that names the line of a field that is anything else.
  public func numbers(_ column: ColumnReference) throws(DataError) -> [Double] {
    let index = try index(of: column)
    var result: [Double] = []
    result.reserveCapacity(rowCount)
    for row in 0..<rowCount { result.append(try number(row: row, column: index)) }
    return result
  }

  /// A field as a number; row and column are counted from 0.
  func number(row: Int, column: Int) throws(DataError) -> Double {
    switch withBytes(row: row, column: column, { NumberText.measurement(of: $0, hasDecimalComma: format.allowsDecimalComma) }) {
    case .number(let number): return number
    case .missing: return .nan
    case .tooLarge: throw error(row: row, column: column, "\(try text(row: row, column: column)) \(NumberText.tooLargeRemedy)")
    case .invalid:
      let text = try text(row: row, column: column)
      throw error(row: row, column: column, "\(quoted(text)) is not a number\(Self.remedy(text))")
    }
  }

  private static func remedy(_ text: String) -> String {
    let point = text.replacing(",", with: ".")
    if point != text, case .number = NumberText.value(of: point) { return "; write the decimal point as a point" }
    return "; leave missing values empty, or write NA or NaN"
  }
}
