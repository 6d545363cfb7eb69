import RecurrentLayers
import RecurrentTensors
import RecurrentTraining
import Testing

/// Copying, reversing and sorting: what an encoder and a decoder with attention learn in seconds, and where they look as they do it.
@Suite struct TransductionTests {
  enum Problem: String, CaseIterable {
    case copy, reverse, sort

    func answer(_ sequence: [Int32]) -> [Int32] {
      switch self {
      case .copy: sequence
      case .reverse: sequence.reversed()
      case .sort: sequence.sorted()
      }
    }
  }

  private typealias Model = EncoderDecoder<GRUCell<Float>, AdditiveAttention<Float>>
  private static let (begin, end): (Int32, Int32) = (0, 1)
  private static let tokenCount = 14

  /// Three to eight tokens.
  private static func sequences(_ count: Int, _ generator: inout RandomGenerator) -> [[Int32]] {
    (0..<count).map { _ in
      (0..<(3 + Int(generator.next() % 6))).map { _ in Int32(2 + generator.next() % UInt64(tokenCount - 2)) }
    }
  }

  /// `[time, batch]`.
  private static func padded(_ sequences: [[Int32]], with padding: Int32) -> IndexTensor {
    let time = sequences.map(\.count).max() ?? 0
    return IndexTensor(
      shape: [time, sequences.count],
      scalars: (0..<time).flatMap { step in sequences.map { step < $0.count ? $0[step] : padding } })
  }

  private static func trained(_ problem: Problem) -> Model {
    var generator = RandomGenerator(seed: 1)
    let (embedding, hidden) = (16, 64)
    var model = Model(
      embedding: Embedding(tokenCount: tokenCount, featureCount: embedding, using: &generator),
      encoder: SequenceEncoder(
        StackedBidirectional(inputSize: embedding, hiddenSize: hidden / 2, layerCount: 1, using: &generator)),
      bridge: .linear,
      decoder: AttentionDecoder(
        embedding: Embedding(tokenCount: tokenCount, featureCount: embedding, using: &generator),
        rnn: Stacked(inputSize: embedding + hidden, hiddenSize: hidden, layerCount: 1, using: &generator),
        attention: AdditiveAttention(querySize: hidden, memorySize: hidden, size: 32, using: &generator),
        readoutSize: embedding, feeding: .context, using: &generator),
      using: &generator)
    var adam = Adam(for: model)
    for step in 0..<900 {
      let sources = sequences(32, &generator)
      let targets = sources.map(problem.answer)
      let (_, gradient) = valueAndGradient(at: model) { model in
        let encoded = model.encode(padded(sources, with: 0), lengths: sources.map(\.count))
        let readouts = model.decoder(
          padded(targets.map { [begin] + $0 }, with: 0), from: encoded.start, over: encoded.memory, lengths: encoded.lengths
        ).readouts
        return model.decoder.crossEntropy(readouts, targets: padded(targets.map { $0 + [end] }, with: -1), ignoring: -1)
      }
      adam.update(&model, along: gradient, rate: step < 600 ? 0.005 : 0.0005)
    }
    return model
  }

  /// 99 % of the tokens of sequences that it has never seen; copying, it looks along the diagonal, reversing along the other one.
  @Test(arguments: Problem.allCases)
  func learns(_ problem: Problem) {
    let model = Self.trained(problem)
    var generator = RandomGenerator(seed: 99)
    let sources = Self.sequences(200, &generator)
    let encoded = model.encode(Self.padded(sources, with: 0), lengths: sources.map(\.count))
    let steps = model.decoder.steps(over: encoded.memory, lengths: encoded.lengths)
    let lengths = sources.map { $0.count + 3 }
    let found = GreedySearch(begin: Self.begin, end: Self.end, keepsWeights: true)(
      steps, from: encoded.start, maximumLengths: lengths)

    var (rightCount, tokenCount, placeCount, onLineCount) = (0, 0, 0, 0)
    for (source, hypothesis) in zip(sources, found) {
      let answer = problem.answer(source)
      tokenCount += answer.count
      rightCount += zip(answer, hypothesis.tokens).count { $0 == $1 }
      for (place, weights) in hypothesis.weights.enumerated() where place < source.count {
        let seen = weights.indices.max { weights[$0] < weights[$1] }
        placeCount += 1
        if seen == (problem == .copy ? place : source.count - 1 - place) { onLineCount += 1 }
      }
    }
    let accuracy = Double(rightCount) / Double(tokenCount)
    #expect(accuracy >= 0.99, "\(problem.rawValue): \(accuracy)")
    let exact = Double(zip(sources, found).count { problem.answer($0) == $1.tokens }) / Double(sources.count)
    #expect(exact >= 0.95, "\(problem.rawValue): \(exact) whole sequences")
    if problem != .sort {
      let onLine = Double(onLineCount) / Double(placeCount)
      #expect(onLine >= 0.95, "\(problem.rawValue): \(onLine) of the places on the line")
    }
    let beam = BeamSearch(width: 4, begin: Self.begin, end: Self.end)(steps, from: encoded.start, maximumLengths: lengths)
    let best = Double(zip(sources, beam).count { problem.answer($0) == $1[0].tokens }) / Double(sources.count)
    #expect(best >= exact - 0.01)
  }
}
