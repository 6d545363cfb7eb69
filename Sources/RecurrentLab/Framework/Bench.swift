import Dispatch
import RecurrentTensors
public import RecurrentTraining
import Synchronization

/// Where an experiment is run: its seed, how it tells of its progress and is asked to stop, and the hands that do
/// independent parts of it at the same time.
public final class Bench: Sendable {
  /// How far a run has come.
  public struct Progress: Sendable, Equatable {
    /// From 0 to 1.
    public var fraction: Double
    /// What was done last.
    public var words: String
  }

  /// What all random numbers come from.
  public let seed: UInt64

  private let workers: Int
  private let interruption: Interruption?
  private let listener: @Sendable (Progress) -> Void
  private let turn = Mutex(())

  /// A bench.
  ///
  /// - Parameters:
  ///   - workers: How many independent parts are done at the same time, at most; nil: as many as there are threads.
  ///   - onProgress: Told of each advance, from whichever thread makes it, one at a time.
  public init(
    seed: UInt64 = 1, workers: Int? = nil, interruption: Interruption? = nil,
    onProgress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) {
    self.seed = seed
    self.workers = max(1, workers ?? Threads.count)
    self.interruption = interruption
    listener = onProgress
  }

  /// The generator of the given stream.
  func generator(_ stream: String) -> RandomGenerator { RandomGenerator(seed: seed).split(stream) }

  /// Tells how far the run has come.
  ///
  /// - Throws: ``LabInterruption`` when it is to stop.
  func report(_ fraction: Double, _ words: String) throws {
    try check()
    turn.withLock { _ in listener(Progress(fraction: min(1, max(0, fraction)), words: words)) }
  }

  /// - Throws: ``LabInterruption`` when the run is to stop.
  func check() throws {
    if interruption?.isRequested == true { throw LabInterruption() }
  }

  /// What `body` makes of each job, in the order of the jobs. As many are done at the same time as there are workers;
  /// each must depend on nothing but the job, so that their number does not matter.
  ///
  /// - Parameter range: The part of the whole run that these jobs are.
  /// - Throws: the error of the first job, in order, that failed; ``LabInterruption`` when the run is to stop.
  func map<Job: Sendable, Output: Sendable>(
    _ jobs: [Job], in range: ClosedRange<Double> = 0...1, _ body: @Sendable (Job, Share) throws -> Output
  ) throws -> [Output] {
    let board = Board(count: jobs.count)
    let next = Atomic<Int>(0)
    let results = Mutex([Result<Output, any Error>?](repeating: nil, count: jobs.count))
    let workers = min(workers, jobs.count)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < jobs.count else { return }
        let share = Share(bench: self, board: board, index: index, range: range)
        let result = Result { () throws -> Output in
          try check()
          return try body(jobs[index], share)
        }
        results.withLock { $0[index] = result }
        // A mistake ends the others at their next report.
        if case .failure = result { board.fail() }
      }
    }
    let all = results.withLock { $0 }.compactMap(\.self)
    // Those that only stopped because another failed are not the cause.
    let failures = all.compactMap { result -> (any Error)? in if case .failure(let error) = result { error } else { nil } }
    if let cause = failures.first(where: { !($0 is LabInterruption) }) ?? failures.first { throw cause }
    return try all.map { try $0.get() }
  }

  /// How far each of several jobs has come.
  fileprivate final class Board: Sendable {
    private let fractions: Mutex<[Double]>
    private let failed = Atomic<Bool>(false)

    init(count: Int) { fractions = Mutex(Array(repeating: 0, count: max(1, count))) }

    var hasFailed: Bool { failed.load(ordering: .relaxed) }

    func fail() { failed.store(true, ordering: .relaxed) }

    func set(_ fraction: Double, of index: Int) -> Double {
      fractions.withLock { fractions in
        fractions[index] = min(1, max(fractions[index], fraction))
        return fractions.reduce(0, +) / Double(fractions.count)
      }
    }
  }

  /// One of several jobs, to tell of its progress.
  struct Share: Sendable {
    fileprivate let bench: Bench
    fileprivate let board: Board
    fileprivate let index: Int
    fileprivate let range: ClosedRange<Double>

    /// Tells how far this job has come, from 0 to 1.
    ///
    /// - Throws: ``LabInterruption`` when it is to stop.
    func report(_ fraction: Double, _ words: String) throws {
      if board.hasFailed { throw LabInterruption() }
      let whole = board.set(fraction, of: index)
      try bench.report(range.lowerBound + (range.upperBound - range.lowerBound) * whole, words)
    }
  }
}
