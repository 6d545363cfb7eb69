import Dispatch
import RecurrentTensors
public import RecurrentTraining
import Synchronization

/// What an experiment runs with: a seed, a listener for its progress, a way to be stopped, and worker threads for its
/// independent parts.
public final class Bench: Sendable {
  /// The progress of a run.
  public struct Progress: Sendable, Equatable {
    /// The share of the run that is done, from 0 to 1.
    public var fraction: Double
    /// The part that was done last, for display.
    public var words: String
  }

  /// The seed of all random numbers of the run.
  public let seed: UInt64

  private let workers: Int
  private let interruption: Interruption?
  private let listener: @Sendable (Progress) -> Void
  private let turn = Mutex(())

  /// A bench with the given seed and workers.
  ///
  /// - Parameters:
  ///   - workers: The largest number of independent parts that run at the same time; nil: `Threads.count`.
  ///   - onProgress: Called at each advance, on the thread that made it; never by two threads at the same time.
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

  /// Reports the progress of the run to the listener.
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

  /// The results of `body` for all jobs, in the order of the jobs. Several run at the same time, one for each worker. A result must
  /// depend on its job alone, so that the number of workers does not matter.
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
