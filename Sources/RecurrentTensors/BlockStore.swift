import RecurrentKernels

/// Blocks of memory by size, kept for the next that is asked for.
///
/// In a loop over sequences of one length every block finds its use again. Over many lengths the blocks of one would lie idle while those of
/// another are made; so a block may serve for up to half as much, and what is in use and what is kept are together no more than one and a half times the
/// most that was ever in use. (Between two steps nearly all is kept: were that bounded by itself, each step would take half of its memory from the
/// system anew, which clears every page first.)
struct BlockStore: ~Copyable {
  /// A block that was handed out.
  struct Block {
    let pointer: UnsafeMutableRawPointer
    /// What was asked for, rounded up to the size of a class.
    fileprivate let bytes: Int
    /// The class of its own size.
    let sizeClass: Int
  }

  /// Sizes grow by quarters of an octave, from 64 bytes to 2⁴⁸.
  private static let classCount = 4 * 42
  /// So many classes above its own a block may be: an octave.
  private static let spareClasses = 4
  /// So many bytes may always be kept.
  static let leastKept = 64 << 20

  private var free: [[UInt]] = Array(repeating: [], count: classCount)
  /// The bytes of the blocks that are kept.
  private(set) var bytesKept = 0
  /// The bytes that are handed out.
  private(set) var bytesInUse = 0
  /// The most that were.
  var peakBytesInUse = 0

  /// A block of at least `bytes` bytes, with undefined content.
  mutating func take(bytes: Int) -> Block {
    let smallest = Self.sizeClass(for: bytes)
    let size = Self.size(ofClass: smallest)
    bytesInUse += size
    peakBytesInUse = max(peakBytesInUse, bytesInUse)
    for sizeClass in smallest...min(smallest + Self.spareClasses, Self.classCount - 1) {
      if let pointer = pop(sizeClass) { return Block(pointer: pointer, bytes: size, sizeClass: sizeClass) }
    }
    trim(to: max(peakBytesInUse + peakBytesInUse / 2 - bytesInUse, Self.leastKept))
    return Block(pointer: rk_allocate(size), bytes: size, sizeClass: smallest)
  }

  /// Keeps a block that is not needed any more.
  mutating func give(_ block: Block) {
    bytesInUse -= block.bytes
    bytesKept += Self.size(ofClass: block.sizeClass)
    free[block.sizeClass].append(UInt(bitPattern: block.pointer))
  }

  /// Gives blocks back to the system, the largest first, until no more than `bytes` are kept.
  mutating func trim(to bytes: Int) {
    for sizeClass in free.indices.reversed() {
      while bytesKept > bytes, let pointer = pop(sizeClass) { rk_free(pointer) }
    }
  }

  private mutating func pop(_ sizeClass: Int) -> UnsafeMutableRawPointer? {
    guard let address = free[sizeClass].popLast() else { return nil }
    bytesKept -= Self.size(ofClass: sizeClass)
    return UnsafeMutableRawPointer(bitPattern: address)
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
