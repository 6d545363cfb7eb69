import RecurrentDrawing
import RecurrentTasks
import RecurrentTensors
public import RecurrentTraining

/// The parameters of `recurrent lab long-lags`.
public struct LongLagParameters: Configuration {
  /// Which experiments.
  enum Choice: String, CaseIterable, Codable, Sendable {
    case usual, all
    case one = "1"
    case twoA = "2a"
    case twoB = "2b"
    case twoC = "2c"
    case threeA = "3a"
    case threeB = "3b"
    case threeC = "3c"
    case four = "4"
    case five = "5"
    case sixA = "6a"
    case sixB = "6b"
  }

  /// Which networks.
  enum Networks: String, CaseIterable, Codable, Sendable {
    case all, lstm
  }

  @Setting("The paper’s experiments by number; usual is 1, 2a, 2b, 3a, 4, 5 and 6a, all adds 2c, 3b, 3c and 6b.")
  var experiment = Choice.usual
  @Setting("All four networks, or the LSTM alone.") var networks = Networks.all
  @Setting(2...512, "Units of the LSTM, the GRU and the tanh network; the LSTM of 1997 has the paper’s size.") public var units = 24
  @Setting(1...1000, "Runs of each network on each problem, with seeds that follow each other.") public var runs = 3
  @Setting(1e-6...10, "Adam’s rate, in place of the one that each problem has here.") public var rate: Double?
  @Setting(1...1024, "Sequences an update, in place of the number that each problem has here.") public var batch: Int?
  @Setting(0.001...1000, "The most sequences that a run may take, in means of the paper.") public var patience = 1.0
  @Setting(1...1_000_000_000, "The most sequences that a run of another network than the LSTM may take.") public var others = 40_000

  public init() {}
}

/// The long time lags that the LSTM was invented for.
public enum LongLagExperiment: Experiment {
  public static let name = "long-lags"
  public static let summary = "The six experiments of 1997 for which the LSTM was invented, then and now"

  public static let introduction = [
    """
    Hochreiter and Schmidhuber showed in 1997 that a network can bridge a hundred steps and more, on six kinds of problems that no \
    recurrent network before could learn. Here are their problems, with their lengths and their criteria of success, and four \
    networks: the LSTM of 1997, without a forget gate and with the paper’s cells; and the LSTM, the GRU and the tanh network of today.
    """,
    """
    What counts is the number of sequences that a network sees before it meets the criterion. The paper’s LSTM learned online with \
    plain gradient descent and a truncated gradient. All networks here learn with Adam, from a few sequences an update, with the \
    exact gradient, clipped to the norm 1; classes are answered by a softmax. The gates of LSTM and GRU begin with biases at which \
    units keep what they hold for times between 1 and the lag. So this compares 1997 with today, not one trick with another.
    """,
  ]

  public static let equations = """
    1997:   c(t) = c(t−1) + i g         y = o (2σ(c) − 1)
            g between −2 and 2; cells of a block share i and o
    today:  c(t) = f c(t−1) + i g       h = o tanh c
    """

  public static let sources = [
    "Hochreiter and Schmidhuber 1997, Long short-term memory: problems, criteria, sizes, and the means of its tables.",
    "Gers, Schmidhuber and Cummins 2000, Learning to forget, for the forget gate.",
    "Tallec and Ollivier 2018, Can recurrent neural networks warp time?, for the bias of the gates.",
  ]

  public static var fullParameters: LongLagParameters? {
    var parameters = LongLagParameters()
    parameters.experiment = .all
    parameters.runs = 10
    parameters.patience = 2
    parameters.others = 600_000
    return parameters
  }

  public static func run(_ parameters: LongLagParameters, on bench: Bench) throws -> Findings {
    struct Job: Sendable {
      let problem: any LagProblem
      let kind: NetworkKind
      let seed: UInt64
      let limit: Int
    }
    var jobs: [Job] = []
    for problem in problems(parameters, bench) {
      for kind in parameters.networks == .all ? NetworkKind.allCases : [.lstm] {
        let most = Int((Double(problem.paperMean) * parameters.patience).rounded())
        for run in 0..<parameters.runs {
          jobs.append(
            Job(
              problem: problem, kind: kind, seed: bench.seed &+ UInt64(run),
              limit: kind == .lstm ? most : min(most, parameters.others)))
        }
      }
    }
    // The long ones first, so that no thread is left with one at the end; the results stand in their own order.
    let order = jobs.indices.sorted { (jobs[$0].limit * jobs[$0].problem.lag, $1) > (jobs[$1].limit * jobs[$1].problem.lag, $0) }
    let done = try bench.map(order.map { jobs[$0] }) { job, share in
      try LagRun(
        job.problem, job.kind, seed: job.seed, limit: job.limit, parameters, reporting: share)
    }
    let runs = zip(order, done).sorted { $0.0 < $1.0 }.map(\.1)
    return LongLagFindings(runs: runs).findings
  }

  /// The problems asked for. The strings of the Reber grammar are those of the bench's seed.
  static func problems(_ parameters: LongLagParameters, _ bench: Bench) -> [any LagProblem] {
    var generator = bench.generator("reber")
    let all: [any LagProblem] = [
      ReberProblem(using: &generator), LongLagProblem(.noiseFree), LongLagProblem(.distractors), LongLagProblem(.farther),
      TwoSequenceProblem(variant: .rest), TwoSequenceProblem(variant: .all), TwoSequenceProblem(variant: .target),
      MarkedPairProblem(variant: .sum), MarkedPairProblem(variant: .product), TemporalOrderProblem(symbolCount: 2),
      TemporalOrderProblem(symbolCount: 3),
    ]
    switch parameters.experiment {
    case .all: return all
    case .usual: return all.filter { ["1", "2a", "2b", "3a", "4", "5", "6a"].contains($0.number) }
    default: return all.filter { $0.number == parameters.experiment.rawValue }
    }
  }
}
