import RecurrentBenchmarking

/// One kernel at one size, without tensors, tape or packing around it.
struct KernelBenchmark {
  var id: String
  /// What it has to do at the least.
  var work: Work
  /// Makes its operands and gives the call to be timed.
  var prepare: () -> () -> Void

  init(_ name: String, _ work: Work, prepare: @escaping () -> () -> Void) {
    id = "kernel/" + name
    self.work = work
    self.prepare = prepare
  }

  /// Every kernel benchmark, in the order in which they run.
  static var all: [KernelBenchmark] { matrixProducts + sequences + rows + elementwise + optimizers }
}

/// The operand of a kernel: numbers in memory, aligned as those of tensors are.
final class Operand {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  /// Numbers between -scale and scale that no kernel finds special, the same in each run.
  init(_ count: Int, scale: Float = 1) {
    self.count = count
    base = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64)
      .bindMemory(to: Float.self, capacity: max(1, count))
    var state: UInt32 = 12345
    for index in 0..<count {
      state = state &* 1_664_525 &+ 1_013_904_223
      base[index] = (Float(state >> 8) / Float(1 << 23) - 1) * scale
    }
  }

  deinit { base.deallocate() }
}
