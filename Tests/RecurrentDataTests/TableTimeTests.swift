import Foundation
import Testing

@testable import RecurrentData

struct TableTimeTests {
  private func seconds(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBufferPointer { CalendarTime($0[...])?.seconds }
  }

  @Test func timesAsISO8601HasThem() throws {
    let noon = 1_467_374_400.0  // date -u -d 2016-07-01T12:00:00Z +%s
    for text in [
      "2016-07-01 12:00:00", "2016-07-01T12:00:00Z", "2016-07-01T14:00:00+02:00", "2016-07-01 04:00-0800", "2016-07-01T12:00",
      "2016-07-01 13:00:00.000+01", "20160701T120000Z", "20160701T1200", " 2016-07-01 12:00 ",
    ] { #expect(seconds(text) == noon, "\(text)") }
    #expect(seconds("2016-07-01T12:00:00.25Z") == noon + 0.25)
    #expect(seconds("2016-07-01") == noon - 43_200)
    #expect(seconds("2016-07") == noon - 43_200)
    #expect(seconds("2016-06-30T24:00") == noon - 43_200)
    #expect(seconds("1749-01") == -6_974_035_200)  // date -u -d 1749-01-01 +%s
    #expect(seconds("2000-02-29") == 951_782_400)
    for text in [
      "2016", "2016-7-1", "2016-13-01", "2015-02-29", "1900-02-29", "2016-07-01 24:00:01", "2016-07-01 12:60", "2016-07-01 12",
      "2016-07-01T12:00:00Zulu", "2016-07-01 12:00:00.", "01.07.2016", "2016-07-01T12:00:00+2", "2016-07-01 12:00-", "99990101",
    ] { #expect(seconds(text) == nil, "\(text)") }
  }

  @Test func daysAndDatesAreInverse() {
    var day = CalendarTime.days(year: 1583, month: 1, day: 1)
    let end = CalendarTime.days(year: 2500, month: 1, day: 1)
    while day < end {
      let date = CalendarTime.date(days: day)
      #expect(CalendarTime.days(year: date.year, month: date.month, day: date.day) == day)
      day += 17
    }
  }

  /// The step of these times in words, and the times after them.
  private func after(_ rows: [String], _ count: Int, step text: String? = nil) throws -> (words: String, times: [String]) {
    let column = try Table(text: rows.joined(separator: "\n"), format: .commas.withoutHeader).times(1)
    let found = text.map { TimeStep(parsing: $0, kind: column.axis.kind, clock: column.clock) } ?? TimeStep(of: column)
    let step = try #require(found)
    let times = step.times(count, after: column.clock.last!).map { column.axis.text(of: $0 - column.axis.offset) }
    return (step.words(kind: column.axis.kind), times)
  }

  /// Times, their step and what follows them.
  static let series: [(rows: [String], words: String, next: [String])] = [
    // Months, quarters and years, on their days.
    (["1949-11", "1949-12"], "monthly, at the month's start", ["1950-01", "1950-02"]),
    (["2009-10-31", "2009-11-30", "2009-12-31"], "monthly, at the month's end", ["2010-01-31", "2010-02-28", "2010-03-31"]),
    (["2023-11-30", "2023-12-31", "2024-01-31"], "monthly, at the month's end", ["2024-02-29", "2024-03-31"]),
    (["2023-12-30", "2024-01-30"], "monthly, on day 30", ["2024-02-29", "2024-03-30"]),
    (["2016-10-01", "2016-11-01", "2016-12-01"], "monthly, at the month's start", ["2017-01-01", "2017-02-01"]),
    (["2023-03-31", "2023-04-28", "2023-05-31", "2023-06-30"], "monthly, on the month's last week day", ["2023-07-31", "2023-08-31", "2023-09-29"]),
    (["2023-06-30", "2023-09-30", "2023-12-31"], "quarterly, at the month's end", ["2024-03-31", "2024-06-30"]),
    (["2023-07-01", "2023-10-01"], "quarterly, at the month's start", ["2024-01-01"]),
    (["2020-02-29", "2021-02-28", "2022-02-28"], "yearly, at the month's end", ["2023-02-28", "2024-02-29"]),
    // A month is missing.
    (["2023-01-15", "2023-02-15", "2023-05-15", "2023-06-15"], "monthly, on day 15", ["2023-07-15"]),
    (["202311", "202312"], "monthly, at the month's start", ["202401"]),
    // Days and week days.
    (["20230430", "20230501"], "daily", ["20230502"]),
    (["2016-01-31", "2016-02-01"], "daily", ["2016-02-02"]),
    (["2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28", "2024-04-02", "2024-04-03", "2024-04-04", "2024-04-05"], "on week days",
      ["2024-04-08", "2024-04-09"]),  // around Good Friday and Easter Monday
    (["2024-06-13", "2024-06-14", "2024-06-17"], "on week days", ["2024-06-18", "2024-06-19", "2024-06-20", "2024-06-21", "2024-06-24"]),
    (["2024-06-01", "2024-06-02", "2024-06-03", "2024-06-09"], "daily", ["2024-06-10"]),
    (["2024-06-03", "2024-06-10", "2024-06-24", "2024-07-01"], "weekly", ["2024-07-08"]),
    // Times of the day.
    (["2016-01-01 00:00:00", "2016-01-01 01:00:00"], "hourly", ["2016-01-01 02:00:00"]),
    (["2016-01-01 00:00", "2016-01-01 01:00", "2016-01-01 02:00", "2016-01-04 02:00"], "hourly", ["2016-01-04 03:00"]),
    (["2016-01-01T00:00", "2016-01-01T00:15"], "every 15 minutes", ["2016-01-01T00:30"]),
    (["2016-01-01T22:00", "2016-01-01T23:00", "2016-01-01T24:00"], "hourly", ["2016-01-02T01:00"]),
    (["2024-06-17 02:00:00+05:30", "2024-06-17 03:00:00+05:30", "2024-06-17 04:00:00+05:30"], "hourly", ["2024-06-17 05:00:00+05:30"]),
    (["2024-06-17T02:00Z", "2024-06-17T03:00Z"], "hourly", ["2024-06-17T04:00Z"]),
    (["2024-03-31T01:45+01:00", "2024-03-31T03:00+02:00", "2024-03-31T03:15+02:00"], "every 15 minutes", ["2024-03-31T03:30+02:00"]),
    (["2024-03-30T00:00+01:00", "2024-03-31T00:00+01:00", "2024-04-01T00:00+02:00"], "daily", ["2024-04-02T00:00+02:00"]),
    (["2024-06-17 02:00:00.25", "2024-06-17 02:00:00.50"], "every 0.25 seconds", ["2024-06-17 02:00:00.75", "2024-06-17 02:00:01.00"]),
    (["20240617T235959Z", "20240618T000000Z"], "every second", ["20240618T000001Z"]),
    // Plain numbers.
    (["1960", "1961", "1963"], "one after the other", ["1964"]),
    (["1.5", "2", "2.5"], "0.5 apart", ["3", "3.5"]),
    (["0.1", "0.2", "0.3", "0.4"], "0.1 apart", ["0.5", "0.6"]),
    (["0.50", "0.75"], "0.25 apart", ["1.00"]),
    (["20230531", "20230532"], "one after the other", ["20230533"]),
  ]

  @Test(arguments: series.indices)
  func aSeriesGoesOnAsItWasWritten(_ index: Int) throws {
    let (rows, words, next) = Self.series[index]
    let found = try after(rows, next.count)
    #expect(found.times == next && found.words == words, "\(rows)")
  }

  @Test func hoursOfTradingDays() throws {
    var rows: [String] = []
    for day in ["2024-06-13", "2024-06-14", "2024-06-17"] {
      for hour in 9...15 where day != "2024-06-17" || hour < 12 { rows.append("\(day) \(hour < 10 ? "0" : "")\(hour):30") }
    }
    let found = try after(rows, 6)
    #expect(found.words == "7 times a day from 09:30 to 15:30, on week days")
    #expect(found.times == ["2024-06-17 12:30", "2024-06-17 13:30", "2024-06-17 14:30", "2024-06-17 15:30", "2024-06-18 09:30", "2024-06-18 10:30"])
  }

  @Test func aStepThatIsNamed() throws {
    #expect(try after(["2024-06-27", "2024-06-28"], 2, step: "week day").times == ["2024-07-01", "2024-07-02"])
    #expect(try after(["2024-06-27", "2024-06-30"], 2, step: "month end").times == ["2024-07-31", "2024-08-31"])
    #expect(try after(["2024-06-27"], 1, step: "90 minutes").times == ["2024-06-27 01:30"])
    #expect(try after(["7"], 2, step: "0.5").times == ["7.5", "8"])
    for text in ["", "fortnight", "-1 day", "0", "inf days"] { #expect(!TimeStep.canParse(text), "\(text)") }
    #expect(try TimeStep(of: Table(text: "7", format: .commas.withoutHeader).times(1)) == nil)
  }

  @Test func seasonsFollowTheStep() {
    #expect(TimeStep.months(1, on: .last).season(kind: .calendar) == 12 && TimeStep.months(3, on: .last).season(kind: .calendar) == 4)
    #expect(TimeStep.months(12, on: .day(1)).season(kind: .calendar) == 1)
    for (seconds, rows) in [(86_400.0, 7), (3600, 24), (900, 96), (604_800, 52), (5 * 3600, 1)] {
      #expect(TimeStep.constant(seconds).season(kind: .calendar) == rows)
    }
    #expect(TimeStep(parsing: "week day", kind: .calendar, clock: [0])?.season(kind: .calendar) == 5)
    #expect(TimeStep.constant(3600).season(kind: .number) == 1)
  }

  @Test func timeGoesForwardWithinEachGroup() throws {
    let table = try Table(text: "id,t\na,1\nb,1\na,2\nb,5\n")
    try table.checkOrder(table.times("t"), of: "t", groups: [0, 1, 0, 1])
    #expect(
      message { try table.checkOrder(table.times("t"), of: "t") }
        == "the table:3: column 2 (\"t\"): \"1\" is the same time as \"1\" in line 2; leave one row for each time")
    #expect(
      message { try table.checkOrder(table.times("t"), of: "t", groups: [0, 0, 1, 0]) }
        == "the table:3: column 2 (\"t\"): \"1\" is the same time as \"1\" in line 2; leave one row for each time")
  }
}
