import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// The five arrangements of inputs and answers in time.
@Suite struct ArrangementTests {
  /// Two sequences each: their inputs, and the answers that are asked for.
  static let examples: [(arrangement: Arrangement, lengths: [Int], counts: [Int])] = [
    (.oneToOne, [1, 1], [1, 1]), (.oneToMany, [1, 1], [4, 2]), (.manyToOne, [3, 5], [1, 1]),
    (.manyToManyAfter, [2, 4], [3, 1]), (.manyToManyInStep, [3, 5], [3, 5]),
  ]

  static func network<Scalar: TensorScalar>(
    _ arrangement: Arrangement, isBidirectional: Bool = false, _: Scalar.Type = Scalar.self
  ) -> ArrangedNetwork<LSTMCell<Scalar>> {
    var generator = RandomGenerator(seed: 3)
    return ArrangedNetwork(
      arrangement, inputSize: 2, outputSize: 3, hiddenSize: 4, layerCount: 1, isBidirectional: isBidirectional, using: &generator
    ) { LSTMCell(inputSize: $0, hiddenSize: 4, using: &$1) }
  }

  /// What each arrangement means, step by step: the cell is taken over time by hand.
  @Test(arguments: examples) func isTheCellTakenByHand(arrangement: Arrangement, lengths: [Int], counts: [Int]) throws {
    let network = Self.network(arrangement, Double.self)
    let cell = try #require(network.encoder.forward).layers[0]
    let inputs: Tensor<Double> = random([lengths.max()!, 2, 2], seed: 5)
    let answers = network(inputs, lengths: lengths, outputCounts: counts)
    #expect(answers.shape == [counts.max()!, 2, 3])
    for (index, (length, count)) in zip(lengths, counts).enumerated() {
      var state = cell.initialState(batchSize: 1)
      var outputs: [Tensor<Double>] = []
      for step in 0..<arrangement.stepCount(inputCount: length, outputCount: count) {
        let isInput = step < length
        var x = isInput ? inputs.index(step).sliced(index..<index + 1) : Tensor(zeros: [1, 2])
        if arrangement.hasEmptySteps { x = x.concatenated(with: Tensor(repeating: isInput ? 1 : 0, shape: [1, 1]), alongAxis: 1) }
        state = cell.step(x, from: state)
        outputs.append(network.output(state.hidden))
      }
      let expected = Array(outputs.suffix(count))
      for answer in 0..<answers.shape[0] {
        let given = answers.index(answer).sliced(index..<index + 1)
        #expect(relativeDifference(given, answer < count ? expected[answer] : Tensor(zeros: [1, 3])) < 1e-12)
      }
    }
  }

  /// What stands past an end, and what else is in the batch, changes nothing.
  @Test(arguments: examples, [false, true])
  func paddingChangesNothing(example: (arrangement: Arrangement, lengths: [Int], counts: [Int]), isBidirectional: Bool) {
    let (arrangement, lengths, counts) = example
    let network = Self.network(arrangement, isBidirectional: isBidirectional, Float.self)
    var inputs: Tensor<Float> = random([lengths.max()! + 2, 2, 2], seed: 5)
    for index in 0..<2 {
      for step in lengths[index]..<inputs.shape[0] {
        for channel in 0..<2 { inputs.withUnsafeMutableScalars { $0[(step * 2 + index) * 2 + channel] = .nan } }
      }
    }
    let together = network(inputs, lengths: lengths, outputCounts: counts)
    for index in 0..<2 {
      let alone = inputs.sliced(0..<lengths[index]).sliced(index..<index + 1, alongAxis: 1)
      let answers = network(alone, outputCounts: [counts[index]])
      let given = together.sliced(0..<counts[index]).sliced(index..<index + 1, alongAxis: 1)
      #expect(relativeDifference(answers, given) < 1e-5)
    }
  }

  @Test(arguments: examples, [false, true])
  func gradient(example: (arrangement: Arrangement, lengths: [Int], counts: [Int]), isBidirectional: Bool) {
    let network = Self.network(example.arrangement, isBidirectional: isBidirectional, Double.self)
    let inputs: Tensor<Double> = random([example.lengths.max()!, 2, 2], seed: 5)
    let error = gradientError(at: network, [inputs]) { network, inputs in
      network(inputs[0], lengths: example.lengths, outputCounts: example.counts)
    }
    #expect(error < 1e-6)
  }

  @Test func countsThatAreAccepted() {
    func accepted(_ arrangement: Arrangement) -> [String] {
      (0...3).flatMap { inputs in
        (0...3).compactMap { arrangement.accepts(inputCount: inputs, outputCount: $0) ? "\(inputs):\($0)" : nil }
      }
    }
    #expect(accepted(.oneToOne) == ["1:1"])
    #expect(accepted(.oneToMany) == ["1:1", "1:2", "1:3"])
    #expect(accepted(.manyToOne) == ["1:1", "2:1", "3:1"])
    #expect(accepted(.manyToManyInStep) == ["1:1", "2:2", "3:3"])
    #expect(accepted(.manyToManyAfter).count == 9)
  }
}
