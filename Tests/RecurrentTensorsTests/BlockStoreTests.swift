import Testing

@testable import RecurrentTensors

/// The store from which tensors have their memory.
@Suite struct BlockStoreTests {
  @Test func classesHoldWhatIsAskedForAndWasteLittle() {
    for bytes in [1, 64, 65, 80, 81, 1000, 4097, 1 << 20, (1 << 20) + 1, 123_456_789] {
      let size = BlockStore.size(ofClass: BlockStore.sizeClass(for: bytes))
      #expect(size >= bytes && size <= max(64, bytes + bytes / 4 + 16), "\(bytes) bytes have \(size)")
    }
  }

  /// The second round of a loop finds all that the first one left.
  @Test func aLoopAllocatesOnce() {
    var store = BlockStore()
    func round() -> Set<UnsafeMutableRawPointer> {
      let blocks = [100_000, 7000, 100_000, 300].map { store.take(bytes: $0) }
      for block in blocks { store.give(block) }
      return Set(blocks.map(\.pointer))
    }
    let first = round()
    #expect(first.count == 4 && round() == first && round() == first)
    #expect(store.bytesInUse == 0 && store.bytesKept > 207_300)
    store.trim(to: 0)
    #expect(store.bytesKept == 0)
  }

  /// As does a loop with more in use than may always be kept, some of whose blocks serve for smaller ones in turn.
  @Test func aLoopOfManySizesAllocatesOnce() {
    var store = BlockStore()
    func round() -> Set<UnsafeMutableRawPointer> {
      var seen: Set<UnsafeMutableRawPointer> = []
      var blocks: [BlockStore.Block] = []
      for size in [100, 25, 10, 40, 10, 40] {
        blocks.append(store.take(bytes: size << 20))
        seen.insert(blocks.last!.pointer)
        if blocks.count == 4 { store.give(blocks.removeFirst()) }
      }
      for block in blocks { store.give(block) }
      return seen
    }
    _ = round()
    let second = round()
    #expect(round() == second && round() == second)
    store.trim(to: 0)
  }

  @Test func aBlockServesForHalfAsMuchAndNotForLess() {
    var store = BlockStore()
    let large = store.take(bytes: 1 << 20)
    store.give(large)
    let tiny = store.take(bytes: 1 << 18)
    #expect(tiny.pointer != large.pointer)
    let half = store.take(bytes: 1 << 19)
    #expect(half.pointer == large.pointer)
    #expect(store.bytesInUse == 1 << 18 + 1 << 19, "what was asked for counts")
    store.give(half)
    store.give(tiny)
    #expect(store.bytesKept == 1 << 20 + 1 << 18)
    store.trim(to: 0)
  }

  /// Steps of ever other lengths: what is kept for lengths that do not come again is given back.
  @Test func littleIsKeptForSizesThatDoNotComeAgain() {
    var store = BlockStore()
    var most = 0
    for length in 1...60 {
      let blocks = (0..<10).map { _ in store.take(bytes: length << 19) }
      for block in blocks { store.give(block) }
      most = max(most, store.bytesKept)
    }
    // In use at once were at most ten blocks of 60 << 19 bytes; a class holds up to a quarter more.
    #expect(store.peakBytesInUse <= 10 * 60 << 19 * 5 / 4)
    #expect(most <= store.peakBytesInUse * 3 / 2 + BlockStore.leastKept)
    #expect(most >= store.peakBytesInUse / 2)
    store.trim(to: 0)
  }
}
