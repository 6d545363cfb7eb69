/// What the numbers of a time column are, and how to write one: enough to go on with a series after its end.
public struct TimeAxis: Sendable, Hashable, Codable {
  /// What a time is.
  public enum Kind: String, Sendable, Codable {
    /// A number without a unit, as it stood in the table.
    case number
    /// Seconds since 1970-01-01 00:00:00 UTC.
    case calendar
  }

  /// What a time is.
  public let kind: Kind
  /// How times were written; the zone is that of the last row, after which a series goes on.
  let form: TimeForm

  /// How far the clock that times are written by is ahead of UTC, in seconds.
  public var offset: Double { form.zone?.offset ?? 0 }

  /// A time as the table would write it.
  ///
  /// - Parameters:
  ///   - time: A number, or seconds since 1970-01-01 00:00:00 UTC.
  ///   - offset: How far the clock is ahead of UTC there, in seconds; by default that of the last row.
  public func text(of time: Double, offset: Double? = nil) -> String {
    guard kind == .calendar else { return form.number(time) }
    var form = form
    if let offset, case .offset(_, let style) = form.zone { form.zone = .offset(minutes: Int((offset / 60).rounded()), style) }
    return form.text(of: time + (form.zone?.offset ?? 0))
  }
}

/// How the times of a column are written.
struct TimeForm: Hashable, Sendable, Codable {
  /// What stands behind a time of day.
  enum Zone: Hashable, Sendable, Codable {
    /// `+05:30`, `+0530` or `+05`.
    enum Style: String, Sendable, Codable { case colon, digits, hours }

    case utc
    case offset(minutes: Int, Style)

    /// How far the clock is ahead of UTC, in seconds.
    var offset: Double {
      switch self {
      case .utc: 0
      case .offset(let minutes, _): Double(minutes) * 60
      }
    }

    var text: String {
      guard case .offset(let minutes, let style) = self else { return "Z" }
      let (hours, rest) = (abs(minutes) / 60, abs(minutes) % 60)
      let digits = TimeForm.digits(rest, 2)
      return (minutes < 0 ? "-" : "+") + TimeForm.digits(hours, 2) + (style == .colon ? ":\(digits)" : style == .digits || rest != 0 ? digits : "")
    }
  }

  /// Which parts are written.
  var precision: CalendarTime.Precision
  /// Whether a T stands between date and time.
  var hasT = false
  /// Whether hyphens are left out.
  var isBasic = false
  /// Whether colons stand in a time of day.
  var hasColons = true
  /// Digits after the point of a second, or of a plain number.
  var decimals = 0
  /// Whether midnight is written as 24:00 of the day before.
  var hasEndOfDay = false
  var zone: Zone?

  /// A time of the clock, in seconds since 1970-01-01 00:00:00 there.
  func text(of clock: Double) -> String {
    // What a table wrote to the microsecond is held to the microsecond; more digits are zeros.
    let microseconds = (clock * 1e6).rounded()
    let whole = (microseconds / 1e6).rounded(.down)
    let fraction = Int(microseconds - whole * 1e6)
    var days = Int((whole / 86_400).rounded(.down))
    var second = Int(whole) - days * 86_400
    if hasEndOfDay, second == 0, fraction == 0 { (days, second) = (days - 1, 86_400) }
    let (year, month, day) = CalendarTime.date(days: days)
    let (hyphen, colon) = (isBasic ? "" : "-", hasColons ? ":" : "")
    var text = Self.digits(year, 4) + hyphen + Self.digits(month, 2)
    if precision == .month, day == 1, second == 0, fraction == 0 { return text }
    text += hyphen + Self.digits(day, 2)
    if precision.rawValue <= CalendarTime.Precision.day.rawValue, second == 0, fraction == 0 { return text }
    text += (hasT ? "T" : " ") + Self.digits(second / 3600, 2) + colon + Self.digits(second / 60 % 60, 2)
    if precision == .second || second % 60 != 0 || fraction != 0 {
      text += colon + Self.digits(second % 60, 2)
      var shown = Self.digits(fraction, 6)
      while shown.count > decimals, shown.last == "0" { shown.removeLast() }
      while !shown.isEmpty, shown.count < decimals { shown += "0" }
      if !shown.isEmpty { text += ".\(shown)" }
    }
    return text + (zone?.text ?? "")
  }

  /// A plain number, with as many decimals as the table's have, or more where it needs them.
  func number(_ value: Double) -> String {
    guard abs(value) < 1e15 else { return "\(value)" }
    for digits in decimals...max(12, decimals) {
      let power = (0..<digits).reduce(1.0) { power, _ in power * 10 }
      // Steps of decimal fractions do not add up exactly.
      let rounded = (value * power).rounded() / power
      guard abs(rounded - value) <= 8 * value.ulp else { continue }
      let unit = (abs(rounded) * power).rounded()
      guard unit < 9e15 else { break }
      var text = "\(Int(unit))"
      if digits > 0 {
        text = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
      }
      return (rounded < 0 && unit > 0 ? "-" : "") + text
    }
    return "\(value)"
  }

  static func digits(_ number: Int, _ count: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}

/// A column of times.
public struct TimeColumn: Sendable, Hashable {
  /// What the numbers are.
  public let axis: TimeAxis
  /// A time for each row: seconds since 1970 in UTC, or the plain numbers that stood there.
  public let values: [Double]
  /// How far the clock of each row is ahead of UTC, in seconds; nil where times have no offset.
  public let offsets: [Double]?

  /// What the clock of each row showed: seconds since 1970 there, or the plain numbers.
  public var clock: [Double] { offsets.map { zip(values, $0).map { $0 + $1 } } ?? values }
}
