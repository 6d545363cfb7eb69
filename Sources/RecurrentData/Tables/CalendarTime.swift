/// A point in time as a calendar writes it: ISO 8601, or the same with a space for the T.
///
/// The proleptic Gregorian calendar, without leap seconds. Written out here, since the general formatters of Foundation take
/// microseconds a value, and a table has millions.
struct CalendarTime: Hashable, Sendable {
  /// Which parts were written.
  enum Precision: Int, Sendable, Codable { case month, day, minute, second }

  /// Seconds since 1970-01-01 00:00:00 UTC.
  var seconds: Double
  /// How it was written.
  var form: TimeForm

  /// Reads `yyyy-MM`, `yyyy-MM-dd`, `yyyy-MM-dd HH:mm`, `yyyy-MM-dd HH:mm:ss[.fraction]`, a T for the space, and after a time `Z`,
  /// `+HH:mm`, `+HHmm` or `+HH`, with white space around it; the end of a day may be `24:00`. In the basic form hyphens and colons are left out
  /// (`20160701`, `20160701T1330`), and months are `201607`. Nil if it is none of these, or no day of the calendar. Without a zone it is UTC.
  init?(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
    var bytes = bytes
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
    var reader = DigitReader(bytes: bytes)
    guard let year = reader.number(4) else { return nil }
    form = TimeForm(precision: .month)
    form.isBasic = !reader.skip("-")
    // Digits alone may be a plain number too: years far from ours are none.
    if form.isBasic, !(1700..<2300).contains(year) { return nil }
    guard let month = reader.number(2), (1...12).contains(month) else { return nil }
    seconds = Double(Self.days(year: year, month: month, day: 1)) * 86_400
    if reader.isAtEnd { return }
    guard form.isBasic || reader.skip("-"), let day = reader.number(2), (1...Self.dayCount(year: year, month: month)).contains(day)
    else { return nil }
    seconds += Double(day - 1) * 86_400
    form.precision = .day
    if reader.isAtEnd { return }
    form.hasT = reader.skip("T")
    guard form.hasT || reader.skip(" "), let hour = reader.number(2) else { return nil }
    form.hasColons = reader.skip(":")
    guard let minute = reader.number(2), hour <= 24, minute < 60 else { return nil }
    var secondOfDay = Double(hour * 3600 + minute * 60)
    form.precision = .minute
    if form.hasColons ? reader.skip(":") : reader.isAtDigit {
      guard let second = reader.number(2), second < 60 else { return nil }
      secondOfDay += Double(second)
      form.precision = .second
      if reader.skip(".") {
        guard let fraction = reader.fraction() else { return nil }
        secondOfDay += fraction.value
        form.decimals = fraction.digits
      }
    }
    if secondOfDay > 86_400 { return nil }
    form.hasEndOfDay = hour == 24
    seconds += secondOfDay
    if reader.isAtEnd { return }
    guard let zone = reader.zone(), reader.isAtEnd else { return nil }
    form.zone = zone
    seconds -= zone.offset
  }

  /// The days from 1970-01-01 to a day of the Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The calendar date `days` days after 1970-01-01: the inverse of the property `days`.
  static func date(days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  static func dayCount(year: Int, month: Int) -> Int {
    let next = month == 12 ? days(year: year + 1, month: 1, day: 1) : days(year: year, month: month + 1, day: 1)
    return next - days(year: year, month: month, day: 1)
  }
}

/// Reads runs of digits of a known length.
private struct DigitReader {
  var bytes: Slice<UnsafeBufferPointer<UInt8>>

  var isAtEnd: Bool { bytes.isEmpty }

  mutating func skip(_ scalar: UnicodeScalar) -> Bool {
    guard bytes.first == UInt8(ascii: scalar) else { return false }
    bytes.removeFirst()
    return true
  }

  mutating func number(_ digits: Int) -> Int? {
    guard bytes.count >= digits else { return nil }
    var value = 0
    for byte in bytes.prefix(digits) {
      guard byte &- 0x30 < 10 else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    bytes.removeFirst(digits)
    return value
  }

  var isAtDigit: Bool { bytes.first.map { $0 &- 0x30 < 10 } ?? false }

  mutating func fraction() -> (value: Double, digits: Int)? {
    var value = 0.0
    var unit = 1.0
    var count = 0
    while let byte = bytes.first, byte &- 0x30 < 10 {
      value = value * 10 + Double(byte - 0x30)
      unit *= 10
      count += 1
      bytes.removeFirst()
    }
    return (1...15).contains(count) ? (value / unit, count) : nil
  }

  /// What is left as `Z` or an offset; nil if it is none.
  mutating func zone() -> TimeForm.Zone? {
    if skip("Z") { return .utc }
    let isWest = skip("-")
    guard isWest || skip("+"), let hours = number(2), hours < 24 else { return nil }
    var minutes = 0
    var style = TimeForm.Zone.Style.hours
    if !isAtEnd {
      style = skip(":") ? .colon : .digits
      guard let read = number(2), read < 60 else { return nil }
      minutes = read
    }
    return .offset(minutes: (isWest ? -1 : 1) * (hours * 60 + minutes), style)
  }
}
