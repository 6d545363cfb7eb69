import RecurrentTraining

/// Forecasts from every row of a part, each from the rows before it alone, beside the baselines' from the same rows.
struct WalkForward {
  /// The rows from which on forecasts were made.
  let origins: [Int]
  /// The errors of the model.
  private(set) var model: Errors
  /// Those of the baselines.
  private(set) var baselines: [(kind: ForecastBaselines.Kind, errors: Errors)]

  /// Errors in two units.
  struct Errors {
    /// In units of the training rows' deviations.
    var standardized: ErrorSums
    /// In those of the table.
    var restored: ErrorSums
  }

  /// The mean over quantiles of twice their pinball losses: the continuous ranked probability score, as 19 quantiles know it. That of a
  /// forecast without uncertainty is its mean absolute error.
  private(set) var rankedProbabilityScore = 0.0
  /// The share of values within the interval from the 5 % to the 95 % quantile.
  private(set) var coverageOf90 = 0.0
  /// The share of values within the interval from the 25 % to the 75 % quantile.
  private(set) var coverageOf50 = 0.0

  /// Walks over the origins, which follow one another.
  ///
  /// - Parameter knownRows: Rows that the model was not trained on: intervals are calibrated on those before each forecast.
  init(
    _ trained: TrainedForecaster, _ channels: SeriesChannels, origins: [Int], knownRows: Range<Int>, _ baselines: ForecastBaselines
  ) {
    let network = trained.model
    let steps = network.configuration.horizon
    let targets = network.targetCount
    self.origins = origins
    let sums = ErrorSums(steps: steps, targets: targets)
    let empty = Errors(standardized: sums, restored: sums)
    func add(_ points: [Float], _ origins: [Int], to errors: inout Errors) {
      errors.standardized.add(points, origins: origins, channels)
      errors.restored.add(points, origins: origins, channels) { trained.restored($0, target: $1) }
    }
    model = empty
    self.baselines = baselines.kinds.map { ($0, empty) }
    var (score, in90, in50, count) = (0.0, 0, 0, 0)
    let interval = trained.calibrationInterval(origins.count)
    for start in stride(from: 0, to: origins.count, by: interval) {
      let chosen = Array(origins[start..<min(start + interval, origins.count)])
      let forecasts = trained.forecasts(channels, origins: chosen, steps: steps, knownRows: knownRows)
      add(forecasts.points, chosen, to: &model)
      for index in self.baselines.indices {
        let points = baselines.points(self.baselines[index].kind, channels, origins: chosen)
        add(points, chosen, to: &self.baselines[index].errors)
      }
      for (window, origin) in chosen.enumerated() {
        for step in 0..<steps {
          for target in 0..<targets {
            let value = Double(channels.observed[target][origin + step])
            guard !value.isNaN else { continue }
            let place = forecasts.index(window, step, target)
            func quantile(_ level: Int) -> Double { Double(forecasts.quantiles[level][place]) }
            count += 1
            for (level, share) in QuantileLevels.all.enumerated() {
              score += ForecastDistribution.pinballLoss(quantile(level), target: value, quantile: share)
            }
            let last = QuantileLevels.all.count - 1
            if quantile(0) <= value, value <= quantile(last) { in90 += 1 }
            if quantile(4) <= value, value <= quantile(last - 4) { in50 += 1 }
          }
        }
      }
    }
    let counted = Double(max(1, count))
    rankedProbabilityScore = 2 * score / Double(QuantileLevels.all.count) / counted
    coverageOf90 = Double(in90) / counted
    coverageOf50 = Double(in50) / counted
  }
}
