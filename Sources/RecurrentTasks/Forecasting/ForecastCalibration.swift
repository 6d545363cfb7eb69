import RecurrentTensors

/// By how much the intervals of a model are widened or narrowed, so that on the validation part they hold as many values as they say
/// (split conformal prediction of scaled residuals: Papadopoulos et al. 2002; Lei et al. 2018, "Distribution-free predictive inference for
/// regression").
///
/// The shape of the intervals over the rows ahead stays the model's; each pair of quantiles around the median and each target has one factor.
struct ForecastCalibration: Codable, Sendable, Equatable {
  /// Windows that are looked at, spread evenly over the validation part, at most.
  static let windowLimit = 256

  /// What the distances of quantiles from the median are multiplied by: of each pair, the outermost first, by target.
  let factors: [[Double]]

  /// The factors for a model's forecasts from rows of the validation part.
  init(_ model: ForecastModel, _ channels: SeriesChannels, origins: [Int]) {
    let stride = max(1, (origins.count + Self.windowLimit - 1) / Self.windowLimit)
    let chosen = Swift.stride(from: 0, to: origins.count, by: stride).map { origins[$0] }
    let forecasts = model.forecasts(channels, origins: chosen, steps: model.configuration.horizon)
    let (median, last) = (QuantileLevels.median, QuantileLevels.all.count - 1)
    factors = (0..<median).map { pair in
      (0..<model.targetCount).map { target in
        // How many half-widths of the interval each value is away from the median.
        var distances: [Float] = []
        for (window, origin) in chosen.enumerated() {
          for step in 0..<forecasts.shape.steps {
            let value = channels.observed[target][origin + step]
            guard !value.isNaN else { continue }
            let place = forecasts.index(window, step, target)
            let center = forecasts.quantiles[median][place]
            let width = value < center ? center - forecasts.quantiles[pair][place] : forecasts.quantiles[last - pair][place] - center
            distances.append(abs(value - center) / max(width, 1e-6))
          }
        }
        guard !distances.isEmpty else { return 1 }
        distances.sort()
        let share = QuantileLevels.all[last - pair] - QuantileLevels.all[pair]
        let rank = min(distances.count, Int((Double(distances.count + 1) * share).rounded(.up)))
        return max(0.01, min(100, Double(distances[rank - 1])))
      }
    }
  }
}

extension Forecasts {
  /// The forecasts with their quantiles moved from the median, or towards it; they never cross.
  func calibrated(by calibration: ForecastCalibration?) -> Forecasts {
    guard let calibration else { return self }
    var result = self
    let (median, last) = (QuantileLevels.median, QuantileLevels.all.count - 1)
    for place in points.indices {
      let center = quantiles[median][place]
      var (below, above) = (Float(0), Float(0))
      for pair in (0..<median).reversed() {
        let factor = Float(calibration.factors[pair][place % shape.targets])
        below = max(below, (center - quantiles[pair][place]) * factor)
        above = max(above, (quantiles[last - pair][place] - center) * factor)
        result.quantiles[pair][place] = center - below
        result.quantiles[last - pair][place] = center + above
      }
    }
    return result
  }
}

extension TrainedForecaster {
  /// Forecasts of the `steps` rows from each origin on, with calibrated quantiles.
  func forecasts(_ channels: SeriesChannels, origins: [Int], steps: Int) -> Forecasts {
    model.forecasts(channels, origins: origins, steps: steps).calibrated(by: artifacts.calibration)
  }
}
