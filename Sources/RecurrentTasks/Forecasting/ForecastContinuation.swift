import RecurrentData
import RecurrentDrawing
import RecurrentLayers

/// A series continued after its end.
public struct ForecastContinuation: Sendable {
  /// A forecast of one target at one time, in its own unit.
  public struct Value: Sendable, Equatable {
    /// The mean, or the median where the model forecasts quantiles or logarithms.
    public let point: Double
    /// The quantiles of `QuantileLevels.all`.
    public let quantiles: [Double]
  }

  /// The targets.
  public let names: [String]
  /// The times that are forecast, as the table writes times.
  public let times: [String]
  /// A forecast for each time and target.
  public let values: [[Value]]
  /// What must be told of the series.
  public let notes: [String]
  /// The picture as SVG.
  public let picture: String

  /// The quantiles in the columns of ``csv``: 5, 25, 50, 75 and 95 %.
  private static let shown = [0, 4, 9, 14, 18]

  /// A table: the times, and for each target its forecast and five quantiles.
  public var csv: String {
    let columns = names.flatMap { name in
      [name.delimitedField] + Self.shown.map { "\(name) \(Int((QuantileLevels.all[$0] * 100).rounded())) %".delimitedField }
    }
    var text = "time," + columns.joined(separator: ",") + "\n"
    for (time, row) in zip(times, values) {
      let numbers = row.flatMap { value in [value.point] + Self.shown.map { value.quantiles[$0] } }
      text += time.delimitedField + "," + numbers.map { "\($0)" }.joined(separator: ",") + "\n"
    }
    return text
  }

  init(_ trained: TrainedForecaster, _ series: TimeSeries, steps: Int) {
    let data = trained.settings.data
    let network = trained.model
    let extended = series.extended(by: steps)
    let channels = SeriesChannels(extended, trained.artifacts, data)
    let knownRows = (try? series.parts(data)).map(series.knownRows) ?? 0..<series.count
    let forecasts = trained.forecasts(channels, origins: [series.count], steps: steps, knownRows: knownRows)
    names = data.targetNames
    times = extended.times.suffix(steps).map { series.axis.text(of: $0) }
    notes = series.notes
    values = (0..<steps).map { step in
      data.targetNames.indices.map { target in
        let place = forecasts.index(0, step, target)
        return Value(
          point: trained.restored(forecasts.points[place], target: target),
          quantiles: forecasts.quantiles.map { trained.restored($0[place], target: target) })
      }
    }
    let shown = (series.count - min(series.count, max(network.configuration.window, 2 * steps)))..<series.count
    let all = values
    let plots: [any FigurePart] = data.targetNames.enumerated().map { target, name in
      let measured = shown.compactMap { row -> Point? in
        let value = channels.observed[target][row]
        return value.isNaN ? nil : Point(x: Double(row - series.count + 1), y: trained.restored(value, target: target))
      }
      let marks = ForecastFigure.marks(
        steps: steps, x: { Double($0 + 1) },
        value: { level, step in level.map { all[step][target].quantiles[$0] } ?? all[step][target].point },
        name: "forecast, 50 % and 90 %")
      return Plot(
        data.targetNames.count > 1 ? name : "",
        x: Axis("rows after \(series.time(ofRow: series.count - 1))"), y: Axis(name),
        marks: marks + [.line(measured, name: "measured")])
    }
    picture = Figure("\(data.targetNames.joined(separator: ", ")): the next \(Figures.counted(steps, "row"))", parts: plots).svg
  }
}

extension TrainedForecaster {
  /// Rows that are forecast at most: each needs memory for its paths.
  private static var mostSteps: Int { 100_000 }

  /// Goes on with a series after its last row.
  ///
  /// - Parameter steps: Rows; absent: the model's horizon. A direct model forecasts no more than that.
  /// - Throws: `DataError` for a table that cannot be read or is shorter than the window, ``EvaluationError`` for too many steps.
  public func continuation(of source: DataSource, steps: Int? = nil) throws -> ForecastContinuation {
    let network = settings.model
    let steps = steps ?? network.horizon
    guard (1...Self.mostSteps).contains(steps) else {
      throw EvaluationError("\(steps) rows are asked for; from 1 to \(Figures.grouped(Self.mostSteps)) can be forecast")
    }
    if network.strategy == .direct, steps > network.horizon {
      throw EvaluationError(
        "the model forecasts \(Figures.counted(network.horizon, "row")) at once, not \(steps); train one with model.horizon=\(steps), or "
          + "with model.strategy=recursive, which goes on for ever")
    }
    let series = try TimeSeries(source, settings.data)
    guard series.count >= network.window else {
      throw DataError(
        series.path, "the table has \(Figures.counted(series.count, "row")), and the model reads \(network.window) before a forecast")
    }
    let continuation = ForecastContinuation(self, series, steps: steps)
    guard continuation.values.joined().allSatisfy({ $0.point.isFinite && $0.quantiles.allSatisfy(\.isFinite) }) else {
      throw EvaluationError("\(series.path): the forecast is not finite: these numbers are far from those that the model was trained on")
    }
    return continuation
  }
}
