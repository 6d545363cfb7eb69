import RecurrentLayers
import RecurrentTensors
import Testing

/// Mistakes of a caller end the process with a message that names the operation and the shapes, in optimized builds too.
@Suite struct LayerMistakeTests {
  @Test func inputsOfAnotherSize() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = RandomGenerator(seed: 1)
      let cell = LSTMCell<Float>(inputSize: 3, hiddenSize: 4, using: &generator)
      _ = cell.step(Tensor(ones: [2, 5]), from: cell.initialState(batchSize: 2))
    }
    expect(result, says: ["LSTMCell", "[2, 5]"])
  }

  @Test func inputsWithoutTime() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = RandomGenerator(seed: 1)
      _ = LSTM<Float>(inputSize: 3, hiddenSize: 4, using: &generator)(Tensor(ones: [2, 3]))
    }
    expect(result, says: ["[2, 3]"])
  }

  @Test func lengthsOfAnotherBatch() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = RandomGenerator(seed: 1)
      _ = GRU<Float>(inputSize: 3, hiddenSize: 4, using: &generator)(Tensor(ones: [5, 2, 3]), lengths: [5])
    }
    expect(result, says: ["1", "2"])
  }

  @Test func aLengthPastTheEnd() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = RandomGenerator(seed: 1)
      _ = GRU<Float>(inputSize: 3, hiddenSize: 4, using: &generator)(Tensor(ones: [5, 1, 3]), lengths: [6])
    }
    expect(result, says: ["6"])
  }

  @Test func anEmbeddingOfATokenThatIsNotThere() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = RandomGenerator(seed: 1)
      let table = Embedding<Float>(tokenCount: 4, featureCount: 2, initializer: .normal(standardDeviation: 1), using: &generator)
      _ = table(IndexTensor(shape: [1, 1], scalars: [4]))
    }
    expect(result, says: ["index 4", "0 ..< 4"])
  }

  @Test func aLinearLayerOfAnotherSize() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = RandomGenerator(seed: 1)
      _ = Linear<Float>(inputSize: 3, outputSize: 2, using: &generator)(Tensor(ones: [2, 4]))
    }
    expect(result, says: ["[2, 4]"])
  }

  @Test func parametersOfAnotherShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = RandomGenerator(seed: 1)
      var layer = Linear<Float>(inputSize: 3, outputSize: 2, using: &generator)
      layer.setParameters([Tensor(ones: [3, 3]), Tensor(ones: [2])])
    }
    expect(result, says: ["setParameters", "[2, 3]", "[3, 3]"])
  }

  @Test func dropoutOfEverything() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Dropout(rate: 1)
    }
    expect(result, says: ["1"])
  }
}

/// Expects that a process ended with a message that has these words.
private func expect(_ result: ExitTest.Result?, says words: [String], sourceLocation: SourceLocation = #_sourceLocation) {
  let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  for word in words { #expect(message.contains(word), "\(message)", sourceLocation: sourceLocation) }
}
