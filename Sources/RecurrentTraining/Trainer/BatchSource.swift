public import RecurrentTensors

/// Examples in batches, each a pure function of its number.
///
/// A batch can be made on any thread, in any process, ahead of its use and more than once: ``Trainer`` makes batches on a thread of its own
/// while the steps before them are taken, and a resumed run makes only those that are still to come. Shuffling is made from a seed and the
/// epoch; a source keeps no cursor.
public protocol BatchSource<Batch>: Sendable {
  /// The examples of one step, as tensors.
  associatedtype Batch: Sendable

  /// Batches in an epoch; a run with fewer than one is refused.
  var stepsPerEpoch: Int { get }

  /// What must be the same for a run to be resumed, beside the configurations: a digest of the data, a vocabulary size. Values that are
  /// JSON objects are compared key by key.
  var identity: [String: String] { get }

  /// A batch.
  ///
  /// - Parameters:
  ///   - step: Its number in the epoch, counted from 0.
  ///   - epoch: The epoch, counted from 0.
  ///   - shard: The part of the batch that is asked for: all of it, or one process's part.
  func batch(at step: Int, epoch: Int, shard: Shard) throws -> Batch
}

/// One of several equal parts of every batch: what one process of several reads.
public struct Shard: Sendable, Equatable {
  /// The part's number, counted from 0.
  public let rank: Int
  /// The number of parts.
  public let count: Int

  /// All of a batch.
  public static var whole: Shard { Shard(rank: 0, of: 1) }

  /// Part `rank` of `count`.
  ///
  /// - Precondition: `rank` is in `0 ..< count`.
  public init(rank: Int, of count: Int) {
    check(count >= 1 && (0..<count).contains(rank), "Shard: rank \(rank) of \(count)")
    (self.rank, self.count) = (rank, count)
  }

  /// The examples of this part among `total`: contiguous, and as many as in the other parts, or one more.
  public func range(of total: Int) -> Range<Int> { total * rank / count..<total * (rank + 1) / count }

  /// The elements of this part.
  public func part<Element>(of elements: [Element]) -> [Element] {
    count == 1 ? elements : Array(elements[range(of: elements.count)])
  }
}

/// The place between gradient and clipping where processes that train together exchange what they found.
public protocol GradientExchange: Sendable {
  /// The part of each batch that this process reads.
  var shard: Shard { get }

  /// Replaces gradient and loss by their means over all processes, weighted by their units, and the units by their sum.
  ///
  /// - Parameters:
  ///   - gradient: The gradient tensors, in order of visit; those of frozen parameters have no elements.
  ///   - loss: The mean loss of this process's part.
  ///   - units: The number of units of this process's part.
  func combine(gradient: inout [Tensor<Float>], loss: inout Double, units: inout Int) throws
}
