import RecurrentKernels
import Synchronization

/// A block of memory that holds a tensor's elements, taken from the pool and given back when the last tensor lets go.
///
/// `@unchecked Sendable`: a block is written only by the tensor that owns it alone (copy-on-write), or before it is
/// shared.
final class Storage<Scalar: TensorScalar>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Scalar>
  let count: Int

  /// Memory for `count` elements with undefined content.
  init(uninitialized count: Int) {
    self.count = count
    base = MemoryPool.take(bytes: count * MemoryLayout<Scalar>.stride).assumingMemoryBound(to: Scalar.self)
  }

  deinit { MemoryPool.give(base, bytes: count * MemoryLayout<Scalar>.stride) }
}

/// Blocks of memory by size, kept for the next tensor of that size: a training loop allocates in its first step only.
public enum MemoryPool {
  /// Sizes grow by quarters of an octave, from 64 bytes to 2⁴⁸.
  private static let classCount = 4 * 42

  private struct State {
    var free: [[UInt]] = Array(repeating: [], count: classCount)
    var bytesInUse = 0
    var peakBytesInUse = 0
  }

  private static let state = Mutex(State())

  /// The bytes that living tensors occupy, as handed out by the pool.
  public static var bytesInUse: Int { state.withLock { $0.bytesInUse } }

  /// The most bytes that living tensors have occupied at once since the start or the last `resetPeak()`.
  public static var peakBytesInUse: Int { state.withLock { $0.peakBytesInUse } }

  /// Starts a new measurement of `peakBytesInUse`.
  public static func resetPeak() { state.withLock { $0.peakBytesInUse = $0.bytesInUse } }

  /// Gives the blocks that no tensor uses back to the system.
  public static func trim() {
    state.withLock { state in
      for index in state.free.indices {
        for address in state.free[index] {
          rk_free(UnsafeMutableRawPointer(bitPattern: address))
        }
        state.free[index].removeAll()
      }
    }
  }

  static func take(bytes: Int) -> UnsafeMutableRawPointer {
    let index = sizeClass(for: bytes)
    let size = size(ofClass: index)
    let pooled = state.withLock { state -> UInt? in
      state.bytesInUse += size
      state.peakBytesInUse = max(state.peakBytesInUse, state.bytesInUse)
      return state.free[index].popLast()
    }
    if let pooled, let pointer = UnsafeMutableRawPointer(bitPattern: pooled) { return pointer }
    return rk_allocate(size)
  }

  static func give(_ pointer: UnsafeMutableRawPointer, bytes: Int) {
    let index = sizeClass(for: bytes)
    let address = UInt(bitPattern: pointer)
    state.withLock { state in
      state.bytesInUse -= size(ofClass: index)
      state.free[index].append(address)
    }
  }

  /// The smallest class whose blocks hold `bytes`.
  static func sizeClass(for bytes: Int) -> Int {
    guard bytes > 64 else { return 0 }
    let units = (bytes + 15) / 16  // blocks are multiples of 16 bytes from 64 on: 64, 80, 96, 112, 128, 160, ...
    let octave = Int.bitWidth - 1 - units.leadingZeroBitCount  // 2^octave <= units, octave >= 2
    let quarter = (units - (1 << octave) + (1 << (octave - 2)) - 1) >> (octave - 2)  // rounded up, 0 ... 4
    return 4 * (octave - 2) + quarter
  }

  /// The bytes of a block of the given class.
  static func size(ofClass index: Int) -> Int {
    let octave = index / 4 + 2
    return 16 * ((1 << octave) + (index % 4) << (octave - 2))
  }
}
