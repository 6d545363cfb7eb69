import Foundation

/// Which columns of a table make sequences.
public struct SequenceColumns: Sendable, Hashable, Codable {
  /// The column whose equal values mark the rows of one sequence; nil if all rows are one.
  public var id: ColumnReference?
  /// The column of times, which must go forward within a sequence; nil if the rows stand in order.
  public var time: ColumnReference?
  /// The columns that are channels; nil for all that are nothing else here.
  public var features: [ColumnReference]?
  /// The column of labels.
  public var label: ColumnReference?
  /// Whether each row has a label of its own. If not, all rows of a sequence must have the same.
  public var hasLabelPerStep: Bool
  /// The column that says what a sequence belongs to.
  public var group: ColumnReference?

  /// Columns.
  public init(
    id: ColumnReference? = nil, time: ColumnReference? = nil, features: [ColumnReference]? = nil, label: ColumnReference? = nil,
    hasLabelPerStep: Bool = false, group: ColumnReference? = nil
  ) {
    self.id = id
    self.time = time
    self.features = features
    self.label = label
    self.hasLabelPerStep = hasLabelPerStep
    self.group = group
  }
}

extension SequenceSet {
  /// Makes sequences of the rows of a table: the rows with the same id are one, in the order of the rows, which need not stand together.
  ///
  /// - Throws: `DataError` that names line and column: no such column, a field that is no number, time that does not go forward within a
  ///   sequence, two labels for one sequence.
  public init(table: Table, columns: SequenceColumns) throws(DataError) {
    let features = try Self.features(of: table, columns)
    let ids = try columns.id.map { id throws(DataError) in try table.text(id) }
    // The sequence of each row.
    var numbers: [String: Int] = [:]
    var sequenceOfRow: [Int] = []
    for row in 0..<table.rowCount {
      let id = ids?[row] ?? ""
      if ids != nil, id.isEmpty, let column = columns.id {
        throw table.error(row: row, column: try table.index(of: column), "there is no id; every row must say which sequence it is of")
      }
      let number = numbers[id] ?? numbers.count
      numbers[id] = number
      sequenceOfRow.append(number)
    }
    let times = try columns.time.map { time throws(DataError) in try table.times(time) }
    if let times, let time = columns.time { try table.checkOrder(times, of: time, groups: sequenceOfRow) }
    var rows = Array(repeating: [Int](), count: numbers.count)
    for (row, number) in sequenceOfRow.enumerated() { rows[number].append(row) }
    let labels = try columns.label.map { label throws(DataError) in try table.text(label) }
    let groups = try columns.group.map { group throws(DataError) in try table.text(group) }

    var sequences: [LabelledSequence] = []
    sequences.reserveCapacity(rows.count)
    for rows in rows {
      var values: [Double] = []  // [steps, channels]
      values.reserveCapacity(rows.count * features.count)
      for row in rows {
        for column in features { values.append(try table.number(row: row, column: column)) }
      }
      var known = LabelledSequence.Labels.none
      if let labels, let column = columns.label {
        if columns.hasLabelPerStep {
          known = .steps(rows.map { Self.label(labels[$0]) })
        } else {
          try Self.checkSame(labels, rows: rows, of: table, column: column, "label")
          known = Self.label(labels[rows[0]]).map { .whole($0) } ?? .none
        }
      }
      if let groups, let column = columns.group { try Self.checkSame(groups, rows: rows, of: table, column: column, "group") }
      sequences.append(
        LabelledSequence(
          values: values, channelCount: features.count, labels: known, id: ids?[rows[0]], group: groups?[rows[0]],
          times: times.map { times in rows.map { times.values[$0] } }, line: table.line(row: rows[0])))
    }
    try self.init(path: table.path, channelNames: features.map { table.name(ofColumn: $0) }, sequences: sequences)
  }

  /// A label, or nil where a table has none.
  private static func label(_ text: String) -> String? {
    let label = text.trimmingCharacters(in: .whitespaces)
    return ["", "NA", "?"].contains(label) ? nil : label
  }

  private static func features(of table: Table, _ columns: SequenceColumns) throws(DataError) -> [Int] {
    var features: [Int] = []
    if let named = columns.features {
      for column in named { features.append(try table.index(of: column)) }
    } else {
      var others: Set<Int> = []
      for column in [columns.id, columns.time, columns.label, columns.group].compactMap(\.self) {
        others.insert(try table.index(of: column))
      }
      features = (0..<table.columnCount).filter { !others.contains($0) }
    }
    if features.isEmpty { throw DataError(table.path, "there is no column of features beside id, time, label and group; name at least one") }
    return features
  }

  private static func checkSame(
    _ texts: [String], rows: [Int], of table: Table, column: ColumnReference, _ what: String
  ) throws(DataError) {
    guard let other = rows.first(where: { texts[$0] != texts[rows[0]] }) else { return }
    throw table.error(
      row: other, column: try table.index(of: column),
      "the \(what) \(quoted(texts[other])) where the sequence has \(quoted(texts[rows[0]])) in line \(table.line(row: rows[0]));"
        + (what == "label" ? " give one label a sequence, or say that each step has its own" : " a sequence belongs to one group"))
  }
}
