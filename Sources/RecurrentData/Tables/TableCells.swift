/// The fields of a table, without their quotes, in as few allocations as can be: all bytes one after another, and where each ends.
struct TableCells: Sendable {
  private(set) var bytes: [UInt8] = []
  /// Where in `bytes` each field ends.
  private var ends: [Int] = []
  /// How many fields there are up to the end of each row.
  private var rowEnds: [Int] = []
  /// Where in the file each row begins.
  private var rowLines: [Int] = []

  /// The number of rows.
  var rowCount: Int { rowEnds.count }

  /// How many fields a row has.
  func fieldCount(row: Int) -> Int { rowEnds[row] - firstField(row) }

  /// The bytes of a field.
  func range(row: Int, field: Int) -> Range<Int> {
    let index = firstField(row) + field
    return (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  /// The line where a row begins.
  func line(row: Int) -> Int { rowLines[row] }

  /// The line where a field begins: later than its row's where fields before it have line ends within quotes.
  func line(row: Int, field: Int) -> Int {
    let start = range(row: row, field: 0).lowerBound
    let end = range(row: row, field: field).lowerBound
    return rowLines[row] + bytes[start..<end].count { $0 == UInt8(ascii: "\n") }
  }

  private func firstField(_ row: Int) -> Int { row == 0 ? 0 : rowEnds[row - 1] }

  // MARK: Writing

  @inline(__always)
  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  @inline(__always)
  mutating func append(_ part: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: part) }

  mutating func endField() { ends.append(bytes.count) }

  /// Ends a row that began on `line`; returns the number of its fields.
  mutating func endRow(line: Int) -> Int {
    let first = rowEnds.last ?? 0
    rowEnds.append(ends.count)
    rowLines.append(line)
    return ends.count - first
  }

  /// Takes back a row of one empty field.
  mutating func removeBlankRow() {
    rowEnds.removeLast()
    rowLines.removeLast()
    ends.removeLast()
  }

  /// The bytes since the last field's end.
  var isFieldEmpty: Bool { bytes.count == ends.last ?? 0 }
}
