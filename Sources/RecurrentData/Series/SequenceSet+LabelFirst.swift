public import Foundation

extension SequenceSet {
  /// Reads rows of a label and then the steps of one channel, as the older files of the UCR archive have them; no header.
  ///
  ///     1,-0.11,-2.83,-3.77
  ///     2,-1.10,-3.99
  ///
  /// Rows may have different lengths. Missing values at a row's end are padding, as that archive has it, and left out; a note counts them.
  /// A label of `?`, `NA` or nothing is none.
  ///
  /// - Parameters:
  ///   - url: The file, plain or gzip.
  ///   - format: What stands between the fields: by default commas, or tabs for a `.tsv` file.
  /// - Throws: `DataError` that names line and column: a row without a step, a field that is no number.
  public init(labelFirst url: URL, format: TableFormat? = nil) throws(DataError) {
    var format = (format ?? TableFormat(fileName: url.lastPathComponent)).withoutHeader
    format.isRagged = true
    let table = try Table(contentsOf: url, format: format)
    var sequences: [LabelledSequence] = []
    var padded = 0
    for row in 0..<table.rowCount {
      let label = try table.text(row: row, column: 0).trimmingCharacters(in: .whitespaces)
      var values: [Double] = []
      for column in 1..<max(1, table.fieldCount(row: row)) { values.append(try table.number(row: row, column: column)) }
      let written = values.count
      while values.last?.isNaN == true { values.removeLast() }
      if values.count < written { padded += 1 }
      if values.isEmpty { throw DataError(table.path, line: table.line(row: row), SequenceSet.emptySequence) }
      sequences.append(
        LabelledSequence(
          values: values, channelCount: 1, labels: ["", "NA", "?"].contains(label) ? .none : .whole(label),
          line: table.line(row: row)))
    }
    let note = "\(counted(padded, "sequence")) ended with missing values, which were taken for padding and left out"
    try self.init(path: table.path, sequences: sequences, notes: padded > 0 ? [note] : [])
  }
}
