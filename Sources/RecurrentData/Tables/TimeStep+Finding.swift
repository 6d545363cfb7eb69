extension TimeStep {
  /// The step of a column of times: the most frequent one, so that gaps do not matter. Nil of fewer than two rows.
  public init?(of column: TimeColumn) {
    let clock = column.clock
    guard clock.count >= 2 else { return nil }
    guard column.axis.kind == .calendar else {
      self = .constant(Self.decimal(Self.difference(column.values)))
      return
    }
    if let months = Self.months(clock) {
      self = months
    } else if Self.isRegular(column.values) || Self.isRegular(clock) {
      self = .constant(Self.difference(Self.isRegular(column.values) ? column.values : clock))
    } else {
      // Where an offset changes, the clock jumps and the time does not; with days it is the other way around.
      let difference = Self.difference(column.values)
      self = Self.sessions(clock, difference: difference) ?? .constant(difference)
    }
  }

  /// What a person says: "15 minutes", "month", "month end", "quarter end", "week day", "0.5"; nil for anything else.
  ///
  /// - Parameters:
  ///   - text: A number, or an optional number and a unit.
  ///   - clock: The rows, which say on which day of a month and at which time of a day.
  public init?(parsing text: String, kind: TimeAxis.Kind, clock: [Double]) {
    var words = text.lowercased().split { $0 == " " || $0 == "-" }.map(String.init)
    var count = 1.0
    if let first = words.first, let number = Double(first) {
      count = number
      words.removeFirst()
    }
    guard !text.hasPrefix("-"), count > 0, count.isFinite else { return nil }
    guard kind == .calendar else {
      if !words.isEmpty || text.allSatisfy({ !$0.isNumber }) { return nil }
      self = .constant(count)
      return
    }
    var unit = words.joined(separator: " ")
    if unit.hasSuffix("s") { unit.removeLast() }
    let last = clock.last.map { ClockDate($0) }
    let seconds = ["second": 1.0, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800]
    let months = ["month": 1, "quarter": 3, "year": 12]
    if let unit = seconds[unit] {
      self = .constant(count * unit)
    } else if ["week day", "weekday", "business day"].contains(unit), count == 1 {
      self = .sessions(Sessions(days: Array(0...4), times: [last?.secondOfDay ?? 0]))
    } else if let each = months[unit.hasSuffix(" end") ? String(unit.dropLast(4)) : unit], count == count.rounded(), count <= 1200 {
      let day = clock.map { ClockDate($0).dayOfMonth }.max() ?? 1
      let fits = clock.allSatisfy { Self.isOn(.day(day), ClockDate($0)) }
      self = .months(each * Int(count), on: unit.hasSuffix(" end") ? .last : .day(fits ? day : last?.dayOfMonth ?? 1))
    } else {
      return nil
    }
  }

  /// Whether a text can be a step at all.
  public static func canParse(_ text: String) -> Bool {
    TimeStep(parsing: text, kind: .number, clock: []) != nil || TimeStep(parsing: text, kind: .calendar, clock: []) != nil
  }

  private static func isRegular(_ times: [Double]) -> Bool {
    let first = times[1] - times[0]
    // Sums of decimal fractions are not exact.
    return zip(times, times.dropFirst()).allSatisfy { abs($1 - $0 - first) <= 1e-6 * max(1e-3, abs(first)) }
  }

  /// The most frequent difference; the smallest of several, since a gap is longer than a step.
  private static func difference(_ times: [Double]) -> Double {
    mode(zip(times, times.dropFirst()).map { $1 - $0 }.sorted()) { abs($0 - $1) <= 1e-6 * max(1e-3, abs($0)) } ?? 1
  }

  /// The first of the longest run of values that are the same.
  private static func mode<Value>(_ sorted: [Value], _ isSame: (Value, Value) -> Bool) -> Value? {
    var best: (value: Value, count: Int)?
    var start = 0
    for end in sorted.indices where end + 1 == sorted.count || !isSame(sorted[start], sorted[end + 1]) {
      if end + 1 - start > best?.count ?? 0 { best = (sorted[start], end + 1 - start) }
      start = end + 1
    }
    return best?.value
  }

  /// The decimal number that a difference of decimal numbers is meant to be.
  private static func decimal(_ value: Double) -> Double {
    var power = 1.0
    for _ in 0...12 {
      let rounded = (value * power).rounded() / power
      if abs(rounded - value) <= 1e-9 * abs(value) { return rounded }
      power *= 10
    }
    return value
  }

  private static func isOn(_ day: MonthDay, _ date: ClockDate) -> Bool { day.number(inMonth: date.month) == date.day }

  /// Months, where nearly all rows stand on the same day of one.
  private static func months(_ clock: [Double]) -> TimeStep? {
    let dates = clock.map { ClockDate($0) }
    guard dates.allSatisfy({ $0.secondOfDay == dates[0].secondOfDay }),
      let count = mode(zip(dates, dates.dropFirst()).map { $1.month - $0.month }.sorted(), ==), count >= 1,
      let usual = mode(dates.map(\.dayOfMonth).sorted(), ==), let longest = dates.map(\.dayOfMonth).max()
    else { return nil }
    var best: (day: MonthDay, share: Double)?
    for day in [.last, .day(usual), .day(longest), .lastWeekday, .firstWeekday] as [MonthDay] {
      let share = Double(dates.count { isOn(day, $0) }) / Double(dates.count)
      if share >= 0.9, share > best?.share ?? 0 { best = (day, share) }
    }
    return best.map { .months(count, on: $0.day) }
  }

  /// Days of the week, or times of the day, at which there never are rows, again and again.
  private static func sessions(_ clock: [Double], difference: Double) -> TimeStep? {
    let dates = clock.map { ClockDate($0) }
    let byDay = Dictionary(grouping: dates, by: \.day).sorted { $0.key < $1.key }
    let open = openDays(byDay.map(\.key))
    let times = openTimes(byDay.map { $0.value.map(\.secondOfDay) }, difference: difference)
    guard let times else { return nil }
    let covers = times.count > 1 && Double(times.count) * difference >= 86_400 - 1e-6
    // A day without a pause, or one row a day, on every day of the week is a constant step.
    if open.count == 7, covers || times.count == 1 { return nil }
    return .sessions(Sessions(days: open, times: times))
  }

  /// The days of the week with rows, where the others are passed over again and again and few of these are missing; else all.
  private static func openDays(_ days: [Int]) -> [Int] {
    let all = Array(0...6)
    guard let first = days.first, let last = days.last else { return all }
    func passed(_ weekday: Int) -> Int {
      let next = first + ((weekday - ClockDate.weekday(first)) % 7 + 7) % 7
      return next > last ? 0 : 1 + (last - next) / 7
    }
    let seen = Set(days.map(ClockDate.weekday))
    let closed = all.filter { !seen.contains($0) && passed($0) > 0 }
    let open = all.filter { !closed.contains($0) }
    let isWeekend = closed == [5, 6] || closed == [6]
    let slots = open.reduce(0) { $0 + passed($1) }
    guard seen.count > 1, closed.allSatisfy({ isWeekend || passed($0) >= 2 }), Double(days.count) >= 0.7 * Double(slots) else { return all }
    return open
  }

  /// The times of a day with rows, where days begin and end alike; nil where they do not.
  private static func openTimes(_ days: [[Double]], difference: Double) -> [Double]? {
    if days.allSatisfy({ $0.count == 1 }) { return days.allSatisfy { $0 == days[0] } ? days[0] : nil }
    guard let first = mode(days.map { $0[0] }.sorted(), ==), let last = mode(days.map { $0[$0.count - 1] }.sorted(), ==),
      difference < 86_400
    else { return nil }
    let whole = days.filter { $0[0] == first && $0[$0.count - 1] == last }
    // The first day and the last may be cut.
    let cut = [days.first, days.last].compactMap(\.self).count { $0[0] != first || $0[$0.count - 1] != last }
    guard whole.count >= 2, Double(whole.count) >= 0.6 * Double(days.count - cut) else { return nil }
    var counts: [Double: Int] = [:]
    for time in whole.joined() { counts[time, default: 0] += 1 }
    return counts.filter { 2 * $0.value > whole.count }.keys.sorted()
  }
}
