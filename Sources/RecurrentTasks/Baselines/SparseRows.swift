/// A matrix of which few elements differ from zero, row by row.
struct SparseRows: Sendable {
  /// Where each row ends in `columns` and `values`.
  private(set) var ends: [Int] = []
  private(set) var columns: [Int32] = []
  private(set) var values: [Float] = []

  /// The number of rows.
  var count: Int { ends.count }

  /// The elements of a row.
  func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

  /// Adds a row.
  mutating func append(_ elements: [(column: Int32, value: Float)]) {
    for (column, value) in elements {
      columns.append(column)
      values.append(value)
    }
    ends.append(columns.count)
  }

  /// The rows with these numbers, in this order.
  func selecting(_ rows: [Int]) -> SparseRows {
    var result = SparseRows()
    for row in rows { result.append(range(row).map { (columns[$0], values[$0]) }) }
    return result
  }
}
