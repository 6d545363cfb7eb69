import Dispatch
import Foundation
import Synchronization

/// Makes the batches of a run in order on a thread of its own, a few ahead of their use.
///
/// An error that making a batch throws is thrown where that batch is asked for.
final class BatchPrefetcher<Batch: Sendable>: Sendable {
  private struct State {
    var ready: [Result<Batch, any Error>] = []
    var isStopped = false
  }

  private let state = Mutex(State())
  /// Counts batches that are ready, and places for further ones.
  private let (filled, free) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))

  /// Begins to make the batches `numbers`, `depth` ahead at most.
  init(_ numbers: Range<Int>, depth: Int, make: @escaping @Sendable (Int) throws -> Batch) {
    for _ in 0..<depth { free.signal() }
    let thread = Thread { [self] in
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
  func next() throws -> Batch {
    filled.wait()
    let result = state.withLock { $0.ready.removeFirst() }
    free.signal()
    return try result.get()
  }

  /// Ends the thread after the batch that it is making.
  func stop() {
    state.withLock { $0.isStopped = true }
    free.signal()
  }
}
