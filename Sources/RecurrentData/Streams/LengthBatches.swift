public import RecurrentTensors
import Synchronization

/// Sequences of unequal lengths in batches of similar length, in an order that changes from epoch to epoch and depends on
/// nothing but a seed and the epoch.
///
/// An epoch's order is drawn first; within each run of `batchSize * pooled` sequences those of similar length then go into
/// one batch, so that little is padded, and last the batches change places. Every sequence is in exactly one batch.
///
///     let batches = LengthBatches(lengths: lengths, batchSize: 32, seed: 1)
///     for batch in batches.batches(epoch: 0) { ... batch is 32 indices into lengths ... }
public struct LengthBatches: Sendable {
  /// The length of each sequence.
  public let lengths: [Int]
  /// Sequences of a batch; the last has what is left.
  public let batchSize: Int
  private let pooled: Int
  private let generator: RandomGenerator
  private let latest = Latest()

  /// Batches of `batchSize` out of sequences of the given lengths.
  ///
  /// - Parameter pooled: How many batches' worth of sequences are sorted together: more pads less, fewer mixes better.
  public init(lengths: [Int], batchSize: Int, pooled: Int = 50, seed: UInt64) {
    check(batchSize >= 1 && pooled >= 1, "LengthBatches: batches of \(batchSize), \(pooled) sorted together")
    self.lengths = lengths
    self.batchSize = batchSize
    self.pooled = pooled
    generator = RandomGenerator(seed: seed).split("shuffling")
  }

  /// Batches in an epoch.
  public var count: Int { (lengths.count + batchSize - 1) / batchSize }

  /// Batch number `step` of an epoch; the batches of the epoch that was asked for last are remembered.
  public func batch(at step: Int, epoch: Int) -> [Int] {
    latest.value.withLock { latest in
      if let latest, latest.epoch == epoch { return latest.batches[step] }
      let batches = batches(epoch: epoch)
      latest = (epoch, batches)
      return batches[step]
    }
  }

  /// The batches of an epoch as indices of sequences, in time proportional to `n log n`.
  public func batches(epoch: Int) -> [[Int]] {
    var generator = generator.split(epoch)
    let order = Splits.permutation(lengths.count, using: &generator)
    var batches: [[Int]] = []
    batches.reserveCapacity(count)
    let poolSize = batchSize * pooled
    for start in stride(from: 0, to: order.count, by: poolSize) {
      let pool = order[start..<min(start + poolSize, order.count)]
        // The index decides between equal lengths: sorting is not promised to be stable.
        .sorted { lengths[$0] != lengths[$1] ? lengths[$0] < lengths[$1] : $0 < $1 }
      for batch in stride(from: 0, to: pool.count, by: batchSize) {
        batches.append(Array(pool[batch..<min(batch + batchSize, pool.count)]))
      }
    }
    return Splits.permutation(batches.count, using: &generator).map { batches[$0] }
  }

  /// All sequences in batches of similar length, for measuring: the shortest first.
  public static func sorted(lengths: [Int], batchSize: Int) -> [[Int]] {
    let order = lengths.indices.sorted { lengths[$0] != lengths[$1] ? lengths[$0] < lengths[$1] : $0 < $1 }
    return stride(from: 0, to: order.count, by: batchSize).map { Array(order[$0..<min($0 + batchSize, order.count)]) }
  }
}

/// The batches of the latest epoch, kept only to save making them again.
private final class Latest: Sendable {
  let value = Mutex<(epoch: Int, batches: [[Int]])?>(nil)
}

/// Sequences of tokens side by side, padded to the longest.
public struct TokenBatch: Sendable {
  /// `[time, batch]`; past the end of a sequence there is token 0, which losses and figures must not count.
  public let tokens: IndexTensor
  /// The length of each sequence.
  public let lengths: [Int]

  /// A batch of the given sequences.
  public init(_ sequences: [some Collection<Int32>]) {
    lengths = sequences.map(\.count)
    let time = lengths.max() ?? 0
    var scalars = [Int32](repeating: 0, count: time * sequences.count)
    for (column, sequence) in sequences.enumerated() {
      for (step, token) in sequence.enumerated() { scalars[step * sequences.count + column] = token }
    }
    tokens = IndexTensor(shape: [time, sequences.count], scalars: scalars)
  }
}
