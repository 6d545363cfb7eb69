import RecurrentBenchmarking
import RecurrentKernels

extension KernelBenchmark {
  /// Passes over arrays that lie in L1, in the other caches, and in memory only.
  static var elementwise: [KernelBenchmark] {
    [4096, 65_536, 1_000_000, 32_000_000].flatMap { count in
      func benchmark(_ name: String, _ work: Work, prepare: @escaping () -> () -> Void) -> KernelBenchmark {
        KernelBenchmark("\(name)/\(count)", work, prepare: prepare)
      }
      func map(_ name: String, _ operation: rk_unary) -> KernelBenchmark {
        benchmark(name, .pass(reading: count, writing: count)) {
          let (x, y) = (Operand(count), Operand(count))
          return { rk_map_f32(operation, x.base, y.base, count) }
        }
      }
      return [
        map("exp", rk_exp), map("tanh", rk_tanh), map("sigmoid", rk_sigmoid), map("relu", rk_relu),
        benchmark("fill", .pass(reading: 0, writing: count)) {
          let y = Operand(count)
          return { rk_fill_f32(0, y.base, count) }
        },
        benchmark("scale", .pass(reading: count, writing: count)) {
          let (x, y) = (Operand(count), Operand(count))
          return { rk_scale_f32(0.5, x.base, y.base, count) }
        },
        benchmark("add-scaled", .pass(reading: 2 * count, writing: count, footprint: 2 * count)) {
          let (x, y) = (Operand(count), Operand(count))
          return { rk_add_scaled_f32(1e-6, x.base, y.base, count) }
        },
        benchmark("multiply", .pass(reading: 2 * count, writing: count)) {
          let (x, y, z) = (Operand(count), Operand(count), Operand(count))
          return {
            var (extent, stride) = (count, 1)
            rk_zip_f32(rk_multiply, 1, &extent, x.base, &stride, y.base, &stride, z.base)
          }
        },
      ]
    }
  }
}
