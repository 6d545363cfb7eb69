import RecurrentTensors

extension Table {
  /// A column's fields as times, a row each, in the rows' order.
  ///
  /// Read are ISO 8601 (`2016-07-01T13:30:00Z`, with a fraction, `Z`, `+02:00` or nothing, which means UTC), the same with a space for
  /// the T and with or without seconds, `2016-07-01`, `2016-07`, all of these without hyphens and colons, and plain numbers; the same kind in all
  /// rows. Digits alone (`20160701`, `201607`) are dates where every row is one.
  ///
  /// - Throws: `DataError` if there is no such column, or that names the line of a field that is missing or anything else.
  public func times(_ column: ColumnReference) throws(DataError) -> TimeColumn {
    let index = try index(of: column)
    let isOfDigits = withBytes(row: 0, column: index) { NumberText.value(of: $0) } != .invalid
    let isCalendar = (0..<(isOfDigits ? rowCount : 1)).allSatisfy { row in withBytes(row: row, column: index) { CalendarTime($0) } != nil }
    return isCalendar ? try calendarTimes(index) : try numberTimes(index)
  }

  private func calendarTimes(_ index: Int) throws(DataError) -> TimeColumn {
    var values: [Double] = []
    values.reserveCapacity(rowCount)
    var offsets: [Double] = []
    var forms: Set<TimeForm> = []
    var form: TimeForm?
    var hasMidnight = false
    for row in 0..<rowCount {
      guard let time = withBytes(row: row, column: index, { CalendarTime($0) }) else { throw timeError(row: row, column: index, .calendar) }
      values.append(time.seconds)
      offsets.append(time.form.zone?.offset ?? 0)
      form = time.form
      if time.form.hasEndOfDay || offsets[row] != 0 || time.form.decimals > 0 { forms.insert(time.form) }
      if !time.form.hasEndOfDay, (time.seconds + offsets[row]).truncatingRemainder(dividingBy: 86_400) == 0 { hasMidnight = true }
    }
    guard var form else { throw DataError(path, "the table has no row") }
    form.hasEndOfDay = !hasMidnight && forms.contains(where: \.hasEndOfDay)
    form.decimals = forms.map(\.decimals).max() ?? 0
    return TimeColumn(
      axis: TimeAxis(kind: .calendar, form: form), values: values, offsets: offsets.contains { $0 != 0 } ? offsets : nil)
  }

  private func numberTimes(_ index: Int) throws(DataError) -> TimeColumn {
    var values: [Double] = []
    values.reserveCapacity(rowCount)
    var form = TimeForm(precision: .second)
    form.decimals = 12
    for row in 0..<rowCount {
      let number = try? self.number(row: row, column: index)
      guard let number, !number.isNaN else { throw timeError(row: row, column: index, row == 0 ? nil : .number) }
      values.append(number)
      form.decimals = min(form.decimals, decimals(row: row, column: index))
    }
    return TimeColumn(axis: TimeAxis(kind: .number, form: form), values: values, offsets: nil)
  }

  /// The digits after the point of a number.
  private func decimals(row: Int, column: Int) -> Int {
    withBytes(row: row, column: column) { bytes in
      guard let point = bytes.firstIndex(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }) else { return 0 }
      return bytes[(point + 1)...].prefix { $0 &- 0x30 < 10 }.count
    }
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

  private func timeError(row: Int, column: Int, _ kind: TimeAxis.Kind?) -> DataError {
    let text: String
    do { text = try self.text(row: row, column: column) } catch { return error }
    let forms = "2016-07-01, 2016-07-01 13:30:00, 2016-07-01T13:30:00Z or a number"
    if text.allSatisfy(\.isWhitespace) { return error(row: row, column: column, "there is no time; write \(forms)") }
    return switch kind {
    case .calendar:
      error(row: row, column: column, "\(quoted(text)) is not a time as the rows before have it; write it like \(exampleOfTime(column))")
    case .number:
      error(row: row, column: column, "\(quoted(text)) is not a number, as the times of the rows before are")
    case nil: error(row: row, column: column, "\(quoted(text)) is not a time; write \(forms)")
    }
  }

  private func exampleOfTime(_ column: Int) -> String { (try? text(row: 0, column: column)).map { quoted($0) } ?? "the first" }
}
