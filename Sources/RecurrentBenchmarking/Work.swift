/// The least that a computation needs, whatever the implementation: arithmetic operations, and bytes that pass between a core
/// and its caches or the memory.
///
/// Two limits on its time follow, see `arithmeticLimit(operationsPerSecond:)` and `bytesLimit(levels:)`.
public struct Work: Equatable, Sendable {
  /// Bytes that are read or written, and the size in bytes of the data that they belong to. Weights that are read at every time
  /// step are many bytes with a small footprint.
  ///
  /// A byte written counts as a byte read.
  public struct Traffic: Equatable, Sendable {
    /// The number of bytes read and written, repeated accesses included.
    public var bytes: Int
    /// The size of the data in bytes, each byte counted once.
    public var footprint: Int

    public init(bytes: Int, footprint: Int) {
      self.bytes = bytes
      self.footprint = footprint
    }
  }

  /// The multiplications and additions of the matrix products: two for each multiply-add. Gate functions, softmax and
  /// optimizers are not counted, as is the custom for networks, nor is work that an implementation could avoid.
  public var operations: Int
  public var traffic: [Traffic]

  public init(operations: Int, traffic: [Traffic]) {
    self.operations = operations
    self.traffic = traffic
  }

  /// The bytes of all traffic.
  public var bytes: Int { traffic.reduce(0) { $0 + $1.bytes } }

  /// The work of doing both, one after the other.
  public static func + (first: Work, second: Work) -> Work {
    Work(operations: first.operations + second.operations, traffic: first.traffic + second.traffic)
  }

  /// The work of doing `work` `count` times.
  public static func * (work: Work, count: Int) -> Work {
    Work(
      operations: work.operations * count,
      traffic: work.traffic.map { Traffic(bytes: $0.bytes * count, footprint: $0.footprint) })
  }
}

/// The bytes of one number.
private let size = MemoryLayout<Float>.size

extension Work {
  /// One pass over arrays: `reading` numbers read and `writing` written, of `footprint` numbers in all; where an array is
  /// updated in place it is read and written, but there once. By default nothing is.
  public static func pass(reading: Int, writing: Int, footprint: Int? = nil) -> Work {
    let bytes = (reading + writing) * size
    return Work(operations: 0, traffic: [Traffic(bytes: bytes, footprint: footprint.map { $0 * size } ?? bytes)])
  }

  /// A product of an m x k and a k x n matrix: each element of both read once, each of the result written once.
  public static func matrixProduct(m: Int, n: Int, k: Int) -> Work {
    var work = pass(reading: m * k + k * n, writing: m * n)
    work.operations = 2 * m * n * k
    return work
  }
}
