import Foundation
import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentTraining

/// Losses and their gradients against PyTorch's values.
@Suite struct LossTests {
  func valueAndSlope(_ x: [Double], _ loss: (Tensor<Double>) -> Tensor<Double>) -> (Double, [Double]) {
    let (value, gradient) = valueAndGradient(at: Pair<Double>(x, [])) { loss($0.first) }
    return (value.scalar, gradient.first.scalars)
  }

  func tensor(_ values: [Double]) -> Tensor<Double> { Tensor(shape: [values.count], scalars: values) }

  func expect(
    _ found: (Double, [Double]), _ value: Double, _ slope: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    OptimizerTests.expectClose([found.0] + found.1, [value] + slope, 1e-12, sourceLocation: sourceLocation)
  }

  @Test func meanSquared() {
    let x = [0.5, -3, 4, -1]
    let t = tensor([1, 0.25, 0, 1])
    expect(valueAndSlope(x) { meanSquaredError($0, targets: t) }, 7.703125, [-0.25, -1.625, 2, -1])
    expect(valueAndSlope(x) { meanSquaredError($0, targets: t, reduction: .sum) }, 30.8125, [-1, -6.5, 8, -4])
    let mask = tensor([1, 0, 0, 3])
    expect(valueAndSlope(x) { meanSquaredError($0, targets: t, mask: mask) }, 12.25 / 4, [-0.25, 0, 0, -3])
  }

  @Test func binary() {
    expect(
      valueAndSlope([0.5, -3, 40, -1000]) { binaryCrossEntropy(logits: $0, targets: tensor([1, 0.25, 0, 1])) },
      260.3181660839385, [-0.09438516719953635, -0.050643531705608306, 0.25, -0.25])
    expect(
      valueAndSlope([0.5, -3, 40, -1]) {
        binaryCrossEntropy(logits: $0, targets: tensor([1, 0.25, 0, 1]), mask: tensor([1, 1, 0, 2]))
      }, 0.9747969276975736, [-0.09438516719953635, -0.050643531705608306, 0, -0.36552928931500245])
  }

  @Test func maskBroadcasts() {
    let x = Tensor<Double>(shape: [2, 2], scalars: [1, 2, 3, 4])
    let loss = meanSquaredError(x, targets: Tensor(zeros: [2, 2]), mask: Tensor(shape: [2, 1], scalars: [1, 0]))
    #expect(loss.scalar == 2.5)
  }

  /// What is masked may be anything: neither the loss nor a gradient sees it.
  @Test func maskedNaN() {
    let mask = tensor([1, 0, 0])
    for bad in [Double.nan, .infinity, 1e300] {
      let squared = valueAndSlope([2, bad, 0]) {
        meanSquaredError($0, targets: tensor([1, 0, bad]), mask: mask)
      }
      expect(squared, 1, [2, 0, 0])
      let binary = valueAndSlope([0, bad, 0]) {
        binaryCrossEntropy(logits: $0, targets: tensor([0.5, 0, bad]), mask: mask)
      }
      expect(binary, 0.6931471805599453, [0, 0, 0])
    }
  }

  /// The weighted mean written out, and a mean of equal weights that is `crossEntropy`.
  @Test func weightedClasses() {
    let x = [0.2, -1, 0.7, 1.5, 0.3, -0.4, 0.1, 0.9, -2]
    let targets = IndexTensor(shape: [3], scalars: [2, -1, 0])
    func loss(_ weights: [Double], _ smoothing: Double) -> (Double, [Double]) {
      valueAndSlope(x) {
        weightedCrossEntropy(
          logits: $0.reshaped(to: [3, 3]), targets: targets, ignoring: -1, weights: weights, labelSmoothing: smoothing)
      }
    }
    func row(_ index: Int) -> [Double] { Array(x[3 * index..<3 * index + 3]) }
    func lost(_ row: [Double], _ target: Int) -> Double { log(row.reduce(0) { $0 + exp($1) }) - row[target] }
    let expected = (0.5 * lost(row(0), 2) + 3 * lost(row(2), 0)) / 3.5
    let (value, slope) = loss([3, 9, 0.5], 0)
    #expect(abs(value - expected) < 1e-12)
    #expect(slope[3..<6].allSatisfy { $0 == 0 })
    let plain = valueAndSlope(x) {
      crossEntropy(logits: $0.reshaped(to: [3, 3]), targets: targets, ignoring: -1, labelSmoothing: 0.1)
    }
    expect(loss([2, 2, 2], 0.1), plain.0, plain.1)
    #expect(valueAndSlope(x) {
      weightedCrossEntropy(
        logits: $0.reshaped(to: [3, 3]), targets: IndexTensor(shape: [3], scalars: [-1, -1, -1]), ignoring: -1,
        weights: [1, 1, 1])
    }.0 == 0)
  }

  @Test func nothingCounts() {
    let found = valueAndSlope([2, 3]) { meanSquaredError($0, targets: tensor([0, 0]), mask: tensor([0, 0])) }
    expect(found, 0, [0, 0])
  }
}
