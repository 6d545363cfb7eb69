import Foundation
import RecurrentData
import RecurrentDrawing
import RecurrentLayers
import RecurrentTraining

extension TrainedForecaster {
  /// Walks forward over a part, a forecast from every row of it, beside the baselines fitted to the training rows of the same table.
  public func report(on request: EvaluationRequest) throws -> EvaluationReport {
    let (data, network) = (description.data, description.model)
    let series = try TimeSeries(request.source, data)
    let part: DataPart
    var parts: [TextSplit: Range<Int>]
    let split: TextSplit
    if request.part == .all {
      // Another table: all of its rows are forecast, none are for fitting.
      (part, split, parts) = (.all, .test, [.train: 0..<0, .validation: 0..<0, .test: 0..<series.count])
    } else {
      parts = try series.parts(data)
      part = request.part ?? ((parts[.test] ?? 0..<0).isEmpty ? .valid : .test)
      split = part == .train ? .train : part == .valid ? .validation : .test
    }
    var wholeHorizon = network
    wholeHorizon.strategy = .direct  // origins whose whole horizon is in the part, for training rows too
    let origins = try series.origins(in: split, parts, wholeHorizon)
    let channels = SeriesChannels(series, scaling, data)
    let baselines = try ForecastBaselines(
      channels, network, season: data.season, training: parts[.train] ?? 0..<0,
      validation: part == .all ? [] : series.origins(in: .validation, parts, wholeHorizon))
    let walk = WalkForward(self, channels, origins: origins, baselines)

    var report = EvaluationReport(part: part)
    add(walk.model, "model", label: "model", series, parts, to: &report)
    for (kind, errors) in walk.baselines {
      let name = kind == .seasonalNaive ? "seasonal naive \(data.season)" : baselines.name(kind)
      add(errors, kind.rawValue, label: name, series, parts, to: &report)
    }
    report.add(
      "crps", label: "CRPS", .number(walk.rankedProbabilityScore),
      text: "\(Figures.exact(walk.rankedProbabilityScore)) z-scored, as 19 quantiles know it; that of a forecast of one number is its MAE")
    report.add(
      "coverage90", label: "90 % intervals", .number(walk.coverageOf90),
      text: "hold \(Figures.percent(walk.coverageOf90)) of the values, 50 % intervals \(Figures.percent(walk.coverageOf50))")
    report.members.append(("coverage50", .number(walk.coverageOf50)))
    report.add(
      "windows", label: "forecasts", .integer(origins.count),
      text: "\(Figures.grouped(origins.count)), of \(Figures.counted(network.horizon, "row")) each, from each row on the rows before it")
    report.lines += series.notes.map { .words($0) }
    if part == .all { report.lines.append(.words("no linear forecast: of the whole table no rows are for fitting")) }
    report.attachments = [
      EvaluationReport.Attachment(
        name: "forecasts.svg", contents: ForecastFigure.evaluation(self, series, channels, walk, baselines).svg),
      EvaluationReport.Attachment(name: "errors.csv", contents: table(walk, baselines)),
    ]
    return report
  }

  /// A line for a forecaster: its errors in units of the training rows' deviations, and in those of the table where there is one target.
  private func add(
    _ errors: WalkForward.Errors, _ key: String, label: String, _ series: TimeSeries, _ parts: [TextSplit: Range<Int>],
    to report: inout EvaluationReport
  ) {
    var text = "MSE \(Figures.exact(errors.standardized.meanSquared)), MAE \(Figures.exact(errors.standardized.meanAbsolute)) z-scored"
    var members: [(String, JSON)] = [
      ("mse", .number(errors.standardized.meanSquared)), ("mae", .number(errors.standardized.meanAbsolute)),
    ]
    let targets = description.data.targetNames.enumerated().map { target, name in
      let scale = scale(of: target, series, parts[.train] ?? 0..<0)
      let root = errors.restored.meanSquared(target: target).squareRoot()
      let absolute = errors.restored.meanAbsolute(target: target)
      if description.data.targetNames.count == 1 {
        text += "; RMSE \(Figures.significant(root)), MAE \(Figures.significant(absolute)) in units of \(name)"
        if let scale { text += "; MASE \(Figures.significant(absolute / scale))" }
      }
      return (
        name,
        JSON.object([
          ("rmse", .number(root)), ("mae", .number(absolute)), ("mase", .optional(scale.map { absolute / $0 })),
        ])
      )
    }
    members.append(("targets", .object(targets)))
    report.add(key, label: label, .object(members), text: text)
  }

  /// What MASE divides by: how far the training rows are from those of a season before (Hyndman and Koehler 2006).
  private func scale(of target: Int, _ series: TimeSeries, _ training: Range<Int>) -> Double? {
    let season = description.data.season
    guard training.count > season else { return nil }
    let values = series.targets[target][training].map { description.data.logarithm ? exp($0) : $0 }
    let pairs = zip(values, values.dropFirst(season)).filter { !$0.isNaN && !$1.isNaN }
    let scale = ForecastError.meanAbsolute(pairs.map(\.0), targets: pairs.map(\.1))
    return scale.flatMap { $0 > 0 ? $0 : nil }
  }

  /// The errors by steps ahead.
  private func table(_ walk: WalkForward, _ baselines: ForecastBaselines) -> String {
    let columns = [walk.model.standardized.meanSquaredBySteps] + walk.baselines.map(\.errors.standardized.meanSquaredBySteps)
    let names = ["model"] + walk.baselines.map { baselines.name($0.kind) }
    var text = "step," + names.map { "mse of \($0)" }.joined(separator: ",") + "\n"
    for step in columns[0].indices {
      text += "\(step + 1)," + columns.map { $0[step].isNaN ? "" : "\($0[step])" }.joined(separator: ",") + "\n"
    }
    return text
  }
}
