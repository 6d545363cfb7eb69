import RecurrentBenchmarking

/// What a benchmark took, beside what it had to take at the least.
struct Measurement: Encodable {
  enum Kind: String, Encodable {
    /// A kernel alone.
    case kernel
    /// A case, as `recurrent bench` runs it.
    case `case`
  }

  var kind: Kind
  var id: String
  /// What a case does; of cases only.
  var op: String?
  /// The median over the rounds, in seconds.
  var seconds: Double
  /// The multiplications and additions of matrix products; 0 where there is none.
  var operations: Int
  var bytes: Int
  /// The nearest level that holds everything that the benchmark touches.
  var level: String
  /// The operations a second that the machine reached between the rounds of this benchmark, with all threads.
  var peak: Double
  /// Operations divided by `peak`.
  var arithmeticLimit: Double
  /// Bytes divided by the read rates of the levels that hold them.
  var bytesLimit: Double
  /// The most bytes of tensors that lived at once; of cases only.
  var tensorBytes: Int?

  /// A kernel that took so many seconds.
  init(of kernel: KernelBenchmark, seconds: Double, peak: Double, on machine: Machine) {
    self.init(.kernel, id: kernel.id, work: kernel.work, seconds: seconds, peak: peak, on: machine)
  }

  /// A case that took so many seconds and, at most, so many bytes of tensors.
  init(of benchmark: BenchmarkCase, seconds: Double, peak: Double, tensorBytes: Int, on machine: Machine) {
    self.init(.case, id: benchmark.id, work: benchmark.work, seconds: seconds, peak: peak, on: machine)
    op = benchmark.op.rawValue
    self.tensorBytes = tensorBytes
  }

  private init(_ kind: Kind, id: String, work: Work, seconds: Double, peak: Double, on machine: Machine) {
    self.kind = kind
    self.id = id
    self.seconds = seconds
    operations = work.operations
    bytes = work.bytes
    level = machine.level(holding: work.traffic.map(\.footprint).max() ?? 0).name
    self.peak = peak
    arithmeticLimit = work.arithmeticLimit(operationsPerSecond: peak)
    bytesLimit = machine.bytesLimit(of: work)
  }
}
