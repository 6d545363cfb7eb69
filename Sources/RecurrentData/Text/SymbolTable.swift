/// Numbers byte strings in the order of their first appearance: an open-addressing hash table over one pool of bytes.
///
/// A `Dictionary` with `String` keys would do, but for two things: Swift's strings are equal when they are canonically
/// equivalent, which would merge symbols that are different text, and each look-up would first make a string.
struct SymbolTable: Sendable {
  private var pool: [UInt8] = []
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  /// Power-of-two many; -1 is an empty slot.
  private var slots: [Int32] = Array(repeating: -1, count: 16)
  /// The symbols of one byte, found without hashing.
  private var single: [Int32] = Array(repeating: -1, count: 256)

  /// How many different symbols it holds.
  var count: Int { ends.count }

  /// The bytes of symbol `index`.
  func bytes(at index: Int) -> ArraySlice<UInt8> {
    pool[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// The index of the symbol that `source[segment]` spells, if it is there.
  func index(of segment: Range<Int>, in source: [UInt8]) -> Int? {
    if segment.count == 1 {
      let found = single[Int(source[segment.lowerBound])]
      return found < 0 ? nil : Int(found)
    }
    let found = slots[slot(of: segment, in: source, hash: hash(of: segment, in: source))]
    return found < 0 ? nil : Int(found)
  }

  /// The index of the symbol that `source[segment]` spells, which is added if it is new.
  mutating func insert(_ segment: Range<Int>, in source: [UInt8]) -> Int {
    if segment.count == 1, single[Int(source[segment.lowerBound])] >= 0 {
      return Int(single[Int(source[segment.lowerBound])])
    }
    let hash = hash(of: segment, in: source)
    let slot = slot(of: segment, in: source, hash: hash)
    if slots[slot] >= 0 { return Int(slots[slot]) }
    let index = count
    pool.append(contentsOf: source[segment])
    ends.append(pool.count)
    hashes.append(hash)
    slots[slot] = Int32(index)
    if segment.count == 1 { single[Int(source[segment.lowerBound])] = Int32(index) }
    if count * 2 > slots.count { grow() }
    return index
  }

  /// The slot that holds the symbol, or the empty one where it belongs.
  private func slot(of segment: Range<Int>, in source: [UInt8], hash: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      let candidate = Int(slots[slot])
      if hashes[candidate] == hash, bytes(at: candidate).elementsEqual(source[segment]) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }

  /// FNV-1a with a final mix, so that the low bits depend on all.
  private func hash(of segment: Range<Int>, in source: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for offset in segment { hash = (hash ^ UInt64(source[offset])) &* 0x100_0000_01B3 }
    return hash ^ (hash >> 29)
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    let mask = slots.count - 1
    for index in hashes.indices {
      var slot = Int(truncatingIfNeeded: hashes[index]) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(index)
    }
  }
}
