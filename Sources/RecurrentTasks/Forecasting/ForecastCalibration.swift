import Foundation
import RecurrentTensors

/// By how much the intervals of a model are widened or narrowed, so that of the latest values that are known before a forecast they would
/// have held as many as they say (split conformal prediction of scaled residuals: Papadopoulos et al. 2002; Lei et al. 2018, "Distribution-free
/// predictive inference for regression"; by the latest values, since a series grows calmer and wilder: Xu and Xie 2021, "Conformal
/// prediction interval for dynamic time-series").
///
/// Each pair of quantiles around the median has a factor, by target and by how far ahead a row is: for 1 row, 2 to 3, 4 to 7 and so on, and
/// interpolated between.
struct ForecastCalibration: Codable, Sendable, Equatable {
  /// Windows that are looked at, spread evenly, at most.
  private static let windowLimit = 128
  /// With fewer windows, all rows ahead have one factor, and nothing is added for how little the windows tell.
  private static let fewWindows = 20

  /// What the distances of quantiles from the point are multiplied by: of each pair, the outermost first, by target and stage ahead.
  let factors: [[[Double]]]

  /// The factors for a model's forecasts from rows that are known.
  ///
  /// - Precondition: The origins are not empty.
  init(_ model: ForecastModel, _ channels: SeriesChannels, origins: [Int]) {
    let stride = (origins.count + Self.windowLimit - 1) / Self.windowLimit
    let chosen = Swift.stride(from: origins.count - 1, through: 0, by: -stride).map { origins[$0] }
    let steps = model.configuration.horizon
    let forecasts = model.forecasts(channels, origins: chosen, steps: steps)
    let (median, last) = (QuantileLevels.median, QuantileLevels.all.count - 1)
    let isFew = origins.count < Self.fewWindows
    let stages = isFew ? [0..<steps] : Self.stages(steps)
    factors = (0..<median).map { pair in
      let share = QuantileLevels.all[last - pair] - QuantileLevels.all[pair]
      return (0..<model.targetCount).map { target in
        stages.map { stage in
          // How many half-widths of the interval each value is away from the point.
          var distances: [Float] = []
          for (window, origin) in chosen.enumerated() {
            for step in stage {
              let value = channels.observed[target][origin + step]
              guard !value.isNaN else { continue }
              let place = forecasts.index(window, step, target)
              let center = forecasts.points[place]
              let width = value < center ? center - forecasts.quantiles[pair][place] : forecasts.quantiles[last - pair][place] - center
              distances.append(abs(value - center) / max(width, 1e-6))
            }
          }
          guard !distances.isEmpty else { return 1 }
          distances.sort()
          // Of n values the k-th is the k/(n + 1) quantile; forecasts that overlap are worth half as many again as those that do not.
          let independent = 1.5 * Double(origins.count) / Double((stage.lowerBound + stage.upperBound + 1) / 2)
          let rank = min(distances.count, Int((Double(distances.count) * share * (isFew ? 1 : 1 + 1 / independent)).rounded(.up)))
          return max(0.01, min(100, Double(distances[rank - 1])))
        }
      }
    }
  }

  /// Whether there is a factor that makes sense for each pair and target.
  func fits(targetCount: Int) -> Bool {
    factors.count == QuantileLevels.median
      && factors.allSatisfy { targets in
        targets.count == targetCount && targets.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isFinite && $0 > 0 } }
      }
  }

  /// The rows ahead, counted from 0, that share a factor.
  private static func stages(_ steps: Int) -> [Range<Int>] {
    sequence(first: 1) { $0 * 2 }.prefix { $0 <= steps }.map { $0 - 1..<min(steps, 2 * $0 - 1) }
  }

  /// The factors of a pair and a target for each row ahead.
  func factors(pair: Int, target: Int, steps: Int) -> [Float] {
    let known = factors[pair][target]
    // In the logarithm, the middle of stage k, which goes from 2^k rows ahead to twice as many, is at k + 1/2.
    return (0..<steps).map { step in
      let place = max(0, min(Double(known.count - 1), log2(Double(step + 1)) - 0.5))
      let stage = Int(place)
      let next = min(known.count - 1, stage + 1)
      return Float(known[stage] + (place - Double(stage)) * (known[next] - known[stage]))
    }
  }
}

extension Forecasts {
  /// The forecasts with their quantiles moved from the points, or towards them; they never cross. The median of a recursive forecast, which is not
  /// its point, moves with the quantiles beside it.
  func calibrated(by calibration: ForecastCalibration) -> Forecasts {
    var result = self
    let (median, last) = (QuantileLevels.median, QuantileLevels.all.count - 1)
    let factors = (0..<median).map { pair in
      (0..<shape.targets).map { calibration.factors(pair: pair, target: $0, steps: shape.steps) }
    }
    for place in points.indices {
      let (target, step) = (place % shape.targets, place / shape.targets % shape.steps)
      func moved(_ level: Int, _ pair: Int) -> Float {
        points[place] + (quantiles[level][place] - points[place]) * factors[pair][target][step]
      }
      var (lower, upper) = (moved(median, median - 1), moved(median, median - 1))
      result.quantiles[median][place] = lower
      for pair in (0..<median).reversed() {
        lower = min(lower, moved(pair, pair))
        upper = max(upper, moved(last - pair, pair))
        result.quantiles[pair][place] = lower
        result.quantiles[last - pair][place] = upper
      }
    }
    return result
  }
}

extension TrainedForecaster {
  /// Known windows that are looked back on, if ten horizons are not more: errors of forecasts that overlap tell little more than one of them.
  private static let windowsLookedBack = 100
  /// With fewer known windows, the calibration on the validation part serves, which the model's file keeps.
  private static let leastWindows = 10

  /// How many of some origins in a row share a calibration.
  func calibrationInterval(_ origins: Int) -> Int { max(1, min(Measuring.sequenceLimit, settings.model.horizon, origins / 16)) }

  /// Forecasts of the `steps` rows from each origin on, with quantiles calibrated on the latest windows that lie before all of the origins.
  ///
  /// - Parameter knownRows: The rows with values that the model was not trained on. Those from the first origin on are not looked at.
  func forecasts(_ channels: SeriesChannels, origins: [Int], steps: Int, knownRows: Range<Int>) -> Forecasts {
    let forecasts = model.forecasts(channels, origins: origins, steps: steps)
    let horizon = settings.model.horizon
    let end = min(knownRows.upperBound, origins.min() ?? 0) - horizon + 1
    let start = max(knownRows.lowerBound, settings.model.window, end - max(Self.windowsLookedBack, 10 * horizon))
    if end - start >= Self.leastWindows {
      return forecasts.calibrated(by: ForecastCalibration(model, channels, origins: Array(start..<end)))
    }
    return artifacts.calibration.map(forecasts.calibrated) ?? forecasts
  }
}
