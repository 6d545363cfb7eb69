import RecurrentTensors

/// Experiment 6: in which order did X and Y come, two of them (6a) or three (6b), among random symbols?
struct TemporalOrderProblem: LagProblem {
  /// How many there are.
  let symbolCount: Int
  let lag = 90
  /// E, B, a, b, c, d, X, Y.
  let inputSize = 8
  var outputSize: Int { 1 << symbolCount }
  let rate = 0.02

  var number: String { symbolCount == 2 ? "6a" : "6b" }
  var title: String { "temporal order of \(symbolCount)" }
  let criterion = Criterion.recent(error: 0.3, wrong: 0, mean: 0.1)
  let criterionWords = "all outputs are within 0.3 on each of the last 2,000 sequences, and the mean error is below 0.1"
  var paperMean: Int { symbolCount == 2 ? 31_390 : 571_100 }

  var paperNetwork: PaperNetwork {
    PaperNetwork(blocks: symbolCount, blockSize: 2, inputGateBiases: [-2, -4, -6])
  }

  func sequences(_ count: Int, using generator: inout RandomGenerator) -> LagBatch {
    let places = symbolCount == 2 ? [10...20, 50...60] : [10...20, 33...43, 66...76]
    let lengths = (0..<count).map { _ in generator.whole(100...110) }
    var inputs = InputBuffer(time: lengths.max() ?? 0, batch: count, input: inputSize)
    var labels: [Int32] = []
    for index in 0..<count {
      let chosen = places.map { generator.whole($0) }
      var label = 0
      for step in 0..<lengths[index] {
        if step == 0 {
          inputs[step, index, 0] = 1
        } else if step == lengths[index] - 1 {
          inputs[step, index, 1] = 1
        } else if chosen.contains(step) {
          let symbol = generator.whole(0...1)
          label = 2 * label + symbol
          inputs[step, index, 6 + symbol] = 1
        } else {
          inputs[step, index, generator.whole(2...5)] = 1
        }
      }
      labels.append(Int32(label))
    }
    return LagBatch(inputs: inputs.tensor, lengths: lengths, targets: .label(labels))
  }
}
