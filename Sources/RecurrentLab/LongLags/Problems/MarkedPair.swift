import RecurrentTensors

/// Experiments 4 and 5: two numbers of a long sequence are marked, and their sum, or their product, is asked at its end.
struct MarkedPairProblem: LagProblem {
  /// What is asked.
  enum Variant: Sendable {
    case sum, product
  }

  let variant: Variant
  let lag = 100
  let inputSize = 2
  let outputSize = 1

  var number: String { variant == .sum ? "4" : "5" }
  var title: String { variant == .sum ? "adding" : "multiplication" }
  var rate: Double { 0.02 }
  var batch: Int { 16 }

  var criterion: Criterion { .recent(error: 0.04, wrong: variant == .sum ? 0 : 139, mean: variant == .sum ? 0.01 : 1) }

  var criterionWords: String {
    variant == .sum
      ? "the last 2,000 sequences are all within 0.04, and their mean error is below 0.01"
      : "fewer than 140 of the last 2,000 sequences are off by more than 0.04"
  }

  var paperMean: Int { variant == .sum ? 74_000 : 482_000 }

  let paperNetwork = PaperNetwork(blocks: 2, blockSize: 2, inputGateBiases: [-3, -6])

  func sequences(_ count: Int, using generator: inout RandomGenerator) -> LagBatch {
    let lengths = (0..<count).map { _ in generator.whole(lag...lag + lag / 10) }
    var inputs = InputBuffer(time: lengths.max() ?? 0, batch: count, input: 2)
    var targets: [Float] = []
    for index in 0..<count {
      let length = lengths[index]
      for step in 0..<length { inputs[step, index, 0] = Float(number(using: &generator)) }
      // One of the first ten pairs, then one of those before the middle; the first and the last pair have the marker -1,
      // unless the first is one of the two: its number then counts as nothing, as in the paper.
      let first = generator.whole(0...9)
      var second = generator.whole(0...lag / 2 - 2)
      while second == first { second = generator.whole(0...lag / 2 - 2) }
      (inputs[0, index, 1], inputs[length - 1, index, 1]) = (-1, -1)
      for place in [first, second] where place > 0 { inputs[place, index, 1] = 1 }
      let (a, b) = (first > 0 ? inputs[first, index, 0] : 0, second > 0 ? inputs[second, index, 0] : 0)
      targets.append(variant == .sum ? 0.5 + (a + b) / 4 : a * b)
    }
    return LagBatch(inputs: inputs.tensor, lengths: lengths, targets: .number(targets))
  }

  private func number(using generator: inout RandomGenerator) -> Double {
    variant == .sum ? 2 * generator.uniform() - 1 : generator.uniform()
  }
}
