import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// How well a shape repeats three symbols after a delay.
struct CopyResult: Sendable {
  let shape: NetworkShape
  let delay: Int
  /// The share of symbols that it repeats rightly after learning; chance is 1/8.
  let accuracy: Double

  /// Eight symbols, a blank, a sign to begin.
  private static let symbols = 10
  private static let count = 3

  init(
    _ shape: NetworkShape, delay: Int, _ parameters: MemoryParameters, seed: UInt64, reporting share: Bench.Share
  ) throws {
    self.shape = shape
    self.delay = delay
    let root = RandomGenerator(seed: seed).split("copy \(delay)")
    var weights = root.split("weights \(shape.kind.rawValue)")
    var sequences = root.split("sequences")
    var network = SymbolNetwork(shape, symbols: Self.symbols, using: &weights)
    var optimizer = Adam(for: network)
    for update in 0..<parameters.copying {
      let (inputs, targets) = Self.batch(32, delay, using: &sequences)
      var (_, gradient) = valueAndGradient(at: network) { network in
        crossEntropy(
          logits: network.output(network.rnn(network.embedding(inputs)).outputs), targets: targets, ignoring: -1)
      }
      let clipped = GradientClipping.norm(1).factor(for: &gradient)
      optimizer.update(&network, along: gradient, scale: clipped.scale, rate: 0.003)
      if update % 20 == 0 {
        try share.report(Double(update) / Double(parameters.copying), "\(shape.kind.rawValue), copying after \(delay) steps")
      }
    }
    var tests = root.split("tests")
    let (inputs, targets) = Self.batch(500, delay, using: &tests)
    let answers = network.output(network.rnn(network.embedding(inputs)).outputs).indexOfMaximum(alongAxis: 2).scalars
    let asked = zip(answers, targets.scalars).filter { $1 >= 0 }
    accuracy = Double(asked.count { $0 == $1 }) / Double(asked.count)
    try share.report(1, "\(shape.kind.rawValue), copying after \(delay) steps: \(accuracy.share) right")
  }

  /// Three symbols, blanks, then three times the sign at which to repeat them.
  private static func batch(_ sequences: Int, _ delay: Int, using generator: inout RandomGenerator) -> (IndexTensor, IndexTensor) {
    let time = 2 * count + delay
    var inputs = [Int32](repeating: 8, count: time * sequences)
    var targets = [Int32](repeating: -1, count: time * sequences)
    for sequence in 0..<sequences {
      for index in 0..<count {
        let symbol = Int32(generator.whole(0...7))
        inputs[index * sequences + sequence] = symbol
        inputs[(count + delay + index) * sequences + sequence] = 9
        targets[(count + delay + index) * sequences + sequence] = symbol
      }
    }
    let shape: Shape = [time, sequences]
    return (IndexTensor(shape: shape, scalars: inputs), IndexTensor(shape: shape, scalars: targets))
  }
}
