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
  /// The median over the rounds, in seconds.
  var seconds: Double
  /// The multiplications and additions of matrix products; 0 where there is none.
  var operations: Int
  var bytes: Int
  /// The nearest level that holds everything that the benchmark touches.
  var level: String
  /// Operations divided by the machine's multiply-add rate.
  var arithmeticLimit: Double
  /// Bytes divided by the read rates of the levels that hold them.
  var bytesLimit: Double
  /// The most bytes of tensors that lived at once; of cases only.
  var tensorBytes: Int?

  init(_ kind: Kind, id: String, seconds: Double, work: Work, tensorBytes: Int? = nil, on machine: Machine) {
    self.kind = kind
    self.id = id
    self.seconds = seconds
    operations = work.operations
    bytes = work.bytes
    level = machine.level(holding: work.traffic.map(\.footprint).max() ?? 0).name
    arithmeticLimit = machine.arithmeticLimit(of: work)
    bytesLimit = machine.bytesLimit(of: work)
    self.tensorBytes = tensorBytes
  }
}
