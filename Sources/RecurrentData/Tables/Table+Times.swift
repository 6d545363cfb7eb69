import RecurrentTensors

extension Table {
  /// A column's fields as times, a row each, in the rows' order.
  ///
  /// Read are ISO 8601 (`2016-07-01T13:30:00Z`, with a fraction, `Z`, `+02:00` or nothing, which means UTC), the same with a space for
  /// the T and with or without seconds, `2016-07-01`, `2016-07`, and plain numbers; the same kind in all rows.
  ///
  /// - Throws: `DataError` if there is no such column, or that names the line of a field that is missing or anything else.
  public func times(_ column: ColumnReference) throws(DataError) -> TimeColumn {
    let index = try index(of: column)
    var values: [Double] = []
    values.reserveCapacity(rowCount)
    var axis: TimeAxis?
    for row in 0..<rowCount {
      let calendar = withBytes(row: row, column: index) { CalendarTime($0) }
      if let calendar, axis?.kind != .number {
        if axis == nil { axis = TimeAxis(kind: .calendar, precision: calendar.precision, hasT: calendar.hasT) }
        values.append(calendar.seconds)
      } else if axis?.kind != .calendar, case .number(let number) = withBytes(row: row, column: index, { NumberText.value(of: $0) }) {
        if axis == nil { axis = TimeAxis(kind: .number, precision: .second, hasT: false) }
        values.append(number)
      } else {
        throw timeError(row: row, column: index, axis)
      }
    }
    return TimeColumn(axis: axis!, values: values)
  }

  /// Checks that time goes forward from each row to the next.
  ///
  /// - Parameters:
  ///   - times: What `times(column)` gave.
  ///   - column: That column, for messages.
  ///   - groups: Whose row each is, for example the id of a sequence: time is then compared with the same one's row before. Without
  ///     it all rows are one series.
  /// - Throws: `DataError` that names both lines if a time is the same as, or earlier than, the one before.
  public func checkOrder(_ times: TimeColumn, of column: ColumnReference, groups: [Int]? = nil) throws(DataError) {
    check(
      times.values.count == rowCount && groups?.count ?? rowCount == rowCount,
      "Table.checkOrder: \(times.values.count) times and \(groups?.count ?? rowCount) groups for \(rowCount) rows")
    let index = try index(of: column)
    var last: [Int: Int] = [:]
    var previous: Int?
    for row in 0..<rowCount {
      let before = groups.map { last[$0[row]] } ?? previous
      if let before, times.values[row] <= times.values[before] {
        let isEqual = times.values[row] == times.values[before]
        let written = try text(row: row, column: index)
        let earlier = try text(row: before, column: index)
        throw error(
          row: row, column: index,
          "\(quoted(written)) is \(isEqual ? "the same time as" : "before") \(quoted(earlier)) in line \(line(row: before));"
            + " \(isEqual ? "leave one row for each time" : "sort the rows by time")")
      }
      if let groups { last[groups[row]] = row } else { previous = row }
    }
  }

  private func timeError(row: Int, column: Int, _ axis: TimeAxis?) -> DataError {
    let text: String
    do { text = try self.text(row: row, column: column) } catch { return error }
    let forms = "2016-07-01, 2016-07-01 13:30:00, 2016-07-01T13:30:00Z or a number"
    if text.allSatisfy(\.isWhitespace) { return error(row: row, column: column, "there is no time; write \(forms)") }
    return switch axis?.kind {
    case .calendar:
      error(row: row, column: column, "\(quoted(text)) is not a time as the rows before have it; write it like \(exampleOfTime(column))")
    case .number:
      error(row: row, column: column, "\(quoted(text)) is not a number, as the times of the rows before are")
    case nil: error(row: row, column: column, "\(quoted(text)) is not a time; write \(forms)")
    }
  }

  private func exampleOfTime(_ column: Int) -> String { (try? text(row: 0, column: column)).map { quoted($0) } ?? "the first" }
}
