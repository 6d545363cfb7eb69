import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// What becomes of the outputs of sequences of unequal lengths.
@Suite struct PoolingTests {
  private func pooling(_ kind: PoolingKind, features: Int = 3) -> Pooling<Double> {
    var generator = RandomGenerator(seed: 3)
    return Pooling(kind, featureCount: features, using: &generator)
      .mapParameters { Tensor(uniform: -1...1, shape: $0.shape, using: &generator) }
  }

  @Test(arguments: PoolingKind.allCases, [nil, [4, 0, 6, 1], [6, 6, 6, 6]] as [[Int]?])
  func gradient(_ kind: PoolingKind, lengths: [Int]?) {
    let error = gradientError(at: pooling(kind), [random([6, 4, 3], seed: 1), random([4, 3], seed: 2)]) {
      $0($1[0], last: $1[1], lengths: lengths)
    }
    #expect(error < 1e-6)
  }

  /// What stands past the end of a sequence changes nothing, be it as large as it likes.
  @Test(arguments: PoolingKind.allCases)
  func paddingNeverCounts(_ kind: PoolingKind) {
    let pooling = pooling(kind)
    let outputs: Tensor<Double> = random([6, 3, 3], seed: 1)
    let last: Tensor<Double> = random([3, 3], seed: 2)
    let lengths = [6, 2, 0]
    let isPadding = Tensor<Double>(
      shape: [6, 3, 1], scalars: (0..<6).flatMap { time in lengths.map { $0 <= time ? 1 : 0 } })
    let spoilt = outputs.replacing(with: Tensor(1e6), where: isPadding)
    let vectors = pooling(spoilt, last: last, lengths: lengths)
    #expect(vectors.isBitwiseEqual(to: pooling(outputs, last: last, lengths: lengths)))
    for (sequence, length) in lengths.enumerated() where length > 0 {
      let alone = pooling(
        outputs.sliced(0..<length).sliced(sequence..<(sequence + 1), alongAxis: 1),
        last: last.sliced(sequence..<(sequence + 1)))
      #expect(relativeDifference(alone, vectors.sliced(sequence..<(sequence + 1))) < 1e-12)
    }
    if kind != .last { #expect(vectors.index(2).scalars == [0, 0, 0]) }
  }

  @Test func theValues() {
    let outputs = Tensor<Double>(shape: [3, 1, 2], scalars: [1, -4, 3, -2, 8, 9])
    let last = Tensor<Double>(shape: [1, 2], scalars: [5, 7])
    #expect(pooling(.mean, features: 2)(outputs, last: last, lengths: [2]).scalars == [2, -3])
    #expect(pooling(.max, features: 2)(outputs, last: last, lengths: [2]).scalars == [3, -2])
    #expect(pooling(.mean, features: 2)(outputs, last: last).scalars == [4, 1])
    #expect(pooling(.max, features: 2)(outputs, last: last).scalars == [8, 9])
    #expect(pooling(.last, features: 2)(outputs, last: last, lengths: [2]).scalars == [5, 7])
  }

  @Test func attentionWeightsAreShares() throws {
    let attention = try #require(pooling(.attention).attention)
    let weights = attention.weights(random([5, 3, 3], seed: 1), lengths: [5, 2, 0])
    #expect(weights.shape == [3, 5])
    #expect(relativeDifference(weights.sum(alongAxes: 1), Tensor(shape: [3], scalars: [1, 1, 0])) < 1e-12)
    #expect(weights.index(1).scalars[2...].allSatisfy { $0 == 0 })
    #expect(Set(weights.index(0).scalars).count == 5)
  }
}

/// Reading one way or both, as a recipe says.
@Suite struct SequenceEncoderTests {
  private func encoder(isBidirectional: Bool) -> SequenceEncoder<GRUCell<Double>> {
    var generator = RandomGenerator(seed: 2)
    return SequenceEncoder(inputSize: 3, hiddenSize: 4, layerCount: 2, isBidirectional: isBidirectional) {
      GRUCell(inputSize: $0, hiddenSize: 4, using: &generator)
    }
  }

  @Test(arguments: [false, true])
  func isTheStackInside(isBidirectional: Bool) throws {
    let encoder = encoder(isBidirectional: isBidirectional)
    let inputs: Tensor<Double> = random([6, 3, 3], seed: 1)
    let (outputs, last) = encoder(inputs, lengths: [6, 1, 4])
    #expect(encoder.inputSize == 3 && encoder.outputSize == (isBidirectional ? 8 : 4))
    #expect(outputs.shape == [6, 3, encoder.outputSize] && last.shape == [3, encoder.outputSize])
    if isBidirectional {
      let stack = try #require(encoder.bidirectional)
      #expect(outputs.isBitwiseEqual(to: stack(inputs, lengths: [6, 1, 4]).outputs))
      // Forward what was read last, reverse what was read first.
      #expect(last.index(2).scalars[..<4] == outputs.index(3).index(2).scalars[..<4])
      #expect(last.index(2).scalars[4...] == outputs.index(0).index(2).scalars[4...])
    } else {
      let stack = try #require(encoder.forward)
      #expect(outputs.isBitwiseEqual(to: stack(inputs, lengths: [6, 1, 4]).outputs))
      #expect(last.index(2).scalars == outputs.index(3).index(2).scalars)
    }
    var generator = RandomGenerator(seed: 9)
    let dropped = encoder(inputs) { Dropout(rate: 0.5)($0, using: &generator) }
    #expect(!dropped.outputs.isBitwiseEqual(to: encoder(inputs).outputs))
  }
}
