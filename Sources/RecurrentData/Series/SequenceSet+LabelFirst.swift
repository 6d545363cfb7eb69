public import Foundation

extension SequenceSet {
  /// Reads rows of a label and then the steps of one channel, as the older files of the UCR archive have them.
  ///
  ///     1,-0.11,-2.83,-3.77
  ///     2,-1.10,-3.99
  ///
  /// Rows may have different lengths. Missing values at a row's end are padding, as that archive has it, and left out; a note counts them.
  /// A label of `?`, `NA` or nothing is none. What else tables of such rows have is recognized, left out and told in a note: a header (names
  /// over numbers, or numbers that count up behind a label that no other row has), and a column before the labels that counts the rows.
  ///
  /// - Parameters:
  ///   - url: The file, plain or gzip.
  ///   - format: How it is written: by default what its name and its first line say. Without a header (`hasHeader`) none is looked for.
  ///   - known: What a model was trained on, for series that it is to judge: they may then lack the labels.
  /// - Throws: `DataError` that names line and column: a row without a step, a field that is no number.
  public init(labelFirst url: URL, format: TableFormat? = nil, known: KnownSeries? = nil) throws(DataError) {
    var format = if let format { format } else { try TableFormat(recognizing: url) }
    let mayHaveHeader = format.hasHeader
    format.hasHeader = false
    format.isRagged = true
    let table = try Table(contentsOf: url, format: format)
    let layout = try LabelFirstLayout(table, mayHaveHeader: mayHaveHeader, known: known)
    var sequences: [LabelledSequence] = []
    var padded = 0
    for row in layout.firstRow..<table.rowCount {
      let label = try layout.labelColumn.map { column throws(DataError) in
        table.fieldCount(row: row) > column ? try table.text(row: row, column: column).trimmingCharacters(in: .whitespaces) : ""
      }
      var values: [Double] = []
      let start = min(layout.firstStep, table.fieldCount(row: row))
      for column in start..<table.fieldCount(row: row) { values.append(try table.number(row: row, column: column)) }
      let written = values.count
      while values.last?.isNaN == true { values.removeLast() }
      if values.count < written { padded += 1 }
      if values.isEmpty { throw DataError(table.path, line: table.line(row: row), SequenceSet.emptySequence) }
      sequences.append(
        LabelledSequence(
          values: values, channelCount: 1, labels: label.flatMap { LabelFirstLayout.missingLabels.contains($0) ? nil : .whole($0) } ?? .none,
          line: table.line(row: row)))
    }
    let note = "\(counted(padded, "sequence")) ended with missing values, which were taken for padding and left out"
    try self.init(path: table.path, sequences: sequences, notes: layout.notes + (padded > 0 ? [note] : []))
  }
}

/// What a model knows of the series that it was trained on.
public struct KnownSeries: Sendable, Hashable {
  /// The labels.
  public let labels: Set<String>
  /// The steps of the shortest and the longest series.
  public let lengths: ClosedRange<Int>

  /// Labels and lengths.
  public init(labels: some Sequence<String>, lengths: ClosedRange<Int>) {
    (self.labels, self.lengths) = (Set(labels), lengths)
  }
}

/// Where labels and steps stand in a table with a row for each series.
private struct LabelFirstLayout {
  static let missingLabels: Set<String> = ["", "NA", "?"]

  /// 1 where there is a header.
  private(set) var firstRow = 0
  /// Nil where the rows have no label.
  private(set) var labelColumn: Int? = 0
  private(set) var firstStep = 1
  private(set) var notes: [String] = []

  init(_ table: Table, mayHaveHeader: Bool, known: KnownSeries?) throws(DataError) {
    if mayHaveHeader, table.rowCount > 1, try Self.isHeader(table, known) {
      firstRow = 1
      notes.append("line \(table.line(row: 0)) was taken for a header; set data.header to false if it is a series")
    }
    let rows = firstRow..<table.rowCount
    if try Self.hasIndex(table, rows, headed: firstRow == 1, known) {
      (labelColumn, firstStep) = (1, 2)
      notes.append("column 1 counts the rows and was left out")
    }
    if let known, try !Self.hasLabels(table, rows, column: firstStep - 1, known) {
      // What stands where labels do is a step.
      (labelColumn, firstStep) = (nil, firstStep - 1)
      notes.append("the series have no labels")
    }
  }

  private static func text(_ table: Table, _ row: Int, _ column: Int) throws(DataError) -> String {
    table.fieldCount(row: row) > column ? try table.text(row: row, column: column).trimmingCharacters(in: .whitespaces) : ""
  }

  /// Names over numbers, or numbers that count up behind what is no label of another row.
  private static func isHeader(_ table: Table, _ known: KnownSeries?) throws(DataError) -> Bool {
    var fields: [String] = []
    for column in 0..<table.fieldCount(row: 0) { fields.append(try text(table, 0, column)) }
    guard fields.count > 2 else { return false }
    let below = try text(table, 1, table.fieldCount(row: 1) - 1)
    // Names: nothing behind the first field is a number, and below them are some.
    let isNamed = fields.dropFirst().allSatisfy { !$0.isEmpty && NumberText.value(of: $0, hasDecimalComma: true) == .invalid }
    if isNamed, NumberText.value(of: below, hasDecimalComma: true) != .invalid { return true }
    // Counting: 0, 1, 2 from the first, the second or the third field on.
    let wholes = fields.map { Int($0) }
    guard
      let start = (0...min(2, fields.count - 2)).first(where: { start in
        guard let first = wholes[start], first == 0 || first == 1 else { return false }
        return (start..<fields.count).allSatisfy { wholes[$0] == first + $0 - start }
      })
    else { return false }
    // A row that counts as a whole is a header where it is long; a short one may be a series.
    if start == 0 { return fields.count >= 8 && known?.labels.contains(fields[0]) != true }
    if known?.labels.contains(fields[start - 1]) == true || fields.count - start < 2 { return false }
    for row in 1..<table.rowCount where try text(table, row, start - 1) == fields[start - 1] { return false }
    return true
  }

  /// Whether the first column counts the rows, and the second has labels.
  private static func hasIndex(_ table: Table, _ rows: Range<Int>, headed: Bool, _ known: KnownSeries?) throws(DataError) -> Bool {
    guard rows.count > 1 || headed, let first = Int(try text(table, rows.lowerBound, 0)), first == 0 || first == 1 else { return false }
    var second: Set<String> = []
    var areTexts = true
    for (count, row) in rows.enumerated() {
      guard table.fieldCount(row: row) > 2, Int(try text(table, row, 0)) == first + count else { return false }
      let label = try text(table, row, 1)
      areTexts = areTexts && NumberText.value(of: label, hasDecimalComma: true) == .invalid
      second.insert(label)
    }
    if areTexts { return true }
    if let known {
      // Labels that are known; or one field more than series and label have, or than series have.
      if second.isSubset(of: known.labels) { return true }
      let counts = Set(rows.map { table.fieldCount(row: $0) })
      return known.lengths.count == 1 && counts == [known.lengths.lowerBound + 2]
        || known.lengths.count == 1 && counts == [known.lengths.lowerBound + 1] && rows.count > known.labels.count
    }
    let areWholes = second.allSatisfy { Int($0) != nil }
    return rows.count >= 4 && areWholes && second.count >= 2 && 2 * second.count <= rows.count
  }

  /// Whether a column has labels and not the first steps: by the labels that the model knows, and by the length of its series.
  private static func hasLabels(_ table: Table, _ rows: Range<Int>, column: Int, _ known: KnownSeries) throws(DataError) -> Bool {
    var areKnown = true
    for row in rows {
      let label = try text(table, row, column)
      if known.labels.contains(label) || missingLabels.contains(label) { continue }
      areKnown = false
      if NumberText.value(of: label, hasDecimalComma: true) == .invalid { return true }
    }
    let counts = Set(rows.map { table.fieldCount(row: $0) - column })
    if known.lengths.count == 1, counts == [known.lengths.lowerBound] { return false }
    if known.lengths.count == 1, counts == [known.lengths.lowerBound + 1] { return true }
    return areKnown
  }
}
