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
      "2016-07-01 13:00:00.000+01",
    ] { #expect(seconds(text) == noon, "\(text)") }
    #expect(seconds("2016-07-01T12:00:00.25Z") == noon + 0.25)
    #expect(seconds("2016-07-01") == noon - 43_200)
    #expect(seconds("2016-07") == noon - 43_200)
    #expect(seconds("1749-01") == -6_974_035_200)  // date -u -d 1749-01-01 +%s
    #expect(seconds("2000-02-29") == 951_782_400)
    for text in [
      "2016", "2016-7-1", "2016-13-01", "2015-02-29", "1900-02-29", "2016-07-01 24:00:00", "2016-07-01 12:60", "2016-07-01 12",
      "2016-07-01T12:00:00Zulu", "2016-07-01 12:00:00.", "01.07.2016", "2016-07-01T12:00:00+2", "2016-07-01 ",
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

  @Test func aSeriesGoesOnAsItWasWritten() throws {
    func next(_ rows: [String], _ count: Int) throws -> String? {
      let column = try Table(text: rows.joined(separator: "\n"), format: .commas.withoutHeader).times(1)
      let interval = column.axis.interval(of: column.values)
      return interval.map { column.axis.text(of: column.axis.time(count, $0, after: column.values.last!)) }
    }
    #expect(try next(["1949-11", "1949-12"], 3) == "1950-03")
    #expect(try next(["2016-01-31", "2016-02-01"], 28) == "2016-02-29")
    #expect(try next(["2016-01-01 00:00:00", "2016-01-01 01:00:00"], 30) == "2016-01-02 07:00:00")
    #expect(try next(["2016-01-01T00:00", "2016-01-01T00:15"], 4) == "2016-01-01T01:15")
    #expect(try next(["2016-10-01", "2016-11-01", "2016-12-01"], 2) == "2017-02-01")
    #expect(try next(["1.5", "2", "2.5"], 3) == "4")
    #expect(try next(["0.1", "0.2", "0.3", "0.4"], 1).map { abs(Double($0)! - 0.5) < 1e-12 } == true)
    #expect(try next(["2016-01-01", "2016-01-02", "2016-01-05"], 1) == nil)
    #expect(try next(["7"], 1) == nil)
  }

  @Test func aModelFileKeepsTheAxis() throws {
    let axis = try Table(text: "t\n2016-01-01T00:00\n").times("t").axis
    let copy = try JSONDecoder().decode(TimeAxis.self, from: JSONEncoder().encode(axis))
    #expect(copy == axis && copy.text(of: 0) == "1970-01-01T00:00")
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
