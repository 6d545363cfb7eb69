import RecurrentBenchmarking
import RecurrentKernels

extension KernelBenchmark {
  /// The steps of the optimizers, and what clipping needs to know of a gradient, for a small and a large model.
  static var optimizers: [KernelBenchmark] {
    [100_000, 1_000_000, 10_000_000].flatMap { count in
      /// Parameters, gradient and so many moments: all are read, all but the gradient are written.
      func step(
        _ name: String, moments: Int, call: @escaping (_ parameters: Operand, _ gradient: Operand, _ moments: [Operand]) -> Void
      ) -> KernelBenchmark {
        KernelBenchmark(
          "\(name)/\(count)",
          .pass(reading: (2 + moments) * count, writing: (1 + moments) * count, footprint: (2 + moments) * count)
        ) {
          let (parameters, gradient) = (Operand(count), Operand(count, scale: 1e-3))
          // Moments of squares must not be negative: zero is where every optimizer begins.
          let zeros = (0..<moments).map { _ in Operand(count, scale: 0) }
          return { call(parameters, gradient, zeros) }
        }
      }
      return [
        step("sgd", moments: 0) { parameters, gradient, _ in
          rk_sgd_f32(parameters.base, gradient.base, nil, count, 1, 1e-6, 0, false, 0)
        },
        step("sgd-momentum", moments: 1) {
          rk_sgd_f32($0.base, $1.base, $2[0].base, count, 1, 1e-6, 0.9, false, 0)
        },
        step("adam", moments: 2) {
          rk_adam_f32(
            $0.base, $1.base, $2[0].base, $2[1].base, count, 1, 1e-6, 0.9, 0.999, 0.1, 0.001, 1e-8, 0, false)
        },
        step("rmsprop", moments: 1) {
          rk_rmsprop_f32($0.base, $1.base, $2[0].base, nil, count, 1, 1e-6, 0.99, 1e-8, 0, 0)
        },
        step("adagrad", moments: 1) { rk_adagrad_f32($0.base, $1.base, $2[0].base, count, 1, 1e-6, 1e-10, 0) },
        KernelBenchmark("norm/\(count)", .norm(count: count)) {
          let gradient = Operand(count)
          return { withExtendedLifetime(rk_sum_of_squares_f32(gradient.base, count)) {} }
        },
      ]
    }
  }
}
