import RecurrentBenchmarking
import RecurrentKernels

extension KernelBenchmark {
  /// Squares, products that are thin in one direction as those of networks are, and sizes that fit no tile; each with all
  /// transposes.
  static var matrixProducts: [KernelBenchmark] {
    let shapes = [
      (64, 64, 64), (128, 128, 128), (256, 256, 256), (512, 512, 512), (1024, 1024, 1024),
      (32, 2048, 512), (2048, 32, 512), (2048, 2048, 32), (3200, 512, 512), (2500, 65, 512), (700, 10000, 200),
      (1, 2048, 512), (7, 1000, 300), (33, 65, 31), (129, 257, 511), (1000, 1, 1000),
    ]
    return shapes.flatMap { m, n, k in
      [(false, false), (false, true), (true, false), (true, true)].map { transposesA, transposesB in
        KernelBenchmark(
          "matmul-\(transposesA ? "t" : "n")\(transposesB ? "t" : "n")/\(m)x\(n)x\(k)", .matrixProduct(m: m, n: n, k: k)
        ) {
          let (a, b, c) = (Operand(m * k), Operand(k * n), Operand(m * n))
          return {
            rk_matmul_f32(
              transposesA, transposesB, m, n, k, a.base, transposesA ? m : k, b.base, transposesB ? k : n, c.base, n, false)
          }
        }
      }
    }
  }
}
