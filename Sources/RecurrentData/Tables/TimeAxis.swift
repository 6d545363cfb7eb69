/// What the numbers of a time column are, and how to write one: enough to go on with a series after its end.
///
/// `Codable`, so that a model file keeps it.
public struct TimeAxis: Sendable, Hashable, Codable {
  /// What a time is.
  public enum Kind: String, Sendable, Codable {
    /// A number without a unit, as it stood in the table.
    case number
    /// Seconds since 1970-01-01 00:00:00 UTC.
    case calendar
  }

  /// The interval between one row and the next.
  public enum Interval: Sendable, Hashable, Codable {
    /// The same difference each time: seconds, or units of a plain number.
    case constant(Double)
    /// So many months of the calendar, whatever their lengths.
    case months(Int)
  }

  /// What a time is.
  public let kind: Kind
  /// How times were written.
  let precision: CalendarTime.Precision
  let hasT: Bool

  /// A time as the table would write it.
  public func text(of time: Double) -> String {
    guard kind == .calendar else {
      return time == time.rounded() && abs(time) < 1e15 ? "\(Int(time))" : "\(time)"
    }
    let whole = time.rounded(.down)
    let days = Int((whole / 86_400).rounded(.down))
    let second = Int(whole) - days * 86_400
    let (year, month, day) = CalendarTime.date(days: days)
    func digits(_ number: Int, _ count: Int) -> String {
      let text = "\(number)"
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    var text = "\(digits(year, 4))-\(digits(month, 2))"
    if precision == .month { return text }
    text += "-\(digits(day, 2))"
    if precision == .day, second == 0 { return text }
    text += "\(hasT ? "T" : " ")\(digits(second / 3600, 2)):\(digits(second / 60 % 60, 2))"
    if precision != .second, second % 60 == 0 { return text }
    return text + ":\(digits(second % 60, 2))"
  }

  /// The interval at which these times follow each other, if there is one: the same difference between all, or the same number of
  /// months. Nil for fewer than two times, or an irregular series.
  public func interval(of times: [Double]) -> Interval? {
    guard times.count >= 2 else { return nil }
    let first = times[1] - times[0]
    // Sums of decimal fractions are not exact.
    if zip(times, times.dropFirst()).allSatisfy({ abs($1 - $0 - first) <= 1e-6 * abs(first) }) { return .constant(first) }
    guard kind == .calendar else { return nil }
    let months = times.map { Self.month(of: $0) }
    let step = months[1].number - months[0].number
    let isMonthly = zip(months, months.dropFirst()).allSatisfy {
      $1.number - $0.number == step && $1.secondOfMonth == $0.secondOfMonth
    }
    return isMonthly && step != 0 ? .months(step) : nil
  }

  /// The time `count` intervals after `time`.
  public func time(_ count: Int, _ interval: Interval, after time: Double) -> Double {
    switch interval {
    case .constant(let difference): return time + Double(count) * difference
    case .months(let step):
      let (number, secondOfMonth) = Self.month(of: time)
      let later = number + count * step
      let year = later >= 0 ? later / 12 : (later - 11) / 12
      return Double(CalendarTime.days(year: year, month: later - year * 12 + 1, day: 1)) * 86_400 + secondOfMonth
    }
  }

  /// The months since the year 0, and the seconds since this one began.
  private static func month(of time: Double) -> (number: Int, secondOfMonth: Double) {
    let (year, month, _) = CalendarTime.date(days: Int((time / 86_400).rounded(.down)))
    return (year * 12 + month - 1, time - Double(CalendarTime.days(year: year, month: month, day: 1)) * 86_400)
  }
}

/// A column of times.
public struct TimeColumn: Sendable, Hashable {
  /// What the numbers are.
  public let axis: TimeAxis
  /// A time for each row: seconds since 1970, or the plain numbers that stood there.
  public let values: [Double]
}
