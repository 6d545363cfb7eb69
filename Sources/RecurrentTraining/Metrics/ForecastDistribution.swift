import RecurrentTensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How good forecasts are that state their uncertainty. Targets that are missing (NaN) do not count; a figure is nil where none counts.
public enum ForecastDistribution {
  /// The pinball (quantile) loss of one forecast, `max(q (t - x), (q - 1) (t - x))` (Koenker and Bassett 1978): least in the mean where x
  /// is the q-quantile.
  public static func pinballLoss(_ prediction: Double, target: Double, quantile: Double) -> Double {
    let difference = target - prediction
    return max(quantile * difference, (quantile - 1) * difference)
  }

  /// The mean pinball loss.
  ///
  /// - Parameter quantile: q, between 0 and 1.
  public static func meanPinballLoss(_ predictions: [Double], targets: [Double], quantile: Double) -> Double? {
    check(quantile > 0 && quantile < 1, "ForecastDistribution.meanPinballLoss: the quantile \(quantile) is not between 0 and 1")
    checkCounts(predictions.count, targets.count, "meanPinballLoss")
    return mean(zip(predictions, targets).lazy.map { ($1, pinballLoss($0, target: $1, quantile: quantile)) })
  }

  /// The continuous ranked probability score of a normal distribution, `∫ (F(x) - [x >= t])² dx`, in units of the target (Gneiting et
  /// al. 2005, equation 5):
  ///
  ///     σ (z (2 Φ(z) - 1) + 2 φ(z) - 1/√π),  z = (t - μ) / σ
  ///
  /// With σ = 0 it is the absolute error, whose generalization it is.
  public static func gaussianCRPS(mean: Double, deviation: Double, target: Double) -> Double {
    check(deviation >= 0 || deviation.isNaN, "ForecastDistribution.gaussianCRPS: a standard deviation of \(deviation)")
    guard deviation > 0 else { return deviation.isNaN ? .nan : abs(target - mean) }
    let z = (target - mean) / deviation
    let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    // 2 Φ(z) - 1 = erf(z / √2)
    return deviation * (z * erf(z / 2.0.squareRoot()) + 2 * density - 1 / Double.pi.squareRoot())
  }

  /// The mean continuous ranked probability score of normal distributions.
  public static func meanGaussianCRPS(means: [Double], deviations: [Double], targets: [Double]) -> Double? {
    checkCounts(means.count, targets.count, "meanGaussianCRPS")
    checkCounts(deviations.count, targets.count, "meanGaussianCRPS")
    return mean(targets.indices.lazy.map {
      (targets[$0], gaussianCRPS(mean: means[$0], deviation: deviations[$0], target: targets[$0]))
    })
  }

  /// The share of targets within their intervals, ends included. A forecast of 80 % intervals should have 0.8.
  public static func coverage(lower: [Double], upper: [Double], targets: [Double]) -> Double? {
    checkCounts(lower.count, targets.count, "coverage")
    checkCounts(upper.count, targets.count, "coverage")
    return mean(targets.indices.lazy.map { (targets[$0], lower[$0] <= targets[$0] && targets[$0] <= upper[$0] ? 1 : 0) })
  }

  /// The mean of the scores whose targets are there.
  private static func mean(_ scores: some Sequence<(Double, Double)>) -> Double? {
    var sum = 0.0
    var count = 0
    for (target, score) in scores where !target.isNaN {
      sum += score
      count += 1
    }
    return count == 0 ? nil : sum / Double(count)
  }

  private static func checkCounts(_ first: Int, _ second: Int, _ name: String) {
    check(first == second, "ForecastDistribution.\(name): \(first) forecasts and \(second) targets")
  }
}
