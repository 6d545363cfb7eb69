import Synchronization

/// The memory of all tensors, which is kept when they go for those that come: a training loop allocates in its first step only.
public enum MemoryPool {
  private static let store = Mutex(BlockStore())

  /// The bytes that living tensors occupy, as handed out by the pool.
  public static var bytesInUse: Int { store.withLock { $0.bytesInUse } }

  /// The most bytes that living tensors have occupied at once since the start or the last `resetPeak()`.
  public static var peakBytesInUse: Int { store.withLock { $0.peakBytesInUse } }

  /// Starts a new measurement of `peakBytesInUse`.
  public static func resetPeak() { store.withLock { $0.peakBytesInUse = $0.bytesInUse } }

  /// Gives the blocks that no tensor uses back to the system.
  public static func trim() { store.withLock { $0.trim(to: 0) } }

  static func take(bytes: Int) -> BlockStore.Block { store.withLock { $0.take(bytes: bytes) } }

  static func give(_ block: BlockStore.Block) { store.withLock { $0.give(block) } }
}
