#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import Foundation
import RecurrentDrawing
import RecurrentLayers
import RecurrentTasks
import RecurrentTensors
public import RecurrentTraining

/// The parameters of `recurrent lab flow`.
public struct FlowParameters: Configuration {
  @Setting("What the LSTM reads, of two to sixty letters; case is lost, and signs are read as a full stop.")
  public var text = "what is the matter"
  @Setting(2...64, "Units of the LSTM; each is a column of the pictures.") public var units = 16
  @Setting(0...100_000, "Steps of its training on the Shakespeare inside the command; 0 leaves it untrained.") public var updates = 1500

  public init() {}

  public func validate() throws {
    guard (2...60).contains(text.count) else {
      throw ConfigurationError(key: "text", "has \(text.count) letters; it must have from 2 to 60")
    }
  }
}

/// One LSTM, step by step: what it forgets, what it writes, what it shows; and its derivatives, three ways.
public enum FlowExperiment: Experiment {
  public static let name = "flow"
  public static let summary = "One LSTM, letter by letter: what it forgets, writes and shows, and its derivatives by hand"

  public static let introduction = [
    """
    An LSTM keeps a memory of numbers, the cell. At each step three gates with values between 0 and 1 decide what happens to it: \
    the forget gate, how much of each number stays; the input gate, how much of a candidate is written; the output gate, how \
    much is shown to the rest of the network. Here a small one, trained to guess the next letter, reads a few words, and every \
    number in it is drawn.
    """,
    """
    Below, its derivatives are computed in three ways: by hand, as equations written out in loops; by the tape, through the \
    same kernels that train every model here; and by finite differences. They must agree.
    """,
  ]

  public static let equations = """
    i = σ( W_xi x + W_hi h⁻ + b_i )        f = σ( W_xf x + W_hf h⁻ + b_f )
    g = tanh( W_xg x + W_hg h⁻ + b_g )     o = σ( W_xo x + W_ho h⁻ + b_o )
    c = f ⊙ c⁻ + i ⊙ g                     h = o ⊙ tanh c

    dz = softmax − target                  dh ← dh + W_hzᵀ dz
    do = tanh c ⊙ dh                       dc ← dc + (1 − tanh² c) ⊙ o ⊙ dh
    df = c⁻ ⊙ dc      di = g ⊙ dc          dg = i ⊙ dc            dc⁻ = f ⊙ dc
    """

  public static let sources = [
    "Hochreiter and Schmidhuber 1997, Long short-term memory; Gers, Schmidhuber and Cummins 2000 for the forget gate.",
    "Chen 2016, A gentle tutorial of recurrent neural network with error backpropagation: the derivatives, in its order.",
  ]

  public static func run(_ parameters: FlowParameters, on bench: Bench) throws -> Findings {
    let network = try trained(parameters, bench)
    let letters = FlowNetwork.indices(parameters.text)
    let check = try DerivativeCheck(of: network, on: letters, bench, in: 0.7...1)
    let flow = Flow(of: network, over: letters)
    return FlowFindings(parameters: parameters, flow: flow, check: check).findings
  }

  private static func trained(_ parameters: FlowParameters, _ bench: Bench) throws -> FlowNetwork {
    var generator = bench.generator("initialization")
    var network = FlowNetwork(units: parameters.units, using: &generator)
    guard parameters.updates > 0, let data = EmbeddedFiles.text(named: "tinyshakespeare") else { return network }
    let text = FlowNetwork.indices(String(decoding: data.prefix(300_000), as: UTF8.self))
    var optimizer = Adam(for: network)
    var places = bench.generator("places")
    for update in 0..<parameters.updates {
      let letters = (0..<16).map { _ -> [Int32] in
        let start = Int(places.next() % UInt64(text.count - 42))
        return Array(text[start..<start + 41])
      }
      var (loss, gradient) = valueAndGradient(at: network) { $0.loss(letters) }
      let clipped = GradientClipping.norm(1).factor(for: &gradient)
      let rate = 0.01 * (1 - 0.9 * Double(update) / Double(parameters.updates))
      optimizer.update(&network, along: gradient, scale: clipped.scale, rate: rate)
      if update % 20 == 0 {
        try bench.report(0.7 * Double(update) / Double(parameters.updates), "training: \(loss.scalar.fixed(2)) nats a letter")
      }
    }
    return network
  }
}

/// What happens in the cells over one text.
struct Flow: Sendable {
  /// What happens at one step, unit by unit.
  struct Step: Sendable {
    let letter: Character
    let next: Character
    /// The probability that it gave the letter that comes next, and the letter that it found most likely.
    let probability: Double
    let guess: Character
    /// The quantities by name, in the order in which they are drawn.
    let quantities: [(name: String, values: [Double])]

    func values(_ name: String) -> [Double] { quantities.first { $0.name == name }?.values ?? [] }
  }

  let steps: [Step]

  init(of network: FlowNetwork, over letters: [Int32]) {
    let read = Array(letters.dropLast())
    let recording = network.rnn.record(FlowNetwork.inputs([read]))
    let probabilities = network.output(recording.outputs).softmax()
    let cells = recording.cells[0]
    var before = [Double](repeating: 0, count: network.rnn.hiddenSize)
    var steps: [Step] = []
    for t in read.indices {
      func values(_ quantity: CellQuantity) -> [Double] { cells[quantity]?.index(t).scalars ?? [] }
      let (input, forget, candidate) = (values(.input), values(.forget), values(.candidate))
      let cell = values(.cell)
      let scores = probabilities.index(t).scalars
      let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
      steps.append(
        Step(
          letter: FlowNetwork.alphabet[Int(letters[t])], next: FlowNetwork.alphabet[Int(letters[t + 1])],
          probability: scores[Int(letters[t + 1])], guess: FlowNetwork.alphabet[best],
          quantities: [
            ("forget gate f", forget), ("input gate i", input), ("candidate g", candidate),
            ("output gate o", values(.output)), ("kept f·c⁻", zip(forget, before).map(*)),
            ("written i·g", zip(input, candidate).map(*)), ("cell c", cell),
            ("shown h", values(.hidden)),
          ]))
      before = cell
    }
    self.steps = steps
  }
}
