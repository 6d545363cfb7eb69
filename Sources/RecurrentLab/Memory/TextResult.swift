import RecurrentData
import RecurrentLayers
import RecurrentTasks
import RecurrentTensors
import RecurrentTraining

/// How a shape learns the text inside the command.
struct TextResult: Sendable {
  let shape: NetworkShape
  /// The number of weights.
  let weights: Int
  /// The loss on the last tenth of the text, in nats for each character.
  let loss: Double
  /// Seconds that a pass over the first nine tenths takes on this machine.
  let secondsAnEpoch: Double
  /// The training loss by updates.
  let curve: [(updates: Int, loss: Double)]

  /// The characters of the text: bytes that occur in it.
  private static let text: (symbols: Int, tokens: [Int32]) = {
    let bytes = EmbeddedFiles.text(named: "tinyshakespeare").map(Array.init) ?? []
    let alphabet = Set(bytes).sorted()
    var numbers = [Int32](repeating: 0, count: 256)
    for (number, byte) in alphabet.enumerated() { numbers[Int(byte)] = Int32(number) }
    return (alphabet.count, bytes.map { numbers[Int($0)] })
  }()

  static var symbols: Int { text.symbols }

  private static let (batch, steps) = (32, 50)

  init(_ shape: NetworkShape, _ parameters: MemoryParameters, _ bench: Bench, in range: ClosedRange<Double>) throws {
    self.shape = shape
    var generator = bench.generator("text \(shape.kind.rawValue)")
    var network = SymbolNetwork(shape, symbols: Self.symbols, using: &generator)
    weights = network.parameterCount
    var optimizer = Adam(for: network)
    let tokens = Self.text.tokens
    let split = tokens.count * 9 / 10
    let streams = try TokenStreams(Array(tokens[..<split]), batchSize: Self.batch, steps: Self.steps)
    var state: StackedState<AnyState<Float>>?
    var curve: [(updates: Int, loss: Double)] = []
    var sum = 0.0
    let start = ContinuousClock.now
    for update in 0..<parameters.updates {
      let window = streams.window(at: update % streams.stepsPerEpoch)
      if update % streams.stepsPerEpoch == 0 { state = nil }
      let before = state
      var (loss, gradient, after) = valueAndGradient(at: network) { network in
        let (outputs, state) = network.rnn(network.embedding(window.inputs), from: before)
        return (crossEntropy(logits: network.output(outputs), targets: window.targets), state.map { $0.detached() })
      }
      state = after
      let clipped = GradientClipping.norm(1).factor(for: &gradient)
      let rate = 0.003 * (1 - 0.9 * Double(update) / Double(parameters.updates))
      optimizer.update(&network, along: gradient, scale: clipped.scale, rate: rate)
      sum += Double(loss.scalar)
      if (update + 1) % 20 == 0 {
        curve.append((update + 1, sum / 20))
        sum = 0
        let fraction = Double(update) / Double(parameters.updates)
        try bench.report(
          range.lowerBound + (range.upperBound - range.lowerBound) * fraction,
          "\(shape.kind.rawValue) on the text: \((curve.last?.loss ?? 0).fixed(2)) nats a character")
      }
    }
    let seconds = (ContinuousClock.now - start) / Duration.seconds(1)
    secondsAnEpoch = seconds * Double(streams.stepsPerEpoch) / Double(parameters.updates)
    self.curve = curve
    loss = try Self.evaluate(network, Array(tokens[split...]))
  }

  /// The mean loss over a text, in parallel streams with the state carried.
  private static func evaluate(_ network: SymbolNetwork, _ tokens: [Int32]) throws -> Double {
    let streams = try EvaluationStreams(tokens, batchSize: 20, steps: 200)
    var state: StackedState<AnyState<Float>>?
    var total = 0.0
    for step in 0..<streams.windowCount {
      let window = streams.window(at: step)
      let (outputs, after) = network.rnn(network.embedding(window.inputs), from: state)
      state = after
      let loss = crossEntropy(
        logits: network.output(outputs), targets: window.targets, ignoring: IndexTensor.ignored)
      total += Double(loss.scalar) * Double(window.predictionCount)
    }
    return total / Double(streams.predictionCount)
  }
}
