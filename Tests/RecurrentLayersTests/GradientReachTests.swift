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

  /// Each direction has its last step where it ends, and its lags count from there.
  @Test func bothDirectionsAreFollowed() throws {
    var generator = RandomGenerator(seed: 4)
    let rnn = StackedBidirectional<GRUCell<Double>>(inputSize: 3, hiddenSize: 4, layerCount: 1, using: &generator)
    let inputs = Tensor<Double>(normalWithMean: 0, shape: [9, 2, 3], using: &generator)
    let (one, other) = (
      Tensor<Double>(normalWithMean: 0, shape: [2, 4], using: &generator),
      Tensor<Double>(normalWithMean: 0, shape: [2, 4], using: &generator)
    )
    let reach = try #require(
      GradientReach<Double>.measure(lags: [1, 5]) {
        let halves = rnn(inputs).outputs.split(sizes: [4, 4], alongAxis: 2)
        return (halves[0].index(8) * one).sum() + (halves[1].index(0) * other).sum() + halves[1].index(4).sum()
      })
    #expect(reach.layers.map(\.description) == ["0", "0 reverse"])
    for (place, lag) in reach.lags.enumerated() {
      let forward = try norm(rnn.layers[0].forward, inputs.sliced(0..<9 - lag), inputs.sliced(9 - lag..<9), .forward) {
        ($0.index(lag - 1) * one).sum()
      }
      let reverse = try norm(rnn.layers[0].reverse, inputs.sliced(lag..<9), inputs.sliced(0..<lag), .reverse) {
        ($0.index(0) * other).sum()
      }
      #expect(abs(reach.norms[0][place] - forward) <= 1e-12 * forward)
      #expect(abs(reach.norms[1][place] - reverse) <= 1e-12 * reverse)
    }

    /// The mean norm of the gradient by the state between what was read and what is read last.
    func norm(
      _ cell: GRUCell<Double>, _ before: Tensor<Double>, _ after: Tensor<Double>, _ direction: Direction,
      loss: (Tensor<Double>) -> Tensor<Double>
    ) throws -> Double {
      let tape = Tape<Double>()
      let state = cell.run(before, direction: direction).state.map { tape.watch($0) }
      let result = loss(cell.run(after, from: state, direction: direction).outputs)
      let squares = tape.gradients(of: result, at: state.tensors).map { $0.squared().sum(alongAxes: 1).scalars }
      return (0..<2).map { row in squares.reduce(0) { $0 + $1[row] }.squareRoot() }.reduce(0, +) / 2
    }
  }

  /// Above another layer, with sequences of unequal length and a sum of its own outputs added: nothing is computed differently.
  @Test func lookingChangesNothingInBothDirections() throws {
    var generator = RandomGenerator(seed: 5)
    let rnn = StackedBidirectional<LSTMCell<Double>>(
      inputSize: 4, hiddenSize: 2, layerCount: 2, isResidual: true, using: &generator)
    let inputs = Tensor<Double>(normalWithMean: 0, shape: [6, 3, 4], using: &generator)
    let free = rnn(inputs, lengths: [6, 2, 5])
    var seen: Tensor<Double>?
    let reach = GradientReach<Double>.measure {
      let result = rnn(inputs, lengths: [6, 2, 5])
      seen = result.outputs.detached()
      return result.outputs.sum()
    }
    let distance = try #require(seen.map { ($0 - free.outputs).absolute().scalars.max() ?? 1 })
    #expect(distance < 1e-12)
    #expect(reach?.layers.map(\.description) == ["0", "0 reverse", "1", "1 reverse"])
    #expect(reach?.lags == [1, 2, 3, 4, 5])
    #expect(reach?.norms.allSatisfy { $0.allSatisfy { $0 > 0 } } == true)
  }

  @Test func lagsGrow() {
    #expect(GradientReach<Float>.spreadLags(upTo: 10) == [1, 2, 3, 4, 6, 9, 10])
    #expect(GradientReach<Float>.spreadLags(upTo: 1) == [1])
    #expect(GradientReach<Float>.spreadLags(upTo: 0) == [])
  }
}
