import Dispatch
import Foundation
import Synchronization

/// Makes the batches of a run in order on a thread of its own, a few ahead of their use.
///
/// An error that making a batch throws is thrown where that batch is asked for.
final class BatchPrefetcher<Batch: Sendable>: Sendable {
  private struct State {
    var ready: [Result<Batch, any Error>] = []
    var hasBegun = false
    var isStopped = false
  }

  private let state = Mutex(State())
  /// Counts batches that are ready, and places for further ones.
  private let (filled, free) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))

  /// Begins to make the batches `numbers`, `depth` ahead at most.
  init(_ numbers: Range<Int>, depth: Int, make: @escaping @Sendable (Int) throws -> Batch) {
    for _ in 0..<depth { free.signal() }
    let thread = Thread { [self] in
      state.withLock { $0.hasBegun = true }
      for number in numbers {
        free.wait()
        if state.withLock({ $0.isStopped }) { return }
        let result = Result { try make(number) }
        state.withLock { $0.ready.append(result) }
        filled.signal()
        if case .failure = result { return }
      }
    }
    thread.name = "batches"
    thread.start()
  }

  /// The next batch; waits until it is made. Must not be called more often than there are batches.
  ///
  /// - Returns: nil where the thread has not begun after a second: nobody is told that there is no memory for one. Whoever asks then makes the
  ///   batches.
  func next() throws -> Batch? {
    while !state.withLock(\.isStopped), filled.wait(timeout: .now() + 1) == .timedOut {
      state.withLock { $0.isStopped = !$0.hasBegun }
    }
    guard let result = state.withLock({ $0.isStopped ? nil : $0.ready.removeFirst() }) else { return nil }
    free.signal()
    return try result.get()
  }

  /// Ends the thread after the batch that it is making.
  func stop() {
    state.withLock { $0.isStopped = true }
    free.signal()
  }
}
