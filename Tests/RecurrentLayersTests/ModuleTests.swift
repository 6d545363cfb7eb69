import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// Linear, Embedding, LayerNorm, Dropout.
@Suite struct ModuleTests {
  @Test(arguments: [[3], [5, 3], [4, 2, 3]] as [Shape], [true, false])
  func linearGradient(_ shape: Shape, hasBias: Bool) {
    var generator = RandomGenerator(seed: 1)
    let linear = Linear<Double>(inputSize: 3, outputSize: 4, hasBias: hasBias, using: &generator)
      .mapParameters { Tensor(uniform: -1...1, shape: $0.shape, using: &generator) }
    #expect(gradientError(at: linear, [random(shape, seed: 2)]) { $0($1[0]) } < 1e-6)
  }

  @Test func linearIsTheAffineMap() {
    let linear = Linear(
      weight: Tensor<Float>(shape: [2, 3], scalars: [1, 2, 3, 4, 5, 6]), bias: Tensor(shape: [2], scalars: [10, 20]))
    #expect(linear(Tensor(shape: [2, 1, 3], scalars: [1, 0, 0, 1, 1, 1])).scalars == [11, 24, 16, 35])
    #expect(linear(Tensor(shape: [3], scalars: [0, 0, 1])).shape == [2])
  }

  @Test func embeddingGradient() {
    let embedding = Embedding<Double>(weight: random([5, 3], seed: 1))
    let tokens = IndexTensor(shape: [2, 3], scalars: [4, 0, 4, 1, 1, 4])
    #expect(gradientError(at: embedding) { module, _ in module(tokens) } < 1e-6)
    // Tied weights: the same tensor reads and writes.
    let bias: Tensor<Double> = random([5], seed: 2)
    let error = gradientError(at: embedding, [bias]) { module, arguments in
      module.logits(module(tokens).tanh(), bias: arguments[0])
    }
    #expect(error < 1e-6)
    let dropped = gradientError(at: embedding) { module, _ in
      var generator = RandomGenerator(seed: 4)
      return module(tokens, droppingWords: 0.4) { $0($1, using: &generator) }
    }
    #expect(dropped < 1e-6)
  }

  @Test func embeddingReadsRowsAndScoresTokens() {
    let embedding = Embedding<Float>(weight: Tensor(shape: [3, 2], scalars: [1, 2, 3, 4, 5, 6]))
    let vectors = embedding(IndexTensor(shape: [1, 2], scalars: [2, 0]))
    #expect(vectors == Tensor(shape: [1, 2, 2], scalars: [5, 6, 1, 2]))
    #expect(embedding.logits(vectors) == Tensor(shape: [1, 2, 3], scalars: [17, 39, 61, 5, 11, 17]))
  }

  @Test func wholeWordsAreDropped() {
    var generator = RandomGenerator(seed: 4)
    let embedding = Embedding<Float>(weight: Tensor(ones: [100, 4]))
    let tokens = IndexTensor(shape: [1000], scalars: (0..<1000).map { Int32($0 % 100) })
    let vectors = embedding(tokens, droppingWords: 0.25) { $0($1, using: &generator) }
    for row in 0..<100 {
      let first = vectors.index(row).scalars
      #expect(first.allSatisfy { $0 == first[0] } && (first[0] == 0 || abs(first[0] - 4 / 3) < 1e-6))
      for again in 1..<10 { #expect(vectors.index(row + 100 * again).scalars == first) }
    }
    let droppedCount = (0..<100).count { vectors.index($0).scalars[0] == 0 }
    #expect((10...42).contains(droppedCount))
  }

  @Test func layerNormGradientAndMoments() {
    var generator = RandomGenerator(seed: 1)
    let normalize = LayerNorm<Double>(featureCount: 6)
    let x: Tensor<Double> = random([2, 3, 6], seed: 2, bound: 3)
    let y = normalize(x)
    #expect(relativeDifference(y.mean(alongAxes: 2), Tensor(zeros: [2, 3])) < 1e-12)
    #expect(relativeDifference(y.squared().mean(alongAxes: 2), Tensor(ones: [2, 3])) < 1e-4)
    let random = normalize.mapParameters { Tensor(uniform: -1...1, shape: $0.shape, using: &generator) }
    #expect(gradientError(at: random, [x]) { $0($1[0]) } < 1e-6)
  }

  @Test(arguments: Dropout.Sharing.allCases)
  func dropoutGradient(_ sharing: Dropout.Sharing) {
    let dropout = Dropout(rate: 0.4, sharing: sharing)
    let error = gradientError(at: [random([4, 2, 3], seed: 1)]) { arguments in
      var generator = RandomGenerator(seed: 5)
      return dropout(arguments[0], using: &generator)
    }
    #expect(error < 1e-6)
  }

  @Test(arguments: Dropout.Sharing.allCases)
  func dropoutKeepsTheMean(_ sharing: Dropout.Sharing) {
    var generator = RandomGenerator(seed: 5)
    let y = Dropout(rate: 0.3, sharing: sharing)(Tensor<Float>(ones: [3, 100, 100]), using: &generator)
    #expect(y.scalars.allSatisfy { $0 == 0 || abs($0 - 1 / 0.7) < 1e-6 })
    #expect(abs(Double(y.mean().scalar) - 1) < 0.03)
    let isShared = y.index(0) == y.index(1) && y.index(1) == y.index(2)
    #expect(isShared == (sharing == .acrossTime))
  }

  @Test func noDropoutIsNothing() {
    var generator = RandomGenerator(seed: 5)
    let before = generator
    let x: Tensor<Float> = random([4, 2, 3], seed: 1)
    #expect(Dropout(rate: 0)(x, using: &generator).isBitwiseEqual(to: x))
    #expect(generator == before)
  }

  @Test func dropConnectThinsTheRecurrentWeightOnly() {
    var generator = RandomGenerator(seed: 1)
    let cell = LSTMCell<Float>(inputSize: 10, hiddenSize: 50, using: &generator)
    let thinned = cell.droppingConnections(rate: 0.5, using: &generator)
    #expect(thinned.inputWeight == cell.inputWeight && thinned.inputBias == cell.inputBias)
    let zeros = thinned.recurrentWeight.scalars.count { $0 == 0 }
    #expect(abs(Double(zeros) / 10_000 - 0.5) < 0.03)
    for (before, after) in zip(cell.recurrentWeight.scalars, thinned.recurrentWeight.scalars) {
      #expect(after == 0 || after == 2 * before)
    }
  }
}

/// A module as text.
@Suite struct ModuleDescriptionTests {
  private struct Classifier: Module {
    typealias Scalar = Float
    var rnn: LSTM<Float>
    var output: Linear<Float>
    var scale = Tensor<Float>(1)

    mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
      visitor.visit(&rnn, "rnn")
      visitor.visit(&output, "output")
      visitor.visit(&scale, "scale")
    }
  }

  @Test func aModulePrintsItsTypesSizesAndParts() {
    var generator = RandomGenerator(seed: 1)
    let module = Classifier(
      rnn: LSTM(inputSize: 6, hiddenSize: 4, using: &generator), output: Linear(inputSize: 4, outputSize: 2, using: &generator))
    #expect(
      "\(module)" == """
        Classifier: 203 parameters
          rnn: Unrolled<LSTMCell<Float>>, 192 parameters
            weight_ih_l0 [16, 6]
            weight_hh_l0 [16, 4]
            bias_ih_l0 [16]
            bias_hh_l0 [16]
          output: Linear<Float>, 10 parameters
            weight [2, 4]
            bias [2]
          scale []
        """)
  }
}
