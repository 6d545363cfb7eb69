import RecurrentDrawing
public import RecurrentTraining

/// The parameters of `recurrent lab clipping`.
public struct ClippingParameters: Configuration {
  @Setting(10...10_000, "Length of the shortest sequences.") public var shortest = 50
  @Setting(10...10_000, "Length of the longest sequences.") public var longest = 100
  @Setting(1...10_000, "From one length to the next.") public var step = 50
  @Setting(1...1000, "Runs of each kind at each length, with seeds that follow each other.") public var runs = 1
  /// Which ways to begin.
  enum Starts: String, CaseIterable, Codable, Sendable {
    case all, sigmoid
    case basicTanh = "basic-tanh"
    case smartTanh = "smart-tanh"

    /// The ways.
    var starts: [OrderStart] {
      switch self {
      case .all: OrderStart.allCases
      case .sigmoid: [.sigmoid]
      case .basicTanh: [.basicTanh]
      case .smartTanh: [.smartTanh]
      }
    }
  }

  /// Which remedies.
  enum Remedies: String, CaseIterable, Codable, Sendable {
    case all, plain, regularizer, clipping, both

    /// The remedies.
    var remedies: [OrderRemedy] {
      switch self {
      case .all: OrderRemedy.allCases
      case .plain: [.none]
      case .regularizer: [.regularizer]
      case .clipping: [.clipping]
      case .both: [.both]
      }
    }
  }

  @Setting("The ways to begin: all three, or one.") var starts = Starts.smartTanh
  @Setting("What is done: plain descent, Ω alone, clipping, both, or all of these.") var remedies = Remedies.all
  @Setting(16...512, "Hidden units.") public var units = 50
  @Setting(1...100_000_000, "The most updates of a run; the paper allows five million.") public var updates = 16_000
  @Setting(1...10_000, "Sequences an update.") public var batch = 20
  @Setting(1e-9...100, "Learning rate of plain gradient descent; the paper’s is 0.01.") public var rate = 0.03
  @Setting(1e-9...1e9, "The norm to which larger gradients are scaled.") public var clip = 1.0
  @Setting(0...1e6, "Weight of the regularizer Ω.") public var regularization = 4.0
  @Setting(
    0...1_000_000_000,
    "Updates after which the weight of Ω is half of what it was, a third after twice as many, and so on; 0: it stays.")
  public var fade = 1000

  public init() {}

  public func validate() throws {
    guard shortest <= longest else {
      throw ConfigurationError(key: "longest", "\(longest) is below the shortest length, \(shortest)")
    }
  }

  /// The lengths.
  var lengths: [Int] { Array(stride(from: shortest, through: longest, by: step)) }
}

/// Where plain gradient descent ends, and what clipping and a regularizer do for it.
public enum ClippingExperiment: Experiment {
  public static let name = "clipping"
  public static let summary = "Learning the order of two symbols: where plain gradient descent fails and clipping does not"

  public static let introduction = [
    """
    Two symbols, each A or B, stand somewhere in a long sequence of symbols that say nothing; which came first, and which then, \
    is asked at the end. A plain recurrent network must carry both answers over most of the sequence, so its gradient must \
    survive as many steps. This is the experiment of Pascanu, Mikolov and Bengio 2013, section 4.1: the same network with three \
    ways to begin, learning by gradient descent alone; with its gradient clipped; and with and without a regularizer Ω, which asks \
    the gradient to keep its length on its way back.
    """,
    """
    A run succeeds when fewer than 1 % of 10,000 new sequences are wrong. The paper ran up to five million updates at a rate of 0.01; \
    the usual form here runs some thousands at three times that rate, lets the weight of Ω fade, and takes the best of the three ways to \
    begin; `--set starts=all` tries all three, and `--full` all of it at the paper’s scale.
    """,
  ]

  public static let equations = """
    x(t) = W f( x(t−1) ) + U u(t) + b
    clipping:  if ‖g‖ > θ:  g ← θ g / ‖g‖
    Ω = Σ_k ( ‖d(k+1) ∂x(k+1)/∂x(k)‖ / ‖d(k+1)‖ − 1 )²        d(k) = ∂E/∂x(k)
    """

  public static let sources = [
    "Pascanu, Mikolov and Bengio 2013, On the difficulty of training recurrent neural networks, section 4.1, equation 9, figure 7.",
    "Hochreiter and Schmidhuber 1997 for the problem.",
  ]

  public static var fullParameters: ClippingParameters? {
    var parameters = ClippingParameters()
    (parameters.longest, parameters.runs, parameters.updates, parameters.rate) = (200, 5, 5_000_000, 0.01)
    (parameters.starts, parameters.fade) = (.all, 0)
    return parameters
  }

  public static func run(_ parameters: ClippingParameters, on bench: Bench) throws -> Findings {
    let trials = parameters.starts.starts.flatMap { start in
      parameters.remedies.remedies.flatMap { remedy in
        parameters.lengths.flatMap { length in
          (0..<parameters.runs).map {
            OrderRun.Trial(start: start, remedy: remedy, length: length, seed: bench.seed &+ UInt64($0))
          }
        }
      }
    }
    // The long ones first, so that no thread is left with one at the end.
    let order = trials.indices.sorted { (trials[$0].length, $1) > (trials[$1].length, $0) }
    let done = try bench.map(order.map { trials[$0] }) { trial, share in
      try OrderRun(trial, parameters, reporting: share)
    }
    let runs = zip(order, done).sorted { $0.0 < $1.0 }.map(\.1)
    return ClippingFindings(parameters: parameters, runs: runs).findings
  }
}
