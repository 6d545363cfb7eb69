import Foundation
import Testing

/// A series from a table to its continuation, and answers to their figure, as a person would do it.
@Suite struct ForecastTests {
  private static func trained(strategy: String) throws -> Scratch {
    let scratch = try Scratch()
    var table = "day,sold\n"
    for day in 0..<120 { table += "2024-\(day / 28 < 9 ? "0" : "")\(day / 28 + 1)-\(day % 28 < 9 ? "0" : "")\(day % 28 + 1),\(10 + day % 7)\n" }
    try scratch.file("shop.csv", table)
    try scratch.file(
      "shop.yaml",
      """
      task: forecasting
      description: a shop
      data: {source: shop.csv, time: day, targets: sold, season: 7}
      model: {window: 14, horizon: 7, hidden: 8, strategy: \(strategy)}
      training: {epochs: 3, batch: 8, rate: 0.01}
      """)
    let outcome = try Recurrent.run(["train", "shop.yaml", "--output", "run"], in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("validation MSE"))
    #expect(outcome.output.contains("recurrent forecast run --data shop.csv\n"), "\(outcome.output)")
    return scratch
  }

  @Test func evaluateTellsOfTheBaselinesAndDrawsThem() throws {
    let scratch = try Self.trained(strategy: "direct")
    let outcome = try Recurrent.run(["evaluate", "run", "--data", "shop.csv", "--output", "seen", "--json"], in: scratch)
    let object = try #require(outcome.objects().first)
    for key in ["model", "persistence", "seasonalNaive", "linear"] {
      let figures = try #require(object[key] as? [String: Any])
      #expect((figures["mse"] as? Double) ?? -1 >= 0)
    }
    let picture = try String(contentsOf: scratch.url.appending(path: "seen/forecasts.svg"), encoding: .utf8)
    #expect(picture.contains("Error by rows ahead") && picture.contains("measured"))
    let errors = try String(contentsOf: scratch.url.appending(path: "seen/errors.csv"), encoding: .utf8)
    #expect(errors.split(separator: "\n").count == 8)
  }

  @Test func aSeriesGoesOn() throws {
    let scratch = try Self.trained(strategy: "direct")
    let outcome = try Recurrent.run(["forecast", "run", "--data", "shop.csv", "--steps", "3"], in: scratch)
    #expect(outcome.status == 0)
    // The months of this table have 28 days, so that its rows are not equally far apart; the last step is a day.
    #expect(outcome.error.contains("not equally far apart"))
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 4 && lines[0].hasPrefix("time,sold,sold 5 %"))
    #expect(lines[1].hasPrefix("2024-05-09,"))
    let files = try Recurrent.run(["forecast", "run", "--data", "shop.csv", "--output", "next"], in: scratch)
    #expect(files.output.contains("next/forecast.csv") && files.output.contains("next/forecast.svg"))
    #expect(try String(contentsOf: scratch.url.appending(path: "next/forecast.svg"), encoding: .utf8).contains("the next 7 rows"))
    let tooMany = try Recurrent.run(["forecast", "run", "--data", "shop.csv", "--steps", "8"], in: scratch)
    #expect(tooMany.status == 1)
    #expect(tooMany.error.contains("forecasts 7 rows at once, not 8"))
    try scratch.file("short.csv", "day,sold\n2024-01-01,3\n2024-01-02,4\n")
    let short = try Recurrent.run(["forecast", "run", "--data", "short.csv"], in: scratch)
    #expect(short.error.contains("the table has 2 rows, and the model reads 14 before a forecast"))
  }

  @Test func aRecursiveModelGoesOnForAsLongAsWanted() throws {
    let scratch = try Self.trained(strategy: "recursive")
    let outcome = try Recurrent.run(["forecast", "run", "--data", "shop.csv", "--steps", "20"], in: scratch)
    #expect(outcome.status == 0 && outcome.output.split(separator: "\n").count == 21)
  }
}
