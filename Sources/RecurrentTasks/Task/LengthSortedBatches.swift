public import RecurrentData
public import RecurrentTraining

/// Examples of similar length side by side, in an order of their own in every epoch: the source of most tasks.
public struct LengthSortedBatches<Batch: Sendable>: BatchSource {
  private let batches: LengthBatches
  private let make: @Sendable (_ indices: [Int]) -> Batch
  public let identity: [String: String]

  /// Batches of examples of the given lengths.
  ///
  /// - Parameters:
  ///   - pooled: How many batches' worth of examples are sorted together; see `LengthBatches`.
  ///   - digest: What tells the data of this run from others.
  ///   - make: Puts the examples with these indices side by side.
  public init(
    lengths: [Int], batchSize: Int, pooled: Int = 50, seed: UInt64, digest: Digest, make: @escaping @Sendable (_ indices: [Int]) -> Batch
  ) {
    batches = LengthBatches(lengths: lengths, batchSize: batchSize, pooled: pooled, seed: seed)
    identity = ["data": digest.text]
    self.make = make
  }

  public var stepsPerEpoch: Int { batches.count }

  public func batch(at step: Int, epoch: Int, shard: Shard) -> Batch { make(shard.part(of: batches.batch(at: step, epoch: epoch))) }
}

extension BatchSource {
  /// How far a run of so many epochs is at a step, from 0 at its first to 1 at its last.
  func progress(at step: Int, epoch: Int, of epochs: Int) -> Double {
    min(1, Double(epoch * stepsPerEpoch + step) / Double(max(1, epochs * stepsPerEpoch - 1)))
  }
}
