import RecurrentData

/// What a forecaster has to beat, fitted to the same training rows: the last value again, the last season again, and a linear forecast.
///
/// The linear one is a ridge regression of the same window and horizon on targets and covariates, of the targets as they are or of their
/// differences, whose forecasts are then summed up, with the penalty and the form that do best on the validation rows.
struct ForecastBaselines {
  /// The rows of a season.
  let season: Int
  private let configuration: ForecastingConfiguration
  private let linear: Linear?

  private struct Linear {
    let regression: RidgeAutoregression
    let isOfDifferences: Bool
  }

  /// Fitted to the training rows.
  ///
  /// - Parameters:
  ///   - training: Rows; none: then there is no linear forecast.
  ///   - validation: The rows after the windows to choose by.
  init(
    _ channels: SeriesChannels, _ configuration: ForecastingConfiguration, season: Int, training: Range<Int>, validation: [Int]
  ) throws(DataError) {
    self.season = season
    self.configuration = configuration
    guard !training.isEmpty, !validation.isEmpty else {
      linear = nil
      return
    }
    var best: (linear: Linear, error: Double)?
    for isOfDifferences in [false, true] {
      // A difference needs a row before the window's first.
      let rows = isOfDifferences ? (training.lowerBound + 1)..<training.upperBound : training
      let columns = Self.columns(channels, differences: isOfDifferences)
      for penalty in [1.0, 30, 1000] {
        let regression = try RidgeAutoregression(
          columns: columns, targets: Array(channels.observed.indices), rows: rows, lags: configuration.window,
          horizon: configuration.horizon, penalty: penalty)
        let candidate = Linear(regression: regression, isOfDifferences: isOfDifferences)
        let points = Self.points(candidate, channels, validation, configuration)
        var sums = ErrorSums(steps: configuration.horizon, targets: channels.observed.count)
        sums.add(points, origins: validation, channels)
        if sums.meanSquared < best?.error ?? .infinity { best = (candidate, sums.meanSquared) }
      }
    }
    linear = best?.linear
  }

  /// A baseline.
  enum Kind: String, CaseIterable {
    case persistence
    case seasonalNaive
    case linear
  }

  /// Those that there are.
  var kinds: [Kind] { linear == nil ? [.persistence, .seasonalNaive] : Kind.allCases }

  /// Its name for people.
  func name(_ kind: Kind) -> String {
    switch kind {
    case .persistence: "persistence"
    case .seasonalNaive: "seasonal naive"
    case .linear: "linear"
    }
  }

  /// Forecasts of the rows from each origin on: `[window][step][target]`, one after another.
  func points(_ kind: Kind, _ channels: SeriesChannels, origins: [Int]) -> [Float] {
    switch kind {
    case .persistence: naive(.persistence, channels, origins)
    case .seasonalNaive: naive(.seasonal(steps: season), channels, origins)
    case .linear: linear.map { Self.points($0, channels, origins, configuration) } ?? []
    }
  }

  private func naive(_ forecast: NaiveForecast, _ channels: SeriesChannels, _ origins: [Int]) -> [Float] {
    let (steps, targets) = (configuration.horizon, channels.observed.count)
    // Seasons before the window are looked at only where values of the last one are missing.
    let reach = max(configuration.window, 4 * season)
    var points = [Float](repeating: 0, count: origins.count * steps * targets)
    for (window, origin) in origins.enumerated() {
      for target in 0..<targets {
        let history = channels.observed[target][max(0, origin - reach)..<origin].map { Double($0) }
        for (step, value) in forecast.forecast(after: history, horizon: steps).enumerated() {
          // With nothing known, the mean of the training rows.
          points[(window * steps + step) * targets + target] = value.isNaN ? 0 : Float(value)
        }
      }
    }
    return points
  }

  private static func columns(_ channels: SeriesChannels, differences: Bool) -> [[Double]] {
    let targets = channels.observed.map { values in
      let numbers = values.map { Double($0) }
      return differences ? [.nan] + zip(numbers.dropFirst(), numbers).map { $0 - $1 } : numbers
    }
    return targets + channels.others.prefix(channels.covariateCount).map { $0.map { Double($0) } }
  }

  private static func points(
    _ linear: Linear, _ channels: SeriesChannels, _ origins: [Int], _ configuration: ForecastingConfiguration
  ) -> [Float] {
    let (steps, targets) = (configuration.horizon, channels.observed.count)
    let forecasts = linear.regression.forecasts(
      columns(channels, differences: linear.isOfDifferences), origins: origins)
    var points = [Float](repeating: 0, count: origins.count * steps * targets)
    for (window, origin) in origins.enumerated() {
      for target in 0..<targets {
        var sum = linear.isOfDifferences ? Double(channels.filled[target][origin - 1]) : 0
        for step in 0..<steps {
          let value = forecasts[window][target * steps + step]
          sum += value
          points[(window * steps + step) * targets + target] = Float(linear.isOfDifferences ? sum : value)
        }
      }
    }
    return points
  }
}
