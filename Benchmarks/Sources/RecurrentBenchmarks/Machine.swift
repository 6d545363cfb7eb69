import MachineLimits
import RecurrentBenchmarking
import RecurrentKernels

/// The limits of the machine that the benchmarks run on, as measured, with one thread and with all.
struct Machine: Encodable {
  /// What one thread and what all threads reach together, in operations or bytes a second.
  struct Rate: Encodable {
    var one: Double
    var all: Double
  }

  /// The multiply-add rate of one instruction set.
  struct Peak: Encodable {
    var instructionSet: String
    /// Floating-point operations a second.
    var operations: Rate
  }

  /// A cache, or the memory.
  struct Level: Encodable {
    var name: String
    /// The bytes that it holds: of L1 and L2 for each core, of L3 for all cores; nil for the memory.
    var capacity: Int?
    /// The bytes that each thread read again and again, when one did and when all did.
    var blockOfOne: Int
    var blockOfAll: Int
    /// Bytes a second.
    var reading: Rate
  }

  /// What the system calls the processor; may be empty.
  var processor: String
  var threads: Int
  /// The set that the kernels use.
  var instructionSet: String
  var peaks: [Peak]
  /// From the nearest to the farthest.
  var levels: [Level]

}

// MARK: - Limits of a computation

extension Machine {
  /// The nearest level that holds `footprint` bytes when they are divided among all threads.
  func level(holding footprint: Int) -> Level {
    levels.first { level in capacityOfAll(level).map { footprint <= $0 } ?? true } ?? levels[levels.count - 1]
  }

  /// The least time that the work's bytes need, in seconds.
  func bytesLimit(of work: Work) -> Double {
    work.bytesLimit(
      levels: levels.map { MemoryLevel(capacity: capacityOfAll($0), bytesPerSecond: $0.reading.all) })
  }

  /// The bytes that the cores which all threads run on hold together; nil for the memory.
  private func capacityOfAll(_ level: Level) -> Int? {
    // L3 is one for all cores.
    level.capacity.map { level.name == "L3" ? $0 : $0 * threads }
  }
}
