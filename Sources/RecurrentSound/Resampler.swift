import RecurrentTensors
import SystemSoxr

/// Changes the rate of a stream of samples, through libsoxr: a linear-phase filter that keeps what is below nine tenths of half the lower rate, and leaves
/// less than -120 dB of what is above half.
///
/// The samples that come out are the same bits however the input is divided.
struct Resampler: ~Copyable {
  private let soxr: soxr_t
  private let ratio: Double

  /// A resampler between two rates, in any unit.
  init(from old: Double, to new: Double) {
    var (kind, quality, runtime) = (
      soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I), soxr_quality_spec(UInt(SOXR_20_BITQ), 0), soxr_runtime_spec(1)
    )
    var problem: soxr_error_t?
    let made = soxr_create(old, new, 1, &problem, &kind, &quality, &runtime)
    guard let made, problem == nil else {
      fatalError("Resampler: from \(old) to \(new) Hz: \(problem.map { String(cString: $0) } ?? "there is no memory")")
    }
    (soxr, ratio) = (made, new / old)
  }

  deinit { soxr_delete(soxr) }

  /// What is known of the result once these samples have been added; it lags behind by the filter's length.
  mutating func process(_ samples: [Float]) -> [Float] {
    var output: [Float] = []
    samples.withUnsafeBufferPointer { input in
      var used = 0
      while used < input.count { used += append(to: &output, input.baseAddress! + used, count: input.count - used) }
    }
    return output
  }

  /// The rest, when there are no more samples.
  mutating func finish() -> [Float] {
    var output: [Float] = []
    var before = -1
    while output.count > before {
      before = output.count
      _ = append(to: &output, nil, count: 0)
    }
    return output
  }

  /// Appends what comes out, and gives the number of samples that were used.
  private func append(to output: inout [Float], _ input: UnsafePointer<Float>?, count: Int) -> Int {
    var used = 0
    output += [Float](unsafeUninitializedCapacity: Int(Double(count) * ratio) + 4_096) { target, made in
      let problem = soxr_process(soxr, input, count, &used, target.baseAddress, target.count, &made)
      check(problem == nil, "Resampler: \(problem.map { String(cString: $0) } ?? "")")
    }
    return used
  }
}
