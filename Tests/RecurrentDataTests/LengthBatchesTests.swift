import RecurrentData
import RecurrentTensors
import Testing

/// Batches of similar length.
@Suite struct LengthBatchesTests {
  /// Lengths from 1 to 100, in no order.
  private static let lengths: [Int] = {
    var generator = RandomGenerator(seed: 5)
    return (0..<1003).map { _ in Int.random(in: 1...100, using: &generator) }
  }()

  @Test func everySequenceIsInOneBatch() {
    let batches = LengthBatches(lengths: Self.lengths, batchSize: 16, pooled: 10, seed: 1)
    for epoch in 0..<3 {
      let epochBatches = batches.batches(epoch: epoch)
      #expect(epochBatches.count == batches.count && batches.count == 63)
      #expect(epochBatches.flatMap { $0 }.sorted() == Array(0..<1003))
      #expect(epochBatches.allSatisfy { $0.count <= 16 })
    }
  }

  /// Nothing but the seed and the epoch decides: not what was asked before.
  @Test func theOrderIsAFunctionOfSeedAndEpoch() {
    let once = LengthBatches(lengths: Self.lengths, batchSize: 16, seed: 1)
    let again = LengthBatches(lengths: Self.lengths, batchSize: 16, seed: 1)
    let third = once.batches(epoch: 3)
    #expect(once.batches(epoch: 0) != third)
    #expect((0..<once.count).map { again.batch(at: $0, epoch: 3) } == third)
    #expect(again.batch(at: 2, epoch: 0) == once.batches(epoch: 0)[2])
    #expect(again.batch(at: 5, epoch: 3) == third[5])
    #expect(LengthBatches(lengths: Self.lengths, batchSize: 16, seed: 2).batches(epoch: 3) != third)
  }

  @Test func littleIsPadded() {
    func padding(pooled: Int) -> Double {
      let batches = LengthBatches(lengths: Self.lengths, batchSize: 16, pooled: pooled, seed: 1).batches(epoch: 0)
      let padded = batches.reduce(0) { total, batch in total + batch.count * (batch.map { Self.lengths[$0] }.max() ?? 0) }
      return Double(padded) / Double(Self.lengths.reduce(0, +)) - 1
    }
    #expect(padding(pooled: 1) > 0.5)
    #expect(padding(pooled: 50) < 0.05)
    // Long and short batches take turns: the first tenth is no shorter than the last.
    let batches = LengthBatches(lengths: Self.lengths, batchSize: 16, seed: 1).batches(epoch: 0)
    let longest = batches.map { $0.map { Self.lengths[$0] }.max() ?? 0 }
    #expect(longest != longest.sorted() && longest != longest.sorted(by: >))
  }

  @Test func nothingIsNoBatch() {
    #expect(LengthBatches(lengths: [], batchSize: 4, seed: 1).batches(epoch: 0).isEmpty)
    #expect(LengthBatches.sorted(lengths: [3, 1, 2], batchSize: 2) == [[1, 2], [0]])
  }

  @Test func sequencesSideBySide() {
    let batch = TokenBatch([[1, 2, 3], [], [4]])
    #expect(batch.lengths == [3, 0, 1])
    #expect(batch.tokens == IndexTensor(shape: [3, 3], scalars: [1, 0, 4, 2, 0, 0, 3, 0, 0]))
  }
}
