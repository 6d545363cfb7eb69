import RecurrentTensors

/// Experiment 3, the two-sequence problem (Bengio, Simard and Frasconi 1994): the first three numbers say which of two classes
/// a sequence is of; a hundred numbers that say nothing follow.
struct TwoSequenceProblem: LagProblem {
  /// What is noisy.
  enum Variant: String, Sendable {
    /// What follows the three numbers.
    case rest = "3a"
    /// The three numbers too.
    case all = "3b"
    /// The target too.
    case target = "3c"
  }

  let variant: Variant
  let lag = 100
  let inputSize = 1
  let outputSize = 1
  let rate = 0.005

  var number: String { variant.rawValue }

  var title: String {
    switch variant {
    case .rest: "two sequences, noise behind"
    case .all: "two sequences, noise everywhere"
    case .target: "two sequences, noisy targets"
    }
  }

  var criterion: Criterion { .heldOut(every: 200) }

  var criterionWords: String {
    switch variant {
    case .rest: "none of 256 sequences has an error above 0.2, and the mean error is below 0.01"
    case .all: "fewer than 6 of 256 sequences have an error above 0.2, and the mean error is below 0.04"
    case .target: "none of 256 sequences is more than 0.1 from the target without noise, and the mean distance is below 0.015"
    }
  }

  var paperMean: Int {
    switch variant {
    case .rest: 39_850
    case .all: 43_250
    case .target: 269_650
    }
  }

  let paperNetwork = PaperNetwork(
    blocks: 3, blockSize: 1, inputGateBiases: [-1, -3, -5], outputGateBiases: [-2, -4, -6])

  func sequences(_ count: Int, using generator: inout RandomGenerator) -> LagBatch {
    let kinds = (0..<count).map { _ in generator.whole(0...1) }
    let targets = kinds.map { kind -> Float in
      variant == .target ? (kind == 1 ? 0.8 : 0.2) + 0.32 * Float(generator.normal()) : Float(kind)
    }
    return batch(kinds, targets: targets, using: &generator)
  }

  private func batch(_ kinds: [Int], targets: [Float], using generator: inout RandomGenerator) -> LagBatch {
    let lengths = kinds.map { _ in generator.whole(lag...lag + lag / 10) }
    var inputs = InputBuffer(time: lengths.max() ?? 0, batch: kinds.count, input: 1)
    let deviation = 0.2.squareRoot()
    for (index, kind) in kinds.enumerated() {
      for step in 0..<lengths[index] {
        let sign: Double = kind == 1 ? 1 : -1
        let noise = deviation * generator.normal()
        inputs[step, index, 0] = Float(step < 3 ? sign + (variant == .rest ? 0 : noise) : noise)
      }
    }
    return LagBatch(inputs: inputs.tensor, lengths: lengths, targets: .number(targets))
  }

  func isSolved(by network: LagNetwork, using generator: inout RandomGenerator) -> Bool {
    let kinds = (0..<256).map { _ in generator.whole(0...1) }
    let clean = kinds.map { kind -> Float in variant == .target ? (kind == 1 ? 0.8 : 0.2) : Float(kind) }
    let errors = network.loss(batch(kinds, targets: clean, using: &generator)).errors
    let mean = errors.reduce(0, +) / 256
    switch variant {
    case .rest: return errors.allSatisfy { $0 <= 0.2 } && mean < 0.01
    case .all: return errors.count { !($0 <= 0.2) } < 6 && mean < 0.04
    case .target: return errors.allSatisfy { $0 <= 0.1 } && mean < 0.015
    }
  }
}
