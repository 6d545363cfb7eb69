import Foundation
import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentLab

/// The one-unit network, the composed map, and one LSTM.
@Suite struct OldExperimentsTests {
  @Test func theErrorSurfaceHasTheDerivativesOfItsValues() {
    let network = OneUnitNetwork(steps: 50)
    for (weight, bias) in [(4.0, -2.0), (5.2, -2.4), (6.0, -3.3)] {
      let error = network.error(at: .init(weight: weight, bias: bias))
      func value(_ weight: Double, _ bias: Double) -> Double { network.error(at: .init(weight: weight, bias: bias)).value }
      let width = 1e-6
      let byWeight = (value(weight + width, bias) - value(weight - width, bias)) / (2 * width)
      let byBias = (value(weight, bias + width) - value(weight, bias - width)) / (2 * width)
      #expect(abs(error.byWeight - byWeight) <= 1e-5 * max(1, abs(byWeight)))
      #expect(abs(error.byBias - byBias) <= 1e-5 * max(1, abs(byBias)))
    }
  }

  @Test func clippingHoldsTheDescentThatTheWallThrowsAway() {
    let parameters = CliffParameters()
    let network = OneUnitNetwork(steps: parameters.steps)
    let start = OneUnitNetwork.Place(weight: parameters.weight, bias: parameters.bias)
    let free = network.descend(from: start, rate: parameters.rate, clip: nil, steps: parameters.updates)
    let clipped = network.descend(from: start, rate: parameters.rate, clip: parameters.clip, steps: parameters.updates)
    #expect(free.longestStep > 10 && (free.errors.last ?? 0) > 0.05)
    #expect(clipped.longestStep <= parameters.rate * parameters.clip * 1.000_001 && (clipped.errors.last ?? 1) < 0.01)
  }

  @Test func composingMakesACurveTurnMoreAndSteeper() throws {
    let curves = try Composition(CompositionParameters(), Bench()).curves
    #expect(curves[0].turningPoints == 0 && curves[5].turningPoints > curves[1].turningPoints)
    #expect(curves[5].largestSlope > 3 * curves[1].largestSlope)
  }

  @Test func turnsAreCounted() {
    let curve = Composition.Curve([0, 1, 0, 1, 2, 1], spacing: 1)
    #expect(curve.turningPoints == 3 && curve.largestSlope == 1 && curve.flatShare == 0)
  }

  /// Done when: `flow` agrees with finite differences in Double to 1e-8.
  @Test func derivativesAgreeThreeWays() throws {
    var generator = RandomGenerator(seed: 2)
    let network = FlowNetwork(units: 5, using: &generator)
    let check = try DerivativeCheck(of: network, on: FlowNetwork.indices("hello, you"), Bench(), in: 0...1)
    #expect(check.lossDistance < 1e-12)
    #expect(check.handToTape < 1e-12)
    #expect(check.tapeToDifferences < 1e-8)
    #expect(check.rows.count == 6 && check.rows.allSatisfy { $0.norm > 1e-4 }, "each derivative is there to be compared")
    #expect(check.rows.reduce(0) { $0 + $1.count } == network.parameterCount)
  }

  @Test func whatIsKeptAndWrittenMakesTheCell() {
    var generator = RandomGenerator(seed: 2)
    let network = FlowNetwork(units: 3, using: &generator)
    let flow = Flow(of: network, over: FlowNetwork.indices("abcab"))
    #expect(flow.steps.count == 4 && flow.steps.map(\.letter) == ["a", "b", "c", "a"] && flow.steps[3].next == "b")
    for step in flow.steps {
      let sum = zip(step.values("kept f·c⁻"), step.values("written i·g")).map(+)
      for (a, b) in zip(sum, step.values("cell c")) { #expect(abs(a - b) < 1e-12) }
      #expect(step.values("shown h").count == 3 && step.probability > 0 && step.probability < 1)
    }
  }
}
