import Foundation
import RecurrentLayers
import RecurrentTensors
import Testing

/// A decoder whose scores of the next token are a random function of the input and of the last two tokens.
private struct RandomDecoder: StepDecoder {
  struct State: SearchState {
    /// The input and the token before, `[rows, 2]`.
    var rows: Tensor<Float>
    var weights: Tensor<Float>?
    mutating func visitTensors(_ visitor: inout some ParameterVisitor<Float>) {
      visitor.visit(&rows, "rows")
      visitor.visit(&weights, "weights")
    }
  }

  let inputs: [Int]
  let tokenCount: Int
  var seed: UInt64 = 1
  var batchSize: Int { inputs.count }

  var start: State {
    State(rows: Tensor(shape: [inputs.count, 2], scalars: inputs.flatMap { [Float($0), 0] }), weights: nil)
  }

  func logits(input: Int, before: Int, last: Int) -> [Float] {
    var generator = RandomGenerator(seed: seed).split("\(input) \(before) \(last)")
    return (0..<tokenCount).map { _ in Float(2 * generator.normal()) }
  }

  func step(_ tokens: IndexTensor, from state: State) -> (logits: Tensor<Float>, state: State) {
    let rows = (0..<tokens.count).map { row in state.rows.index(row).scalars.map { Int($0) } }
    let all = zip(rows, tokens.scalars).flatMap { logits(input: $0[0], before: $0[1], last: Int($1)) }
    let next = zip(rows, tokens.scalars).flatMap { [Float($0[0]), Float($1)] }
    // Looks at place `last token`.
    let weights = tokens.scalars.flatMap { token in (0..<tokenCount).map { $0 == Int(token) ? Float(1) : 0 } }
    return (
      Tensor(shape: [tokens.count, tokenCount], scalars: all),
      State(
        rows: Tensor(shape: [tokens.count, 2], scalars: next), weights: Tensor(shape: [tokens.count, tokenCount], scalars: weights))
    )
  }
}

@Suite struct SearchTests {
  private static let (begin, end): (Int32, Int32) = (0, 1)

  private func beam(
    _ width: Int, best: Int = 1, _ normalization: LengthNormalization = .wu(0.6), coverage: Double = 0, keepsWeights: Bool = false
  ) -> BeamSearch {
    BeamSearch(
      width: width, begin: Self.begin, end: Self.end, normalization: normalization, coverage: coverage, bestCount: best,
      keepsWeights: keepsWeights)
  }

  @Test func aBeamOfOneIsGreedy() {
    let decoder = RandomDecoder(inputs: Array(0..<40), tokenCount: 7)
    let lengths = (0..<40).map { $0 % 11 }
    let greedy = GreedySearch(begin: Self.begin, end: Self.end)(decoder, from: decoder.start, maximumLengths: lengths)
    let beam = beam(1)(decoder, from: decoder.start, maximumLengths: lengths)
    for (a, b) in zip(greedy, beam) {
      #expect(b.count == 1 && a.tokens == b[0].tokens && a.isComplete == b[0].isComplete)
      #expect(a.logProbability == b[0].logProbability)
    }
    #expect(Set(greedy.map(\.isComplete)) == [true, false])
  }

  /// Every sequence of a tiny problem, ranked by its probability.
  @Test(arguments: [LengthNormalization.none, .power(1), .wu(0.6), .wu(1.5)])
  func aBeamOfFullWidthIsExhaustive(_ normalization: LengthNormalization) {
    let (tokenCount, longest) = (4, 4)
    for input in 0..<8 {
      let decoder = RandomDecoder(inputs: [input], tokenCount: tokenCount)
      var all: [(tokens: [Int32], score: Double, isComplete: Bool)] = []
      func extend(_ tokens: [Int32], _ logProbability: Double) {
        let last = tokens.last ?? Self.begin, before = tokens.count > 1 ? tokens[tokens.count - 2] : tokens.count == 1 ? Self.begin : 0
        let p = Tensor(
          shape: [tokenCount], scalars: decoder.logits(input: input, before: Int(before), last: Int(last))
        ).logSoftmax().scalars
        for token in 0..<Int32(tokenCount) {
          let total = logProbability + Double(p[Int(token)])
          let length = tokens.count + 1
          let divisor =
            switch normalization {
            case .none: 1.0
            case .power(let power): pow(Double(length), power)
            case .wu(let power): pow((5 + Double(length)) / 6, power)
            }
          if token == Self.end {
            all.append((tokens, total / divisor, true))
          } else if length == longest {
            all.append((tokens + [token], total / divisor, false))
          } else {
            extend(tokens + [token], total)
          }
        }
      }
      extend([], 0)
      all.sort { $0.score > $1.score }
      let found = beam(1000, best: 10, normalization)(decoder, from: decoder.start, maximumLengths: [longest])[0]
      #expect(found.map(\.tokens) == all.prefix(10).map(\.tokens))
      #expect(found.map(\.isComplete) == all.prefix(10).map(\.isComplete))
      for (a, b) in zip(found, all) { #expect(abs(a.score - b.score) < 1e-6) }
    }
  }

  @Test(arguments: [1, 3, 5])
  func theOthersInTheBatchDoNotMatter(width: Int) {
    let decoder = RandomDecoder(inputs: Array(0..<12), tokenCount: 9)
    let together = beam(width, best: width, keepsWeights: true)(
      decoder, from: decoder.start, maximumLengths: (0..<12).map { 3 + $0 })
    for input in 0..<12 {
      let alone = RandomDecoder(inputs: [input], tokenCount: 9)
      #expect(
        beam(width, best: width, keepsWeights: true)(alone, from: alone.start, maximumLengths: [3 + input])[0] == together[input])
    }
  }

  /// A wider beam ends with what is at least as likely, where lengths are not made comparable and it goes to the end.
  @Test func hypothesesAreInOrderAndDiffer() {
    let decoder = RandomDecoder(inputs: Array(0..<20), tokenCount: 8)
    let lengths = Array(repeating: 9, count: 20)
    for hypotheses in beam(6, best: 6)(decoder, from: decoder.start, maximumLengths: lengths) {
      #expect(hypotheses.count == 6)
      #expect(Set(hypotheses.map(\.tokens)).count == 6)
      #expect(hypotheses.map(\.score) == hypotheses.map(\.score).sorted(by: >))
      for hypothesis in hypotheses {
        // Never extended behind its end; never longer than allowed, and then said to be cut.
        #expect(!hypothesis.tokens.contains(Self.end))
        #expect(hypothesis.tokens.count <= 9 && hypothesis.isComplete == (hypothesis.tokens.count < 9))
      }
    }
  }

  /// What is told of a hypothesis is what the decoder says of its tokens.
  @Test func probabilitiesAndWeightsAreThoseOfTheTokens() {
    let decoder = RandomDecoder(inputs: [3, 4], tokenCount: 8)
    for (input, hypotheses) in beam(4, best: 4, keepsWeights: true)(decoder, from: decoder.start, maximumLengths: [6, 6]).enumerated() {
      for hypothesis in hypotheses {
        var (total, before, last) = (0.0, 0, Int(Self.begin))
        for token in hypothesis.tokens.map(Int.init) + (hypothesis.isComplete ? [Int(Self.end)] : []) {
          let p = Tensor(
            shape: [8], scalars: decoder.logits(input: decoder.inputs[input], before: before, last: last)
          ).logSoftmax().scalars
          total += Double(p[token])
          (before, last) = (last, token)
        }
        #expect(abs(total - hypothesis.logProbability) < 1e-5)
        #expect(hypothesis.weights.count == hypothesis.tokens.count)
        for (position, weights) in hypothesis.weights.enumerated() {
          #expect(weights.firstIndex(of: 1) == (position == 0 ? Int(Self.begin) : Int(hypothesis.tokens[position - 1])))
        }
      }
    }
  }

  /// Of equally likely hypotheses coverage prefers the one that has looked at more places.
  @Test func coverage() {
    struct Looking: StepDecoder {
      struct State: SearchState {
        var rows: Tensor<Float>
        var weights: Tensor<Float>?
        mutating func visitTensors(_ visitor: inout some ParameterVisitor<Float>) {
          visitor.visit(&rows, "rows")
          visitor.visit(&weights, "weights")
        }
      }
      let batchSize = 1
      /// Token 2 looks at the first place, token 3 at the second; 2 is a little likelier, and 3 ends after three tokens.
      func step(_ tokens: IndexTensor, from state: State) -> (logits: Tensor<Float>, state: State) {
        let count = state.rows * 1 + 1
        let logits = (0..<tokens.count).flatMap { row -> [Float] in
          count.index(row).scalars[0] > 3 ? [-50, 0, -50, -50] : [-50, -50, 0.1, 0]
        }
        let weights = tokens.scalars.flatMap { $0 == 3 ? [Float(0.05), 0.95] : [0.95, 0.05] }
        return (
          Tensor(shape: [tokens.count, 4], scalars: logits),
          State(rows: count, weights: Tensor(shape: [tokens.count, 2], scalars: weights))
        )
      }
    }
    let start = Looking.State(rows: Tensor(zeros: [1, 1]), weights: nil)
    let without = beam(8, .none)(Looking(), from: start, maximumLengths: [10])[0][0]
    let with = beam(8, .none, coverage: 1)(Looking(), from: start, maximumLengths: [10])[0][0]
    #expect(without.tokens == [2, 2, 2])
    #expect(with.tokens.contains(3) && with.tokens.contains(2) && with.logProbability < without.logProbability)
  }

  @Test func anEnsembleIsTheMeanOfItsMembers() {
    let (a, b) = (RandomDecoder(inputs: [1, 2], tokenCount: 6), RandomDecoder(inputs: [1, 2], tokenCount: 6, seed: 2))
    let ensemble = DecoderEnsemble([a, b])
    let read = IndexTensor(shape: [2], scalars: [0, 0])
    let step = ensemble.step(read, from: .init([a.start, b.start]))
    let mean = (a.step(read, from: a.start).logits.softmax() + b.step(read, from: b.start).logits.softmax()) * 0.5
    for (x, y) in zip(step.logits.softmax().scalars, mean.scalars) { #expect(abs(x - y) < 1e-6) }
    #expect(step.state.weights?.shape == [2, 6])

    let lengths = [8, 8]
    let twice = beam(3)(DecoderEnsemble([a, a]), from: .init([a.start, a.start]), maximumLengths: lengths)
    #expect(twice.map { $0[0].tokens } == beam(3)(a, from: a.start, maximumLengths: lengths).map { $0[0].tokens })
  }

  /// What is drawn for an input depends on the seed and its place alone, and follows the probabilities.
  @Test func sampling() {
    func choose(_ logProbabilities: UnsafeBufferPointer<Float>, _ generator: inout RandomGenerator) -> Int {
      var rest = generator.uniform()
      for token in logProbabilities.indices {
        rest -= exp(Double(logProbabilities[token]))
        if rest < 0 { return token }
      }
      return logProbabilities.count - 1
    }
    let search = GreedySearch(begin: Self.begin, end: Self.end)
    let decoder = RandomDecoder(inputs: Array(repeating: 5, count: 2000), tokenCount: 4)
    let lengths = Array(repeating: 1, count: 2000)
    let drawn = search.sampling(decoder, from: decoder.start, maximumLengths: lengths, using: RandomGenerator(seed: 4), choose: choose)
    let p = Tensor(shape: [4], scalars: decoder.logits(input: 5, before: 0, last: 0)).softmax().scalars
    for token in [0, 2, 3] {
      #expect(abs(Double(drawn.count { $0.tokens == [Int32(token)] }) / 2000 - Double(p[token])) < 0.04)
    }
    let fewer = RandomDecoder(inputs: Array(repeating: 5, count: 10), tokenCount: 4)
    let again = search.sampling(
      fewer, from: fewer.start, maximumLengths: Array(repeating: 1, count: 10), using: RandomGenerator(seed: 4), choose: choose)
    #expect(again == Array(drawn.prefix(10)))
  }
}
