import RecurrentTensors

/// Experiment 1, the embedded Reber grammar: predict the next symbol of strings that a small machine makes. The symbol
/// before the last is the second one again, so that one bit must survive the string in between.
struct ReberProblem: LagProblem {
  let number = "1"
  let title = "embedded Reber grammar"
  let criterion = Criterion.heldOut(every: 200)
  let criterionWords = "in all of 256 strings to learn from and 256 others, the symbols that may follow get the highest outputs"
  let paperMean = 8440
  let paperNetwork = PaperNetwork(blocks: 3, blockSize: 2, range: 0.2, outputGateBiases: [-1, -2, -3])
  let lag = 10
  let inputSize = 7
  let outputSize = 7
  let rate = 0.01
  let batch = 4

  /// Of 256 strings each.
  private let training: [ReberString]
  private let test: [ReberString]

  init(using generator: inout RandomGenerator) {
    training = (0..<256).map { _ in ReberString(using: &generator) }
    test = (0..<256).map { _ in ReberString(using: &generator) }
  }

  func sequences(_ count: Int, using generator: inout RandomGenerator) -> LagBatch {
    Self.batch((0..<count).map { _ in training[generator.whole(0...255)] })
  }

  private static func batch(_ strings: [ReberString]) -> LagBatch {
    let lengths = strings.map { $0.symbols.count - 1 }
    let time = lengths.max() ?? 0
    var inputs = InputBuffer(time: time, batch: strings.count, input: 7)
    var targets = [Int32](repeating: -1, count: time * strings.count)
    for (index, string) in strings.enumerated() {
      for step in 0..<lengths[index] {
        inputs[step, index, string.symbols[step]] = 1
        targets[step * strings.count + index] = Int32(string.symbols[step + 1])
      }
    }
    return LagBatch(
      inputs: inputs.tensor, lengths: lengths,
      targets: .labels(IndexTensor(shape: [time, strings.count], scalars: targets)))
  }

  func isSolved(by network: LagNetwork, using generator: inout RandomGenerator) -> Bool {
    let strings = training + test
    let answers = network.probabilities(Self.batch(strings)).scalars
    for (index, string) in strings.enumerated() {
      for (step, allowed) in string.successors.enumerated() {
        let outputs = answers[((step * strings.count + index) * 7)...].prefix(7)
        let least = allowed.map { outputs[outputs.startIndex + $0] }.min() ?? 0
        let others = (0..<7).filter { !allowed.contains($0) }.map { outputs[outputs.startIndex + $0] }.max() ?? 0
        if !(least > others) { return false }
      }
    }
    return true
  }
}

/// A string of the embedded grammar: B, then T or P, then a Reber string, then the same T or P, then E.
struct ReberString: Sendable {
  /// Numbers of B T P S X V E.
  let symbols: [Int]
  /// Which symbols may stand after each but the last.
  let successors: [Set<Int>]

  /// The arrows of Reber's machine: from each state the symbols and where they lead.
  private static let arrows: [[(symbol: Int, state: Int)]] = [
    [(1, 1), (2, 2)],  // T P
    [(3, 1), (4, 3)],  // S X
    [(1, 2), (5, 4)],  // T V
    [(4, 2), (3, 5)],  // X S
    [(2, 3), (5, 5)],  // P V
  ]

  init(using generator: inout RandomGenerator) {
    var symbols = [0]
    var successors: [Set<Int>] = [[1, 2]]
    let kept = generator.whole(1...2)
    symbols += [kept, 0]
    successors += [[0], [1, 2]]
    var state = 0
    while state != 5 {
      let arrow = Self.arrows[state][generator.whole(0...1)]
      symbols.append(arrow.symbol)
      state = arrow.state
      successors.append(state == 5 ? [6] : Set(Self.arrows[state].map(\.symbol)))
    }
    symbols += [6, kept, 6]
    successors += [[kept], [6]]
    self.symbols = symbols
    self.successors = successors
  }
}
