import RecurrentTensors

/// How far point forecasts are from what came. Targets that are missing (NaN) do not count; a figure is nil where none counts.
public enum ForecastError {
  /// The mean of `(x - t)²`.
  public static func meanSquared(_ predictions: [Double], targets: [Double]) -> Double? {
    mean(predictions, targets, "meanSquared") { ($0 - $1) * ($0 - $1) }
  }

  /// The mean of `|x - t|`.
  public static func meanAbsolute(_ predictions: [Double], targets: [Double]) -> Double? {
    mean(predictions, targets, "meanAbsolute") { abs($0 - $1) }
  }

  /// The mean absolute scaled error (Hyndman and Koehler 2006): the mean absolute error, divided by that of the seasonal naive forecast
  /// of one season ahead within the training series. Below 1 is better than that.
  ///
  /// - Parameters:
  ///   - training: The series before the forecast, in order.
  ///   - season: The steps of a season; 1 compares with persistence.
  /// - Returns: nil where no target counts, the training series is no longer than a season, or it repeats itself exactly.
  public static func meanAbsoluteScaled(
    _ predictions: [Double], targets: [Double], training: [Double], season: Int = 1
  ) -> Double? {
    check(season >= 1, "ForecastError.meanAbsoluteScaled: a season of \(season) steps")
    guard training.count > season,
      let error = meanAbsolute(predictions, targets: targets),
      let scale = meanAbsoluteDifference(training, lag: season), scale > 0
    else { return nil }
    return error / scale
  }

  /// The mean of `|t(i) - t(i - lag)|` over the pairs of which both are there.
  private static func meanAbsoluteDifference(_ series: [Double], lag: Int) -> Double? {
    let differences = zip(series.dropFirst(lag), series).map { abs($0 - $1) }.filter { !$0.isNaN }
    return differences.isEmpty ? nil : differences.reduce(0, +) / Double(differences.count)
  }

  private static func mean(
    _ predictions: [Double], _ targets: [Double], _ name: String, _ error: (Double, Double) -> Double
  ) -> Double? {
    check(
      predictions.count == targets.count, "ForecastError.\(name): \(predictions.count) predictions and \(targets.count) targets")
    var sum = 0.0
    var count = 0
    for (prediction, target) in zip(predictions, targets) where !target.isNaN {
      sum += error(prediction, target)
      count += 1
    }
    return count == 0 ? nil : sum / Double(count)
  }
}
