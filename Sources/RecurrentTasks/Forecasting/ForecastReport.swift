import Foundation
import RecurrentData
import RecurrentDrawing
import RecurrentLayers
import RecurrentTraining

/// What the evaluation of a forecaster finds: a walk forward over a part of a series, a forecast from every row of it.
public struct ForecastScore: TaskScore {
  /// The errors of the model, or of one that it is compared with.
  public struct Errors: Sendable {
    /// The errors of one target, in units of the table.
    public struct Target: Sendable {
      /// The target's column.
      public let name: String
      /// The root of the mean squared error.
      public let rootMeanSquared: Double
      /// The mean absolute error.
      public let meanAbsolute: Double
      /// The mean absolute error over that of the forecast of a season before in training (Hyndman and Koehler 2006).
      public let meanAbsoluteScaled: Double?
    }

    /// Its key in JSON.
    public let key: String
    /// Its name in words.
    public let name: String
    /// The mean squared error, in units of the training rows' deviations.
    public let meanSquared: Double
    /// The mean absolute error in the same units.
    public let meanAbsolute: Double
    /// The mean squared error by the number of rows ahead.
    public let meanSquaredBySteps: [Double]
    /// The errors by target.
    public let targets: [Target]
  }

  public let part: MeasuredPart
  /// The errors of the model.
  public let model: Errors
  /// Those of the baselines, fitted to the training rows of the same table.
  public let baselines: [Errors]
  /// The continuous ranked probability score, as 19 quantiles know it.
  public let rankedProbabilityScore: Double
  /// The share of values within the interval from the 5 % to the 95 % quantile.
  public let coverageOf90: Double
  /// The share of values within the interval from the 25 % to the 75 % quantile.
  public let coverageOf50: Double
  /// The number of forecasts.
  public let forecastCount: Int
  /// Rows of a forecast.
  public let horizon: Int
  /// What must be said of the series, a line each.
  public let notes: [String]
  /// Examples, and errors by the number of rows ahead, as SVG.
  public let picture: String
}

extension Forecasting {
  /// Walks forward over a part, a forecast from every row of it, beside the baselines fitted to the training rows of the same table.
  public static func evaluate(_ trained: TrainedForecaster, on request: EvaluationRequest) throws -> ForecastScore {
    let (data, network) = (trained.settings.data, trained.settings.model)
    let series = try TimeSeries(request.source, data)
    let part: MeasuredPart
    var parts: [DataPart: Range<Int>]
    let split: DataPart
    if request.part == .whole {
      // Another table: all of its rows are forecast, none are for fitting.
      (part, split, parts) = (.whole, .test, [.train: 0..<0, .validation: 0..<0, .test: 0..<series.count])
    } else {
      parts = try series.parts(data)
      split = request.part(among: parts.filter { !$0.value.isEmpty }.keys)
      part = .part(split)
    }
    var wholeHorizon = network
    wholeHorizon.strategy = .direct  // origins whose whole horizon is in the part, for training rows too
    let origins = try series.origins(in: split, parts, wholeHorizon)
    let channels = SeriesChannels(series, trained.artifacts, data)
    let training = parts[.train] ?? 0..<0
    let baselines = try ForecastBaselines(
      channels, network, season: series.season(data), training: training,
      validation: part == .whole ? [] : series.origins(in: .validation, parts, wholeHorizon))
    let knownRows = part == .whole ? 0..<series.count : series.knownRows(parts)
    let walk = WalkForward(trained, channels, origins: origins, knownRows: knownRows, baselines)
    let scales = data.targetNames.indices.map { scale(of: $0, series, training, data) }
    func errors(_ found: WalkForward.Errors, _ key: String, _ name: String) -> ForecastScore.Errors {
      ForecastScore.Errors(
        key: key, name: name, meanSquared: found.standardized.meanSquared, meanAbsolute: found.standardized.meanAbsolute,
        meanSquaredBySteps: found.standardized.meanSquaredBySteps,
        targets: data.targetNames.enumerated().map { target, name in
          let absolute = found.restored.meanAbsolute(target: target)
          return ForecastScore.Errors.Target(
            name: name, rootMeanSquared: found.restored.meanSquared(target: target).squareRoot(), meanAbsolute: absolute,
            meanAbsoluteScaled: scales[target].map { absolute / $0 })
        })
    }
    return ForecastScore(
      part: part, model: errors(walk.model, "model", "model"),
      baselines: walk.baselines.map { kind, found in
        errors(found, kind.rawValue, baselines.name(kind) + (kind == .seasonalNaive ? " \(baselines.season)" : ""))
      },
      rankedProbabilityScore: walk.rankedProbabilityScore, coverageOf90: walk.coverageOf90, coverageOf50: walk.coverageOf50,
      forecastCount: origins.count, horizon: network.horizon,
      notes: series.notes
        + ["intervals are calibrated by how far the latest rows before each forecast were from theirs (conformal prediction)"]
        + (part == .whole ? ["no linear forecast: of the whole table no rows are for fitting"] : []),
      picture: ForecastFigure.evaluation(trained, series, channels, walk, knownRows, baselines).svg)
  }

  /// What MASE divides by: how far the training rows are from those of a season before (Hyndman and Koehler 2006).
  private static func scale(
    of target: Int, _ series: TimeSeries, _ training: Range<Int>, _ data: ForecastingDataConfiguration
  ) -> Double? {
    let season = series.season(data)
    guard training.count > season else { return nil }
    let values = series.targets[target][training].map { data.logarithm ? exp($0) : $0 }
    let pairs = zip(values, values.dropFirst(season)).filter { !$0.isNaN && !$1.isNaN }
    let scale = ForecastError.meanAbsolute(pairs.map(\.0), targets: pairs.map(\.1))
    return scale.flatMap { $0 > 0 ? $0 : nil }
  }
}

extension ForecastScore {
  public var report: EvaluationReport {
    var report = EvaluationReport(part: part)
    for errors in [model] + baselines { add(errors, to: &report) }
    report.add(
      "crps", label: "CRPS", .number(rankedProbabilityScore),
      text: "\(Figures.exact(rankedProbabilityScore)) z-scored, as 19 quantiles know it; that of a forecast of one number is its MAE")
    report.add(
      "coverage90", label: "90 % intervals", .number(coverageOf90),
      text: "hold \(Figures.percent(coverageOf90)) of the values, 50 % intervals \(Figures.percent(coverageOf50))")
    report.members.append(("coverage50", .number(coverageOf50)))
    report.add(
      "windows", label: "forecasts", .integer(forecastCount),
      text: "\(Figures.grouped(forecastCount)), of \(Figures.counted(horizon, "row")) each, from each row on the rows before it")
    report.lines += notes.map { .words($0) }
    report.attachments = [
      EvaluationReport.Attachment(name: "forecasts.svg", contents: picture),
      EvaluationReport.Attachment(name: "errors.csv", contents: table),
    ]
    return report
  }

  /// A line for a forecaster: its errors in units of the training rows' deviations, and in those of the table where there is one target.
  private func add(_ errors: Errors, to report: inout EvaluationReport) {
    var text = "MSE \(Figures.exact(errors.meanSquared)), MAE \(Figures.exact(errors.meanAbsolute)) z-scored"
    if errors.targets.count == 1 {
      let target = errors.targets[0]
      text += "; RMSE \(Figures.significant(target.rootMeanSquared)), MAE \(Figures.significant(target.meanAbsolute)) in units of"
        + " \(target.name)"
      if let scaled = target.meanAbsoluteScaled { text += "; MASE \(Figures.significant(scaled))" }
    }
    let targets = errors.targets.map { target in
      (
        target.name,
        JSON.object([
          ("rmse", .number(target.rootMeanSquared)), ("mae", .number(target.meanAbsolute)),
          ("mase", .optional(target.meanAbsoluteScaled)),
        ])
      )
    }
    report.add(
      errors.key, label: errors.name,
      .object([("mse", .number(errors.meanSquared)), ("mae", .number(errors.meanAbsolute)), ("targets", .object(targets))]), text: text)
  }

  /// The errors by the number of rows ahead.
  private var table: String {
    let all = [model] + baselines
    var text = "step," + all.map { "mse of \($0.name)" }.joined(separator: ",") + "\n"
    for step in model.meanSquaredBySteps.indices {
      text += "\(step + 1)," + all.map { $0.meanSquaredBySteps[step].isNaN ? "" : "\($0.meanSquaredBySteps[step])" }.joined(separator: ",")
        + "\n"
    }
    return text
  }
}
