import RecurrentTensors

/// Experiment 2: the last symbol is the first one again, and a hundred or more stand between them.
struct LongLagProblem: LagProblem {
  /// What stands between the two.
  enum Variant: Sendable {
    /// The same symbols in the same order in every sequence (2a).
    case noiseFree
    /// Random symbols (2b).
    case distractors
    /// Random symbols and many more steps; the end is announced (2c).
    case farther
  }

  let variant: Variant
  /// Symbols between the first and the last.
  let lag: Int
  let inputSize: Int
  let outputSize: Int
  var rate: Double { 0.01 }
  var batch: Int { 1 }
  /// The paper's network has 10,504 weights, which one cell cannot have: 101 * 101 of them lead from inputs to outputs.
  var isDirect: Bool { variant != .farther }

  init(_ variant: Variant) {
    self.variant = variant
    lag = 100
    switch variant {
    // x, y and the symbols between.
    case .noiseFree, .distractors: (inputSize, outputSize) = (101, 101)
    // x, y, b, e and the symbols between.
    case .farther: (inputSize, outputSize) = (104, 2)
    }
  }

  var number: String {
    switch variant {
    case .noiseFree: "2a"
    case .distractors: "2b"
    case .farther: "2c"
    }
  }

  var title: String {
    switch variant {
    case .noiseFree: "100 steps, no noise"
    case .distractors: "100 steps, random symbols"
    case .farther: "100 steps or more, end announced"
    }
  }

  var criterion: Criterion { .heldOut(every: variant == .farther ? 500 : 40) }

  var criterionWords: String {
    switch variant {
    case .noiseFree: "the error of all outputs, at every step, is below 0.25 on both sequences"
    case .distractors: "the error of all outputs at the end is below 0.25 on 10,000 sequences"
    case .farther: "the error of both outputs at the end is below 0.2 on 10,000 sequences"
    }
  }

  var paperMean: Int {
    switch variant {
    case .noiseFree: 5040
    case .distractors: 5680
    case .farther: 31_000
    }
  }

  var paperNetwork: PaperNetwork {
    variant == .farther
      ? PaperNetwork(blocks: 2, blockSize: 1, range: 0.2)
      : PaperNetwork(blocks: 1, blockSize: 1, range: 0.2, hasOutputGates: false)
  }

  func sequences(_ count: Int, using generator: inout RandomGenerator) -> LagBatch {
    let kinds = (0..<count).map { _ in generator.whole(0...1) }
    switch variant {
    case .noiseFree: return fixed(kinds)
    case .distractors: return random(kinds, using: &generator)
    case .farther: return announced(kinds, using: &generator)
    }
  }

  /// First x or y, then the symbols 2, 3, ..., then the first again; each next symbol is asked.
  private func fixed(_ kinds: [Int]) -> LagBatch {
    var inputs = InputBuffer(time: lag, batch: kinds.count, input: inputSize)
    var targets = [Int32](repeating: -1, count: lag * kinds.count)
    for (index, kind) in kinds.enumerated() {
      for step in 0..<lag {
        inputs[step, index, step == 0 ? kind : step + 1] = 1
        targets[step * kinds.count + index] = Int32(step == lag - 1 ? kind : step + 2)
      }
    }
    return LagBatch(
      inputs: inputs.tensor, lengths: nil, targets: .labels(IndexTensor(shape: [lag, kinds.count], scalars: targets)))
  }

  private func random(_ kinds: [Int], using generator: inout RandomGenerator) -> LagBatch {
    var inputs = InputBuffer(time: lag, batch: kinds.count, input: inputSize)
    for (index, kind) in kinds.enumerated() {
      inputs[0, index, kind] = 1
      for step in 1..<lag { inputs[step, index, generator.whole(2...inputSize - 1)] = 1 }
    }
    return LagBatch(inputs: inputs.tensor, lengths: nil, targets: .label(kinds.map(Int32.init)))
  }

  /// b, x or y, `lag` random symbols and a few more (each further one with probability 9/10), e.
  private func announced(_ kinds: [Int], using generator: inout RandomGenerator) -> LagBatch {
    let lengths = kinds.map { _ in
      var length = lag + 3
      while generator.uniform() < 0.9 { length += 1 }
      return length
    }
    var inputs = InputBuffer(time: lengths.max() ?? 0, batch: kinds.count, input: inputSize)
    for (index, kind) in kinds.enumerated() {
      inputs[0, index, 2] = 1
      inputs[1, index, kind] = 1
      for step in 2..<lengths[index] - 1 { inputs[step, index, generator.whole(4...inputSize - 1)] = 1 }
      inputs[lengths[index] - 1, index, 3] = 1
    }
    return LagBatch(inputs: inputs.tensor, lengths: lengths, targets: .label(kinds.map(Int32.init)))
  }

  func isSolved(by network: LagNetwork, using generator: inout RandomGenerator) -> Bool {
    let limit = variant == .farther ? 0.2 : 0.25
    if variant == .noiseFree { return network.loss(fixed([0, 1])).errors.allSatisfy { $0 < limit } }
    // A hundred first: most networks that fail at all fail there.
    for count in [100] + Array(repeating: 550, count: 18) {
      let errors = network.loss(sequences(count, using: &generator)).errors
      if !errors.allSatisfy({ $0 < limit }) { return false }
    }
    return true
  }
}
