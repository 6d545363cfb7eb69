/// From one row of a series to the next, on the clock by which its times are written.
public enum TimeStep: Sendable, Hashable {
  /// The same difference each time: seconds, or units of a plain number.
  case constant(Double)
  /// So many months of the calendar, whatever their lengths.
  case months(Int, on: MonthDay)
  /// The same times on the same days of every week, such as week days, or the hours of trading days.
  case sessions(Sessions)

  /// Which day of a month.
  public enum MonthDay: Sendable, Hashable {
    /// This one, or the last where a month is shorter.
    case day(Int)
    case last
    case firstWeekday
    case lastWeekday
  }

  /// Days of the week and times of the day at which there are rows.
  public struct Sessions: Sendable, Hashable {
    /// The days, 0 for Monday, in order.
    public let days: [Int]
    /// Seconds since midnight, in order.
    public let times: [Double]
  }

  /// The rows of a season: a year of months, quarters or weeks, a week of days, a day of hours, minutes or seconds; 1 for what has none.
  public func season(kind: TimeAxis.Kind) -> Int {
    let (day, week) = (86_400.0, 604_800.0)
    switch self {
    case .months(let count, _): return 12 % count == 0 ? 12 / count : 1
    case .sessions(let sessions): return sessions.times.count > 1 ? sessions.times.count : sessions.days.count
    case .constant(let seconds):
      guard kind == .calendar, seconds >= 1 else { return 1 }
      if seconds == week { return 52 }
      for span in [day, week] where seconds < span {
        let count = (span / seconds).rounded()
        if abs(count * seconds - span) < 1e-6 * span { return Int(count) }
      }
      return 1
    }
  }

  /// It in words: "monthly, at the month's end".
  public func words(kind: TimeAxis.Kind, form: (Double) -> String = { "\($0)" }) -> String {
    switch self {
    case .constant(let difference):
      guard kind == .calendar else { return difference == 1 ? "one after the other" : "\(form(difference)) apart" }
      let units: [(seconds: Double, adverb: String, name: String)] = [
        (604_800, "weekly", "weeks"), (86_400, "daily", "days"), (3600, "hourly", "hours"), (60, "every minute", "minutes"),
        (1, "every second", "seconds"),
      ]
      for unit in units where (difference / unit.seconds).rounded() == difference / unit.seconds {
        return difference == unit.seconds ? unit.adverb : "every \(Int(difference / unit.seconds)) \(unit.name)"
      }
      return "every \(form(difference)) seconds"
    case .months(let count, let day):
      let often =
        switch count {
        case 1: "monthly"
        case 3: "quarterly"
        case 12: "yearly"
        default: count % 12 == 0 ? "every \(count / 12) years" : "every \(count) months"
        }
      let month = count == 3 ? "the quarter's" : count == 12 ? "the year's" : "the month's"
      return switch day {
      case .day(1): "\(often), at \(count % 12 == 0 || count == 3 ? "the month's" : month) start"
      case .day(let day): "\(often), on day \(day)"
      case .last: "\(often), at \(count == 1 ? month : "the month's") end"
      case .firstWeekday: "\(often), on the month's first week day"
      case .lastWeekday: "\(often), on the month's last week day"
      }
    case .sessions(let sessions):
      let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
      let days =
        switch sessions.days {
        case Array(0...4): "on week days"
        case Array(0...6): "on every day"
        default: "on \(sessions.days.map { names[$0] }.joined(separator: ", "))"
        }
      guard sessions.times.count > 1, let first = sessions.times.first, let last = sessions.times.last else { return days }
      func clock(_ second: Double) -> String {
        TimeForm.digits(Int(second) / 3600, 2) + ":" + TimeForm.digits(Int(second) / 60 % 60, 2)
      }
      return "\(counted(sessions.times.count, "time")) a day from \(clock(first)) to \(clock(last)), \(days)"
    }
  }

  /// The `count` times after one, as the clock shows them.
  public func times(_ count: Int, after clock: Double) -> [Double] {
    guard count > 0 else { return [] }
    switch self {
    case .constant(let difference): return (1...count).map { clock + Double($0) * difference }
    case .months(let step, let day):
      let date = ClockDate(clock)
      return (1...count).map { Double(day.number(inMonth: date.month + $0 * step)) * 86_400 + date.secondOfDay }
    case .sessions(let sessions):
      let date = ClockDate(clock)
      var (day, slot) = (date.day, sessions.times.firstIndex { $0 > date.secondOfDay + 1e-6 } ?? sessions.times.count)
      var result: [Double] = []
      while result.count < count {
        if slot < sessions.times.count, sessions.days.contains(ClockDate.weekday(day)) {
          result.append(Double(day) * 86_400 + sessions.times[slot])
          slot += 1
        } else {
          (day, slot) = (day + 1, 0)
        }
      }
      return result
    }
  }

  /// The steps from each row to the next that are not this one.
  public func exceptions(in clock: [Double]) -> Int {
    zip(clock, clock.dropFirst()).count { abs(times(1, after: $0)[0] - $1) > 1e-6 * max(1e-3, abs($1 - $0)) }
  }
}

extension TimeStep.MonthDay {
  /// The days from 1970-01-01 to this day of a month, which is counted from the year 0.
  func number(inMonth month: Int) -> Int {
    let year = month >= 0 ? month / 12 : (month - 11) / 12
    let first = CalendarTime.days(year: year, month: month - year * 12 + 1, day: 1)
    let last = first + CalendarTime.dayCount(year: year, month: month - year * 12 + 1) - 1
    switch self {
    case .day(let day): return min(first + day - 1, last)
    case .last: return last
    case .firstWeekday: return first + (ClockDate.weekday(first) > 4 ? 7 - ClockDate.weekday(first) : 0)
    case .lastWeekday: return last - max(0, ClockDate.weekday(last) - 4)
    }
  }
}

/// A time of a clock as a day and a second of it.
struct ClockDate {
  /// Days since 1970-01-01.
  let day: Int
  let secondOfDay: Double
  /// Months since the year 0.
  let month: Int
  let dayOfMonth: Int

  init(_ clock: Double) {
    day = Int((clock / 86_400).rounded(.down))
    secondOfDay = clock - Double(day) * 86_400
    let date = CalendarTime.date(days: day)
    (month, dayOfMonth) = (date.year * 12 + date.month - 1, date.day)
  }

  /// 0 for a Monday; 1970-01-01 was a Thursday.
  static func weekday(_ day: Int) -> Int { ((day + 3) % 7 + 7) % 7 }
}
