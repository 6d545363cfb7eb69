import RecurrentTensors

/// A cache, or the memory, as all threads use it together.
public struct MemoryLevel: Equatable, Sendable {
  /// The bytes that it holds; nil for the memory.
  public var capacity: Int?
  public var bytesPerSecond: Double

  public init(capacity: Int?, bytesPerSecond: Double) {
    self.capacity = capacity
    self.bytesPerSecond = bytesPerSecond
  }
}

extension Work {
  /// The least seconds that the operations need at a rate of multiplications and additions a second.
  public func arithmeticLimit(operationsPerSecond rate: Double) -> Double { Double(operations) / rate }

  /// The least seconds that the bytes need.
  ///
  /// Data that is read again and again can lie in all levels at once: as much of it as fits in the nearest, of the rest as
  /// much as fits in the next, and so on. Each byte counts at the rate of its level, so that weights a little larger than a
  /// cache are not held to be in memory altogether.
  ///
  /// - Parameter levels: From the nearest to the farthest, the last one without a capacity.
  public func bytesLimit(levels: [MemoryLevel]) -> Double {
    traffic.reduce(0) { $0 + Double($1.bytes) * Self.secondsPerByte(footprint: $1.footprint, levels: levels) }
  }

  private static func secondsPerByte(footprint: Int, levels: [MemoryLevel]) -> Double {
    check(levels.last.map { $0.capacity == nil } ?? false, "Work.bytesLimit: the last level has to hold anything")
    guard footprint > 0 else { return 0 }
    var rest = footprint
    var seconds = 0.0
    for level in levels {
      let held = min(rest, level.capacity ?? rest)
      seconds += Double(held) / level.bytesPerSecond
      rest -= held
    }
    return seconds / Double(footprint)
  }
}
