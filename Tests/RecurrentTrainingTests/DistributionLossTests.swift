import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentTraining

/// The losses of forecasts with their uncertainty against values worked out by hand.
@Suite struct DistributionLossTests {
  private func tensor(_ values: [Double]) -> Tensor<Double> { Tensor(shape: [values.count], scalars: values) }

  private func slopes(
    _ mean: [Double], _ deviation: [Double], _ targets: [Double], mask: [Double]? = nil, beta: Double = 0
  ) -> (loss: Double, mean: [Double], deviation: [Double]) {
    let (loss, gradient) = valueAndGradient(at: Pair<Double>(mean, deviation)) {
      gaussianNegativeLogLikelihood(
        mean: $0.first, deviation: $0.second, targets: tensor(targets), mask: mask.map(tensor), beta: beta)
    }
    return (loss.scalar, gradient.first.scalars, gradient.second.scalars)
  }

  @Test func gaussian() {
    let found = slopes([0, 1], [1, 2], [1, -1])
    // 1/2 and log 2 + 4/8; slopes (μ - t) / σ² and 1/σ - (t - μ)²/σ³, halved.
    OptimizerTests.expectClose([found.loss], [0.8465735902799727], 1e-12)
    OptimizerTests.expectClose(found.mean + found.deviation, [-0.5, 0.25, 0, 0], 1e-12)
  }

  /// With β = 1 the mean learns as from squared errors, whatever the deviation.
  @Test func gaussianThatLearnsTheMeanBySquaredErrors() {
    let found = slopes([0, 1], [1, 2], [1, -1], beta: 1)
    OptimizerTests.expectClose(found.mean, [-0.5, 1], 1e-12)
    let other = slopes([0, 1], [10, 0.2], [1, -1], beta: 1)
    OptimizerTests.expectClose(other.mean, [-0.5, 1], 1e-12)
  }

  @Test func pinball() {
    let (loss, gradient) = valueAndGradient(at: Pair<Double>([0, 1, 2], [])) {
      pinballLoss(quantiles: $0.first.reshaped(to: [1, 3]), levels: [0.1, 0.5, 0.9], targets: tensor([1.5]))
    }
    OptimizerTests.expectClose([loss.scalar], [0.15], 1e-12)
    OptimizerTests.expectClose(gradient.first.scalars, [-0.1 / 3, -0.5 / 3, 0.1 / 3], 1e-12)
  }

  @Test(arguments: [Double.nan, .infinity])
  func whatIsMaskedMayBeAnything(_ bad: Double) {
    let found = slopes([0, bad, 0], [1, 1, bad], [1, 0, bad], mask: [1, 0, 0])
    #expect(found.loss == 0.5 && found.mean == [-1, 0, 0] && found.deviation == [0, 0, 0])
    let (loss, gradient) = valueAndGradient(at: Pair<Double>([0, 0, bad, bad], [])) {
      pinballLoss(
        quantiles: $0.first.reshaped(to: [2, 2]), levels: [0.25, 0.75], targets: tensor([1, bad]), mask: tensor([1, 0]))
    }
    #expect(loss.scalar == 0.5)
    OptimizerTests.expectClose(gradient.first.scalars, [-0.125, -0.375, 0, 0], 1e-12)
  }
}
