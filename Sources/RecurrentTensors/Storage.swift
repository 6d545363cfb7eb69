/// A block of memory that holds a tensor's elements, or what an operation keeps for its gradient, taken from the pool and given back when
/// the last owner lets go.
///
/// `@unchecked Sendable`: a block is written only by the tensor that owns it alone (copy-on-write), or before it is
/// shared.
final class Storage<Scalar: BitwiseCopyable>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Scalar>
  let count: Int
  private let block: BlockStore.Block

  /// Memory for `count` elements with undefined content.
  init(uninitialized count: Int) {
    self.count = count
    block = MemoryPool.take(bytes: count * MemoryLayout<Scalar>.stride)
    base = block.pointer.assumingMemoryBound(to: Scalar.self)
  }

  deinit { MemoryPool.give(block) }
}
