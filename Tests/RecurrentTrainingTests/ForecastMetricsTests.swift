import Foundation
import RecurrentTensors
import RecurrentTraining
import Testing

struct ForecastMetricsTests {
  @Test func pointErrorsByHand() {
    #expect(ForecastError.meanSquared([1, 2, 9], targets: [2, 4, .nan]) == 2.5)
    #expect(ForecastError.meanAbsolute([1, 2, 9], targets: [2, 4, .nan]) == 1.5)
    #expect(ForecastError.meanSquared([1], targets: [.nan]) == nil)
    #expect(ForecastError.meanAbsolute([], targets: []) == nil)
    #expect(ForecastError.meanSquared([.nan], targets: [1])!.isNaN, "a forecast that is not there is no forecast left out")
  }

  @Test func scaledErrorByHand() {
    // Persistence within 1 3 2 6 errs by 2, 1, 4: 7/3 in the mean; over a season of 2 by 1, 3.
    let training: [Double] = [1, 3, 2, 6]
    #expect(ForecastError.meanAbsoluteScaled([5], targets: [12], training: training) == 3)
    #expect(ForecastError.meanAbsoluteScaled([5], targets: [12], training: training, season: 2) == 3.5)
    #expect(ForecastError.meanAbsoluteScaled([5], targets: [12], training: [1, .nan, 2, 6]) == 7.0 / 4)
    #expect(ForecastError.meanAbsoluteScaled([5], targets: [12], training: training, season: 4) == nil)
    #expect(ForecastError.meanAbsoluteScaled([5], targets: [12], training: [2, 2, 2]) == nil)
  }

  @Test func pinballLossByHand() {
    #expect(ForecastDistribution.pinballLoss(10, target: 12, quantile: 0.9) == 1.8)
    #expect(abs(ForecastDistribution.pinballLoss(12, target: 10, quantile: 0.9) - 0.2) < 1e-15)
    #expect(ForecastDistribution.meanPinballLoss([1, 5, 7], targets: [3, 1, .nan], quantile: 0.5) == 1.5)
    #expect(ForecastDistribution.meanPinballLoss([1], targets: [.nan], quantile: 0.5) == nil)
  }

  /// What the loss is for: its mean is least at the quantile.
  @Test func theQuantileHasTheLeastPinballLoss() {
    let targets = (0..<101).map(Double.init)
    let losses = (0..<101).map { guess in
      ForecastDistribution.meanPinballLoss(Array(repeating: Double(guess), count: 101), targets: targets, quantile: 0.8)!
    }
    #expect(losses.indices.min { losses[$0] < losses[$1] } == 80)
  }

  /// The closed form against its definition, the integral of (F(x) - [x >= t])², by the midpoint rule.
  @Test func gaussianCRPSIsTheIntegral() {
    for (mean, deviation, target) in [(0.0, 1.0, 0.0), (2, 0.5, 1.2), (-1, 3, 9)] {
      let step = 1e-3
      var integral = 0.0
      var x: Double = min(mean - 12 * deviation, target - 1) + step / 2
      let end: Double = max(mean + 12 * deviation, target + 1)
      while x < end {
        let below = 0.5 * erfc(-(x - mean) / (deviation * 2.0.squareRoot()))
        let difference = below - (x >= target ? 1 : 0)
        integral += difference * difference * step
        x += step
      }
      let score = ForecastDistribution.gaussianCRPS(mean: mean, deviation: deviation, target: target)
      #expect(abs(score - integral) < 1e-3, "\(mean) \(deviation) \(target): \(score) and \(integral)")
    }
    // (√2 - 1) / √π at the mean of a standard normal distribution.
    let least = (2.0.squareRoot() - 1) / Double.pi.squareRoot()
    #expect(abs(ForecastDistribution.gaussianCRPS(mean: 0, deviation: 1, target: 0) - least) < 1e-15)
    #expect(ForecastDistribution.gaussianCRPS(mean: 1, deviation: 0, target: 3) == 2)
    #expect(
      ForecastDistribution.meanGaussianCRPS(means: [1, 1, 0], deviations: [0, 0, 1], targets: [3, 0, .nan]) == 1.5)
  }

  @Test func coverageCountsTheEnds() {
    #expect(
      ForecastDistribution.coverage(lower: [0, 0, 0, 0, 0], upper: [1, 1, 1, 1, 1], targets: [0, 1, 0.5, 1.1, .nan]) == 0.75)
    #expect(ForecastDistribution.coverage(lower: [], upper: [], targets: []) == nil)
  }
}
