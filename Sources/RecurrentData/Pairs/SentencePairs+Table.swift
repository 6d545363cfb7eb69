public import Foundation

extension SentencePairs {
  /// Reads the pairs of a table, plain or gzip: a row each.
  ///
  /// - Parameters:
  ///   - url: The file.
  ///   - source: The column of the sources, by name or number.
  ///   - target: The column of the targets.
  ///   - format: How it is written. By default what the file's name says, without a header: in `.tsv` files quotes are characters
  ///     like any other, as Tatoeba has them.
  /// - Throws: `DataError` that names line and column: no such column, rows of unequal length, text that is not UTF-8.
  public init(
    table url: URL, source: ColumnReference, target: ColumnReference, format: TableFormat? = nil
  ) throws(DataError) {
    let format = format ?? TableFormat(fileName: url.lastPathComponent).withoutHeader
    let table = try Table(contentsOf: url, format: format)
    let (from, to) = (try table.index(of: source), try table.index(of: target))
    if from == to {
      throw DataError(table.path, "source and target are both column \(from + 1); name two columns")
    }
    var pairs: [SentencePair] = []
    pairs.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      pairs.append(
        SentencePair(
          source: try table.text(row: row, column: from), target: try table.text(row: row, column: to),
          line: table.line(row: row)))
    }
    try self.init(path: table.path, pairs: pairs)
  }
}
