import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// One network learning one problem until it is solved or the sequences are used up.
struct LagRun: Sendable {
  let problem: any LagProblem
  let kind: NetworkKind
  let seed: UInt64
  /// The number of weights.
  let weights: Int
  /// Sequences learned from when the criterion was met; nil: it was not.
  let solvedAfter: Int?
  /// Sequences after which it was stopped.
  let limit: Int
  /// The mean error of the sequences since the last point, by sequences learned from.
  let curve: [(sequences: Int, error: Double)]
  /// Adam's rate, and the sequences of an update.
  let rate: Double
  let batch: Int

  /// Trains the network until the problem is solved or the limit is reached.
  ///
  /// - Throws: ``LabInterruption``.
  init(
    _ problem: any LagProblem, _ kind: NetworkKind, seed: UInt64, limit: Int, _ parameters: LongLagParameters,
    reporting share: Bench.Share
  ) throws {
    self.problem = problem
    self.kind = kind
    self.seed = seed
    self.limit = limit
    let (rate, batchSize) = (parameters.rate ?? problem.rate, parameters.batch ?? problem.batch)
    self.rate = rate
    batch = batchSize
    let root = RandomGenerator(seed: seed).split("long-lags \(problem.number)")
    // Weights differ from kind to kind, sequences do not.
    var weights = root.split("weights \(kind.rawValue)")
    var sequences = root.split("sequences")
    let heldOut = root.split("held out")
    var network = LagNetwork(kind, for: problem, units: parameters.units, using: &weights)
    self.weights = network.parameterCount
    var optimizer = Adam(for: network)
    var judge = Judge(problem.criterion)
    var curve: [(sequences: Int, error: Double)] = []
    var (sum, count, seen) = (0.0, 0, 0)
    var solved: Int?
    let words = "\(problem.number) \(problem.title), \(kind.rawValue)"
    while seen < limit, solved == nil {
      let batch = problem.sequences(batchSize, using: &sequences)
      var (loss, gradient, errors) = valueAndGradient(at: network) { $0.loss(batch) }
      solved = judge.solved(adding: errors)
      guard loss.scalar.isFinite else { break }
      seen += errors.count
      sum += errors.reduce(0, +)
      count += errors.count
      let clipped = GradientClipping.norm(1).factor(for: &gradient)
      optimizer.update(&network, along: gradient, scale: clipped.scale, rate: rate)
      if case .heldOut(let every) = problem.criterion, seen / every > (seen - errors.count) / every {
        var generator = heldOut
        if problem.isSolved(by: network, using: &generator) { solved = seen }
      }
      if count >= max(200, limit / 100) {
        curve.append((seen, sum / Double(count)))
        try share.report(Double(seen) / Double(limit), "\(words): \(seen) sequences, error \((sum / Double(count)).plain)")
        (sum, count) = (0, 0)
      }
    }
    if count > 0 { curve.append((seen, sum / Double(count))) }
    solvedAfter = solved.flatMap { $0 <= limit ? $0 : nil }
    self.curve = curve
    let end = solvedAfter.map { "solved after \($0)" } ?? "not solved"
    try share.report(1, "\(words): \(end)")
  }

  /// The judge of the last 2,000 sequences.
  private struct Judge {
    private static let window = 2000
    private let limits: (error: Double, wrong: Int, mean: Double)?
    private var recent: [Double] = []
    private var next = 0
    private var seen = 0
    private var wrong = 0

    init(_ criterion: Criterion) {
      if case .recent(let error, let wrong, let mean) = criterion { limits = (error, wrong, mean) } else { limits = nil }
    }

    /// Takes the errors of the next sequences.
    ///
    /// - Returns: after how many sequences the criterion was met, where one of these meets it.
    mutating func solved(adding errors: [Double]) -> Int? {
      guard let limits else { return nil }
      for error in errors {
        seen += 1
        // What is no number is wrong.
        let isWrong = !(error <= limits.error)
        if recent.count < Self.window {
          recent.append(error)
        } else {
          if !(recent[next] <= limits.error) { wrong -= 1 }
          recent[next] = error
          next = (next + 1) % Self.window
        }
        if isWrong { wrong += 1 }
        if recent.count == Self.window, wrong <= limits.wrong, recent.reduce(0, +) / Double(Self.window) < limits.mean {
          return seen
        }
      }
      return nil
    }
  }
}
