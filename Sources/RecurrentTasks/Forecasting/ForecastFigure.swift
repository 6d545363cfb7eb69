import RecurrentData
import RecurrentDrawing

/// Pictures of forecasts.
enum ForecastFigure {
  /// The middle and the uncertainty of a forecast.
  ///
  /// - Parameters:
  ///   - value: The value of a quantile, or of the point where the level is nil, of a step.
  ///   - x: Where a step stands.
  static func marks(
    steps: Int, x: (Int) -> Double, value: (_ level: Int?, _ step: Int) -> Double, name: String
  ) -> [Mark] {
    let last = QuantileLevels.all.count - 1
    func band(_ level: Int) -> Mark {
      .band(
        (0..<steps).map { Interval(x: x($0), low: value(level, $0), high: value(last - level, $0)) }, name: name)
    }
    return [band(0), band(4), .line((0..<steps).map { Point(x: x($0), y: value(nil, $0)) }, name: name)]
  }

  /// Examples from a walk forward, and the errors by steps ahead.
  static func evaluation(
    _ trained: TrainedForecaster, _ series: TimeSeries, _ channels: SeriesChannels, _ walk: WalkForward, _ knownRows: Range<Int>,
    _ baselines: ForecastBaselines
  ) -> Figure {
    let steps = trained.model.configuration.horizon
    let name = trained.settings.data.targetNames[0]
    let chosen = walk.origins.count < 4 ? [walk.origins[0]] : [1, 3, 5, 7].map { walk.origins[walk.origins.count * $0 / 8] }
    let before = min(trained.model.configuration.window, max(2 * steps, 24))
    var parts: [any FigurePart] = chosen.enumerated().map { window, origin in
      let forecasts = trained.forecasts(channels, origins: [origin], steps: steps, knownRows: knownRows)
      let rows = (origin - before)..<(origin + steps)
      let measured = rows.compactMap { row -> Point? in
        let value = channels.observed[0][row]
        return value.isNaN ? nil : Point(x: Double(row - origin + 1), y: trained.restored(value, target: 0))
      }
      return Plot(
        "from \(series.time(ofRow: origin))", x: Axis("rows ahead"), y: Axis(name), height: 170,
        hasLegend: window == 0,
        marks: marks(
          steps: steps, x: { Double($0 + 1) },
          value: { level, step in
            let place = forecasts.index(0, step, 0)
            return trained.restored(level.map { forecasts.quantiles[$0][place] } ?? forecasts.points[place], target: 0)
          }, name: "forecast, 50 % and 90 %") + [.line(measured, name: "measured")])
    }
    let curves = [("model", walk.model)] + walk.baselines.map { (baselines.name($0.kind), $0.errors) }
    if steps > 1 {
      parts.append(
        Plot(
          "Error by rows ahead", x: Axis("rows ahead"), y: Axis("MSE, z-scored"), height: 220,
          marks: curves.map { name, errors in
            .line(
              errors.standardized.meanSquaredBySteps.enumerated().map { Point(x: Double($0 + 1), y: $1) }, name: name)
          }))
    }
    return Figure(
      "Forecasts of \(name)",
      note: "Each forecast sees only the rows before it. \(walk.origins.count) forecasts in the errors by rows ahead.", columns: 1,
      parts: parts)
  }
}
