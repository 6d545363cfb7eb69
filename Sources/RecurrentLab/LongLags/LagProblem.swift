import RecurrentLayers
import RecurrentTensors

/// One of the problems of Hochreiter and Schmidhuber 1997.
protocol LagProblem: Sendable {
  /// Its number in the paper: "2b".
  var number: String { get }
  /// The problem in a few words.
  var title: String { get }
  /// When it counts as solved, as the paper has it.
  var criterion: Criterion { get }
  /// The criterion in words.
  var criterionWords: String { get }
  /// The mean number of sequences that the paper's LSTM needed.
  var paperMean: Int { get }
  /// The paper's network.
  var paperNetwork: PaperNetwork { get }
  /// Whether inputs reach the outputs without passing the recurrent layer too.
  var isDirect: Bool { get }
  /// About how many steps lie between what must be kept and where it is needed.
  var lag: Int { get }
  /// The numbers of each input and output.
  var inputSize: Int { get }
  var outputSize: Int { get }
  /// The rate that Adam is run with here.
  var rate: Double { get }
  /// The number of sequences in each update.
  var batch: Int { get }

  /// Sequences to learn from.
  func sequences(_ count: Int, using generator: inout RandomGenerator) -> LagBatch

  /// Whether a network meets a criterion on sequences that are held out.
  func isSolved(by network: LagNetwork, using generator: inout RandomGenerator) -> Bool
}

extension LagProblem {
  var batch: Int { 8 }
  var isDirect: Bool { false }
  func isSolved(by network: LagNetwork, using generator: inout RandomGenerator) -> Bool { false }
}

/// When a problem counts as solved.
enum Criterion: Sendable {
  /// Of the last 2,000 sequences learned from, each judged before the network learned from it, at most `wrong` had an error
  /// above `error`, and the mean error is below `mean`.
  case recent(error: Double, wrong: Int, mean: Double)
  /// The problem's own judgement of held-out sequences, after every `every` training sequences.
  case heldOut(every: Int)
}

/// The paper's network for a problem.
struct PaperNetwork: Sendable {
  var blocks: Int
  var blockSize: Int
  var range = 0.1
  var inputGateBiases: [Double] = []
  var outputGateBiases: [Double] = []
  var hasOutputGates = true
}

/// Some sequences of a problem.
struct LagBatch: Sendable {
  /// The targets.
  enum Targets: Sendable {
    /// A number after the last step: `[batch]`.
    case number([Float])
    /// A class after the last step: `[batch]`.
    case label([Int32])
    /// A class after every step, `[time, batch]`; -1 where nothing is asked.
    case labels(IndexTensor)
  }

  /// `[time, batch, input]`.
  let inputs: Tensor<Float>
  /// Of each sequence; nil: all are as long as the batch.
  let lengths: [Int]?
  let targets: Targets
}

/// Inputs that are put together number by number.
struct InputBuffer {
  private var values: [Float]
  private let shape: Shape

  /// Zeros `[time, batch, input]`.
  init(time: Int, batch: Int, input: Int) {
    shape = [time, batch, input]
    values = Array(repeating: 0, count: time * batch * input)
  }

  subscript(time: Int, sequence: Int, input: Int) -> Float {
    get { values[(time * shape[1] + sequence) * shape[2] + input] }
    set { values[(time * shape[1] + sequence) * shape[2] + input] = newValue }
  }

  var tensor: Tensor<Float> { Tensor(shape: shape, scalars: values) }
}

extension RandomGenerator {
  /// A whole number of a range.
  mutating func whole(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(uniform() * Double(range.count)) }
}
