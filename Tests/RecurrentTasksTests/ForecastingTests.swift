import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining
import Testing

@testable import RecurrentTasks

@Suite struct ForecastingTests {
  /// A day's swing with noise, and a second column that tells of the target an hour ahead.
  private static func table(rows: Int, seed: UInt64 = 1, noise: Double = 0.3) -> String {
    var generator = RandomGenerator(seed: seed)
    var (value, shock) = (0.0, generator.normal())
    var text = "time,load,wind\n"
    for row in 0..<rows {
      value = 10 + 3 * sin(2 * Double.pi * Double(row) / 12) + noise * shock
      shock = generator.normal()
      text += "\(row),\(value),\(shock)\n"  // wind is the noise of the next row
    }
    return text
  }

  private static func settings(_ assignments: String...) throws -> RunSettings<Forecasting> {
    var recipe = try Recipe(
      yaml: """
        task: forecasting
        description: a test
        reproduces: nothing
        data: {time: time, targets: load, season: 12, split: [0.6, 0.2, 0.2]}
        model: {window: 24, horizon: 6, hidden: 12}
        training: {epochs: 8, batch: 32, rate: 0.01, clip: 1}
        """, name: "test", origin: "test.yaml")
    for assignment in assignments { try recipe.set(assignment) }
    return try RunSettings(recipe)
  }

  /// Trains on a table and reads the model back from its own file.
  private static func trained(
    _ text: String, _ settings: RunSettings<Forecasting>, _ body: (TrainedForecaster, DataSource) throws -> Void
  ) throws {
    try withDirectory(["series.csv": text]) { directory in
      let source = DataSource.path(directory.appending(path: "series.csv").path)
      let run = try Forecasting.prepare(settings, from: source)
      let result = try run.trainer().run(from: run.model)
      let url = directory.appending(path: "model.safetensors")
      try saveModel(result.model, metadata: run.metadata(), to: url)
      try body(TrainedForecaster(contentsOf: url), source)
    }
  }

  private static func figure(_ key: String, _ member: String? = nil, of report: EvaluationReport) throws -> Double {
    let value = try #require(report.members.first { $0.0 == key }).1
    if let member, case .object(let members) = value {
      let inner = try #require(members.first { $0.0 == member })
      return try #require(Double(inner.1.description))
    }
    return try #require(Double(value.description))
  }

  /// The noise of a row is seen in the wind of the row before: with it the first hour can be known, without it not. Persistence, the season
  /// and the model without wind cannot do better than the noise.
  @Test(arguments: ["gaussian", "quantiles"])
  func aCovariateTellsTheNextRow(_ distribution: String) throws {
    let settings = try Self.settings("model.distribution=\(distribution)", "model.horizon=1", "data.covariates=wind", "training.epochs=30")
    try Self.trained(Self.table(rows: 900), settings) { trained, source in
      let report = try trained.report(on: EvaluationRequest(source: source))
      let error = try Self.figure("model", "mse", of: report)
      #expect(try error < 0.25 * Self.figure("seasonalNaive", "mse", of: report))
      #expect(try error < 0.1 * Self.figure("persistence", "mse", of: report))
      #expect(try Self.figure("linear", "mse", of: report) < 0.01)  // the truth is nearly linear
      #expect(try Self.figure("windows", of: report) == 180)
    }
  }

  /// Of a series of known noise the deviation is learnt too: intervals hold what they promise, and the score is near that of the truth.
  @Test(arguments: [("direct", "gaussian"), ("direct", "quantiles"), ("recursive", "gaussian")])
  func theUncertaintyIsTheNoises(_ strategy: String, _ distribution: String) throws {
    // The gradient of a quantile is small beside that of a likelihood: decay that the one needs would hold the other back.
    let decay = distribution == "gaussian" ? 0.001 : 0
    let settings = try Self.settings(
      "model.strategy=\(strategy)", "model.distribution=\(distribution)", "model.level=mean", "training.weightDecay=\(decay)",
      "training.epochs=30")
    try Self.trained(Self.table(rows: 1500), settings) { trained, source in
      let report = try trained.report(on: EvaluationRequest(source: source))
      #expect(try abs(Self.figure("coverage90", of: report) - 0.9) < 0.07)
      #expect(try abs(Self.figure("coverage50", of: report) - 0.5) < 0.12)
      // A season's difference has twice the noise's variance, a forecast of the swing once.
      #expect(try Self.figure("model", "mse", of: report) < 0.75 * Self.figure("seasonalNaive", "mse", of: report))
      #expect(try Self.figure("crps", of: report) < Self.figure("seasonalNaive", "mae", of: report) * 0.65)
    }
  }

  // MARK: Leakage

  private static func model(_ change: (inout ForecastingConfiguration) -> Void) -> ForecastModel {
    var configuration = ForecastingConfiguration()
    (configuration.window, configuration.horizon, configuration.hidden) = (8, 5, 6)
    change(&configuration)
    var generator = RandomGenerator(seed: 5)
    return ForecastModel(configuration, targetCount: 1, channelCount: 2, using: &generator)
  }

  private static func channels(_ text: String) throws -> SeriesChannels {
    var data = ForecastingDataConfiguration()
    (data.time, data.targets) = ("time", "load")
    let series = try TimeSeries(Table(text: text), data)
    // The second channel marks gaps, of which the training rows have one.
    return SeriesChannels(series, Forecasting.Artifacts(scaling: try SeriesScaling(series, training: 0..<20), readsClock: nil), data)
  }

  private static func rows(_ change: (Int) -> String?) -> String {
    "time,load\n" + (0..<40).map { row in "\(row),\(change(row) ?? (row == 3 ? "" : "\(sin(Double(row)))"))\n" }.joined()
  }

  /// Whatever stands in the rows from an origin on, missing values included, the forecasts from it are the same bits.
  @Test(arguments: ["direct", "recursive"], [ForecastingConfiguration.Level.last, .mean, .none])
  func theFutureChangesNoForecast(_ strategy: String, _ level: ForecastingConfiguration.Level) throws {
    let model = Self.model { ($0.strategy, $0.level) = (strategy == "direct" ? .direct : .recursive, level) }
    let before = model.forecasts(try Self.channels(Self.rows { _ in nil }), origins: [20, 25, 30], steps: 5)
    let channels = try Self.channels(Self.rows { $0 >= 30 ? ($0 % 2 == 0 ? "" : "777") : nil })
    let after = model.forecasts(channels, origins: [20, 25, 30], steps: 5)
    #expect(after.points == before.points && after.quantiles == before.quantiles)
    let changed = model.forecasts(try Self.channels(Self.rows { $0 == 29 ? "777" : nil }), origins: [20, 25, 30], steps: 5)
    #expect(changed.points[..<10] == before.points[..<10] && changed.points[10...] != before.points[10...])
  }

  /// Test rows have no part in the standardization, and training windows end within the training part.
  @Test func testRowsStandardizeNothingAndAreNotTrainedOn() throws {
    let settings = try Self.settings()
    func prepared(_ text: String) throws -> PreparedRun<Forecasting> {
      try withDirectory(["series.csv": text]) { directory in
        try Forecasting.prepare(settings, from: .path(directory.appending(path: "series.csv").path))
      }
    }
    let text = Self.table(rows: 200)
    var lines = text.split(separator: "\n").map(String.init)
    for row in 120..<200 { lines[row + 1] = "\(row),\(1000 + row * row),0" }
    let (first, second) = (try prepared(text), try prepared(lines.joined(separator: "\n") + "\n"))
    #expect(try first.metadata()["scaling"] == second.metadata()["scaling"])
    var (a, b) = (first.model, second.model)
    var optimizer = settings.training.makeOptimizer(for: a)
    var other = settings.training.makeOptimizer(for: b)
    for step in 0..<first.source.stepsPerEpoch {
      for (run, isFirst) in [(first, true), (second, false)] {
        var generator = RandomGenerator(seed: 1)
        let batch = try run.source.batch(at: step, epoch: 0, shard: .whole)
        let (_, gradient) = valueAndGradient(at: isFirst ? a : b) {
          run.objective.loss(of: $0, on: batch, from: NoCarriedState(), using: &generator).value
        }
        if isFirst { optimizer.update(&a, along: gradient, scale: 1, rate: 0.01) } else { other.update(&b, along: gradient, scale: 1, rate: 0.01) }
      }
    }
    for (x, y) in zip(a.parameters, b.parameters) { #expect(x.tensor.isBitwiseEqual(to: y.tensor)) }
    #expect(first.notes.contains { $0.hasPrefix("91 windows to learn from") })  // rows 24 to 114 begin a horizon within 120
  }

  // MARK: Recursion

  /// A recursive forecast is that of a loop which appends each mean to the table and forecasts one row of it.
  @Test func recursionEqualsALoopThatAppends() throws {
    let text = Self.rows { $0 == 3 ? "0.5" : nil }
    var data = ForecastingDataConfiguration()
    (data.time, data.targets) = ("time", "load")
    let series = try TimeSeries(Table(text: text), data)
    let scaling = Forecasting.Artifacts(scaling: try SeriesScaling(series, training: 0..<20), readsClock: nil)
    var configuration = ForecastingConfiguration()
    (configuration.window, configuration.horizon, configuration.hidden, configuration.strategy) = (8, 5, 6, .recursive)
    var generator = RandomGenerator(seed: 5)
    let model = ForecastModel(configuration, targetCount: 1, channelCount: 1, using: &generator)
    let whole = model.forecasts(SeriesChannels(series.extended(by: 5), scaling, data), origins: [40], steps: 5)
    var grown = text
    for step in 0..<5 {
      let channels = SeriesChannels(try TimeSeries(Table(text: grown), data), scaling, data)
      #expect(channels.rowCount == 40 + step)
      let next = model.forecasts(channels, origins: [40 + step], steps: 1).points[0]
      #expect(abs(next - whole.points[step]) < 1e-5)
      grown += "\(40 + step),\(scaling.scaling.standardization.restored(Double(next), channel: 0))\n"
    }
    #expect(whole.points[0] != whole.points[1])
  }

  /// The windows of a batch: the last row before the origin is the last that is read, the first target is the row at the origin.
  @Test func aWindowEndsWhereItsForecastBegins() throws {
    let channels = try Self.channels(Self.rows { "\($0)" })
    let batch = ForecastBatch(channels, origins: [10, 20], window: 3, steps: 2, level: .last)
    let unit = channels.observed[0][1] - channels.observed[0][0]
    let inputs = batch.inputs.scalars.map { ($0 / unit).rounded() }
    #expect(inputs == [-2, -2, -1, -1, 0, 0])  // [window, batch, channels]
    #expect(batch.targets.scalars.map { ($0 / unit).rounded() } == [1, 2, 1, 2])
    #expect(batch.countedCount == 4)
  }

  /// On the paths of a recursive forecast covariates stay as they were last seen: their future is not known.
  @Test func theFutureOfCovariatesIsNotRead() throws {
    func forecasts(_ future: String) throws -> Forecasts {
      var data = ForecastingDataConfiguration()
      (data.time, data.targets, data.covariates) = ("time", "load", "wind")
      let text = "time,load,wind\n" + (0..<30).map { "\($0),\($0 % 7),\($0 < 20 ? "\($0 % 5)" : future)\n" }.joined()
      let series = try TimeSeries(Table(text: text), data)
      let model = Self.model { $0.strategy = .recursive }
      return model.forecasts(
        SeriesChannels(series, Forecasting.Artifacts(scaling: try SeriesScaling(series, training: 0..<20), readsClock: nil), data), origins: [20], steps: 5)
    }
    #expect(try forecasts("3").points == forecasts("99").points)
  }

  /// The model has hardly learned, and the steps of the walk grow to three times their size, in the test part too: intervals follow, one row ahead as
  /// well as five, and no value that is not yet known changes one.
  @Test(arguments: ["gaussian", "quantiles"])
  func intervalsHoldWhatTheySay(_ distribution: String) throws {
    var generator = RandomGenerator(seed: 3)
    let settings = try Self.settings(
      "model.distribution=\(distribution)", "training.epochs=1", "model.horizon=5", "model.level=last", "data.season=1", "model.hidden=6")
    func rows(_ count: Int) -> [Double] {
      var level = 100.0
      return (0..<count).map { row in
        level += generator.normal() * (1 + 2 * Double(row) / Double(count))
        return level
      }
    }
    let values = rows(3_000)
    func table(_ values: [Double]) -> String { "time,load\n" + values.enumerated().map { "\($0),\($1)\n" }.joined() }
    try Self.trained(table(values), settings) { trained, source in
      let report = try trained.report(on: EvaluationRequest(source: source))
      #expect(try abs(Self.figure("coverage90", of: report) - 0.9) < 0.05)
      #expect(try abs(Self.figure("coverage50", of: report) - 0.5) < 0.07)
      let series = try TimeSeries(source, settings.data)
      let channels = SeriesChannels(series, trained.artifacts, settings.data)
      var inside = [0, 0]
      let origins = Array(2_400..<2_995)
      for origin in origins {
        let forecasts = trained.forecasts(channels, origins: [origin], steps: 5, knownRows: 1_800..<3_000)
        for (place, step) in [0, 4].enumerated() {
          let value = channels.observed[0][origin + step]
          if forecasts.quantiles[0][step] <= value, value <= forecasts.quantiles[18][step] { inside[place] += 1 }
        }
        for (lower, upper) in zip(forecasts.quantiles, forecasts.quantiles.dropFirst()) {
          #expect(zip(lower, upper).allSatisfy { $0 <= $1 })
        }
      }
      for count in inside { #expect(abs(Double(count) / Double(origins.count) - 0.9) < 0.06) }
      let before = trained.forecasts(channels, origins: [2_600], steps: 5, knownRows: 1_800..<3_000)
      try withDirectory(["other.csv": table(values[..<2_600] + values[2_600...].map { $0 * 7 })]) { directory in
        let other = try TimeSeries(.path(directory.appending(path: "other.csv").path), settings.data)
        let after = trained.forecasts(
          SeriesChannels(other, trained.artifacts, settings.data), origins: [2_600], steps: 5, knownRows: 1_800..<3_000)
        #expect(after.quantiles == before.quantiles && after.points == before.points)
      }
    }
  }

  /// A table that is too short to look back on has the calibration of the model's file.
  @Test func aShortTableIsForecastWithTheCalibrationOfTheFile() throws {
    try withDirectory(["series.csv": Self.table(rows: 600), "short.csv": Self.table(rows: 26)]) { directory in
      let settings = try Self.settings("training.epochs=2")
      let run = try Forecasting.prepare(settings, from: .path(directory.appending(path: "series.csv").path))
      let trained = try run.trained(try run.trainer().run(from: run.model))
      let calibration = try #require(trained.artifacts.calibration)
      #expect(calibration.factors.count == 9 && calibration.factors[0].count == 1 && calibration.fits(targetCount: 1))
      #expect(!calibration.fits(targetCount: 2))
      let short = try TimeSeries(.path(directory.appending(path: "short.csv").path), settings.data).extended(by: 6)
      let channels = SeriesChannels(short, trained.artifacts, settings.data)
      let forecasts = trained.forecasts(channels, origins: [26], steps: 6, knownRows: 0..<26)
      let own = trained.model.forecasts(channels, origins: [26], steps: 6)
      #expect(forecasts.quantiles == own.calibrated(by: calibration).quantiles && forecasts.quantiles != own.quantiles)
    }
  }

  @Test func quantilesDoNotCross() throws {
    let model = Self.model { $0.distribution = .quantiles }
    let forecasts = model.forecasts(try Self.channels(Self.rows { _ in nil }), origins: [20], steps: 5)
    for (lower, upper) in zip(forecasts.quantiles, forecasts.quantiles.dropFirst()) {
      #expect(zip(lower, upper).allSatisfy { $0 < $1 })
    }
    #expect(forecasts.quantiles[QuantileLevels.median] == forecasts.points)
  }

  @Test func quantilesOfTheNormalDistribution() {
    for (share, value) in [(0.5, 0.0), (0.975, 1.959963984540054), (0.05, -1.6448536269514722)] {
      #expect(abs(NormalDistribution.quantile(share) - value) < 1e-12)
    }
    #expect(ForecastModel.quantile(0.5, ofSorted: [1, 2, 3, 4]) == 2.5)
    #expect(ForecastModel.quantile(1, ofSorted: [1, 2]) == 2)
  }

  // MARK: Going on

  @Test func aContinuationHasTheTimesAfterTheLast() throws {
    var text = "time,load\n"
    for month in 0..<60 { text += String(format: "%d-%02d,%.3f\n", 2000 + month / 12, month % 12 + 1, exp(2 + sin(Double(month) * .pi / 6))) }
    let settings = try Self.settings(
      "model.window=12", "model.horizon=3", "model.strategy=recursive", "data.logarithm=true", "data.calendar=true")
    try Self.trained(text, settings) { trained, source in
      let continuation = try trained.continuation(of: source, steps: 5)
      #expect(continuation.times == ["2005-01", "2005-02", "2005-03", "2005-04", "2005-05"])
      let lines = continuation.csv.split(separator: "\n")
      #expect(lines[0] == "time,load,load 5 %,load 25 %,load 50 %,load 75 %,load 95 %")
      #expect(lines.count == 6 && lines[1].hasPrefix("2005-01,"))
      for row in continuation.values {
        #expect(row[0].point > 0 && row[0].quantiles[0] < row[0].point && row[0].point < row[0].quantiles[18])
      }
      #expect(continuation.picture.hasPrefix("<svg"))

      // What a forecast reads: the last window, by its times.
      guard case .path(let path) = source else { return }
      let run = try trained.watch(.file(path), limit: 5)
      #expect(run.steps == ["2004-01", "2004-02", "2004-03", "2004-04", "2004-05"] && run.inputStepCount == 12)
      #expect(run.cells.allSatisfy { $0.hidden.shape[0] == 5 })
    }
  }

  @Test func aRunStoppedAndResumedEndsWithTheSameBits() throws {
    let settings = try Self.settings("model.dropout=0.3", "training.epochs=3")
    try withDirectory(["series.csv": Self.table(rows: 300)]) { directory in
      let source = DataSource.path(directory.appending(path: "series.csv").path)
      try expectSameBitsWhenResumed(stoppingAt: [2, 7]) {
        try Forecasting.prepare(settings, from: source)
      } configuration: {
        settings.training
      }
    }
  }

  @Test func badDataAreToldOf() throws {
    func message(_ text: String, _ settings: RunSettings<Forecasting>? = nil) throws -> String {
      let settings = try settings ?? Self.settings()
      return try withDirectory(["s.csv": text]) { directory in
        do {
          _ = try Forecasting.prepare(settings, from: .path(directory.appending(path: "s.csv").path))
          return "nothing thrown"
        } catch { return "\(error)".replacingOccurrences(of: directory.path, with: "DIR") }
      }
    }
    let good = Self.table(rows: 300)
    func replacing(line: Int, _ text: String) -> String {
      var lines = good.split(separator: "\n").map(String.init)
      lines[line - 1] = text
      return lines.joined(separator: "\n") + "\n"
    }
    #expect(try message(good) == "nothing thrown")
    #expect(try message(replacing(line: 7, "1,3,0")).hasPrefix("DIR/s.csv:7: column 1 (\"time\"): \"1\" is before \"4\" in line 6"))
    #expect(try message(replacing(line: 7, "4,3,0")).contains("is the same time as \"4\" in line 6"))
    #expect(try message(replacing(line: 7, "5,high,0")).hasPrefix("DIR/s.csv:7: column 2 (\"load\")"))
    #expect(try message(replacing(line: 7, "5,NaN,0")) == "nothing thrown")
    #expect(try message(replacing(line: 1, "time,loads,wind")).contains("did you mean \"loads\"?"))
    let constant = "time,load\n" + (0..<300).map { "\($0),4\n" }.joined()
    #expect(try message(constant).contains("load is always 4.0 in the training rows; there is nothing to forecast"))
    let empty = "time,load\n" + (0..<300).map { "\($0),\n" }.joined()
    #expect(try message(empty).contains("load has no value in the training rows"))
    #expect(
      try message(Self.table(rows: 40)).contains("the train part has 24 rows, too few for a window of 24 and a horizon of 6"))
    #expect(
      try message(good, Self.settings("data.logarithm=true", "data.targets=wind"))
        .contains("which has no logarithm"))
    #expect(try message(good, Self.settings("data.calendar=true")).contains("plain numbers, which have no hour"))
    let large = try Self.settings("data.split=[200, 80, 80]")
    #expect(try message(good, large).contains("the table has 300 rows, and data.split names 360"))
    #expect(throws: RecipeError.self) { try Self.settings("model.strategy=recursive", "model.distribution=quantiles") }
    #expect(throws: RecipeError.self) { try Self.settings("data.covariates=load") }
  }
}
