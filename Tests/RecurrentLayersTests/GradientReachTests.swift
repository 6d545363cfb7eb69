import RecurrentLayers
import RecurrentTensors
import Testing

/// The probe that follows a gradient back through a stack while somebody else computes the loss.
@Suite struct GradientReachTests {
  private func stack(layers: Int, using generator: inout RandomGenerator) -> Stacked<LSTMCell<Double>> {
    Stacked(inputSize: 3, hiddenSize: 4, layerCount: layers, using: &generator)
  }

  /// Against the gradient by the state itself: the rest of the sequence, run from a tracked state.
  @Test func theNormIsThatOfTheGradientByTheState() throws {
    var generator = RandomGenerator(seed: 1)
    let rnn = stack(layers: 1, using: &generator)
    let inputs = Tensor<Double>(normalWithMean: 0, shape: [9, 2, 3], using: &generator)
    let direction = Tensor<Double>(normalWithMean: 0, shape: [2, 4], using: &generator)
    let reach = try #require(
      GradientReach<Double>.measure(lags: [1, 3, 8, 20]) { (rnn(inputs).outputs.index(8) * direction).sum() })
    #expect(reach.lags == [1, 3, 8])
    for (place, lag) in reach.lags.enumerated() {
      let before = rnn(inputs.sliced(0..<9 - lag)).state
      let tape = Tape<Double>()
      let tracked = before.map { tape.watch($0) }
      let loss = (rnn(inputs.sliced(9 - lag..<9), from: tracked).outputs.index(lag - 1) * direction).sum()
      let parts = tape.gradients(of: loss, at: tracked.tensors).map { $0.squared().sum(alongAxes: 1).scalars }
      let expected = (0..<2).map { row in parts.reduce(0) { $0 + $1[row] }.squareRoot() }.reduce(0, +) / 2
      #expect(abs(reach.norms[0][place] - expected) <= 1e-12 * expected)
    }
  }

  /// Outputs before the last are hidden from the loss: what they would add is not there.
  @Test func onlyTheLastStepCounts() throws {
    var generator = RandomGenerator(seed: 2)
    let rnn = stack(layers: 2, using: &generator)
    let inputs = Tensor<Double>(normalWithMean: 0, shape: [7, 3, 3], using: &generator)
    let all = try #require(GradientReach<Double>.measure(lags: [2, 5]) { rnn(inputs).outputs.sum() })
    let last = try #require(GradientReach<Double>.measure(lags: [2, 5]) { rnn(inputs).outputs.index(6).sum() })
    #expect(all.norms == last.norms && all.norms.count == 2)
    #expect(all.norms.allSatisfy { $0.allSatisfy { $0 > 0 } })
  }

  /// A network computes the same while it is looked at; one that ended before the others is left out.
  @Test func lookingChangesNothing() throws {
    var generator = RandomGenerator(seed: 3)
    let rnn = stack(layers: 2, using: &generator)
    let inputs = Tensor<Double>(normalWithMean: 0, shape: [6, 3, 3], using: &generator)
    let free = rnn(inputs, lengths: [6, 2, 6])
    var seen: Tensor<Double>?
    let reach = GradientReach<Double>.measure(lags: [1, 4]) {
      let result = rnn(inputs, lengths: [6, 2, 6])
      seen = result.outputs.detached()
      return result.state.layers[1].hidden.sum()
    }
    let distance = try #require(seen.map { ($0 - free.outputs).absolute().scalars.max() ?? 1 })
    #expect(distance < 1e-12)
    #expect(reach?.lags == [1, 4])
    let none = GradientReach<Double>.measure(lags: [1]) { Tensor(0) }
    #expect(none?.lags == nil, "no stack ran")
  }

  @Test func lagsGrow() {
    #expect(GradientReach<Float>.spreadLags(upTo: 10) == [1, 2, 3, 4, 6, 9, 10])
    #expect(GradientReach<Float>.spreadLags(upTo: 1) == [1])
    #expect(GradientReach<Float>.spreadLags(upTo: 0) == [])
  }
}
