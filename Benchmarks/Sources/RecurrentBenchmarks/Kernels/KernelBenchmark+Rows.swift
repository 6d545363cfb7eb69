import RecurrentBenchmarking
import RecurrentKernels

extension KernelBenchmark {
  /// Softmax, cross-entropy and layer normalization, over logits of characters and of words and over a batch of states.
  static var rows: [KernelBenchmark] {
    [(2500, 65), (700, 10000), (64, 512)].flatMap { rows, columns in
      let count = rows * columns
      func benchmark(_ name: String, _ work: Work, prepare: @escaping () -> () -> Void) -> KernelBenchmark {
        KernelBenchmark("\(name)/\(rows)x\(columns)", work, prepare: prepare)
      }
      let targets = (0..<rows).map { Int32($0 * 7919 % columns) }
      return [
        benchmark("softmax", .pass(reading: count, writing: count)) {
          let (x, y) = (Operand(count), Operand(count))
          return { rk_softmax_f32(rows, columns, x.base, y.base) }
        },
        benchmark("log-softmax", .pass(reading: count, writing: count)) {
          let (x, y) = (Operand(count), Operand(count))
          return { rk_log_softmax_f32(rows, columns, x.base, y.base) }
        },
        benchmark("cross-entropy", .pass(reading: count, writing: 2 * rows)) {
          let (logits, losses, logSums) = (Operand(count), Operand(rows), Operand(rows))
          return {
            targets.withUnsafeBufferPointer {
              rk_cross_entropy_f32(rows, columns, logits.base, $0.baseAddress, -1, 0, losses.base, logSums.base)
            }
          }
        },
        benchmark("cross-entropy-gradient", .pass(reading: count + rows, writing: count)) {
          let (logits, logSums, gradient) = (Operand(count), Operand(rows), Operand(count))
          return {
            targets.withUnsafeBufferPointer {
              rk_cross_entropy_gradient_f32(
                rows, columns, logits.base, $0.baseAddress, -1, 0, logSums.base, 1, gradient.base)
            }
          }
        },
        // Loss and gradient at once, in place.
        benchmark("output-cross-entropy", .pass(reading: count, writing: count + rows, footprint: count + rows)) {
          let (products, bias, losses) = (Operand(count), Operand(columns), Operand(rows))
          return {
            targets.withUnsafeBufferPointer {
              rk_output_cross_entropy_f32(
                rows, columns, products.base, bias.base, $0.baseAddress, -1, 0, 1, true, losses.base)
            }
          }
        },
        benchmark("layer-norm", .pass(reading: count + 2 * columns, writing: count + 2 * rows)) {
          let (x, y, gain, bias) = (Operand(count), Operand(count), Operand(columns), Operand(columns))
          let (mean, deviation) = (Operand(rows), Operand(rows))
          return {
            rk_layer_norm_f32(rows, columns, x.base, gain.base, bias.base, 1e-5, y.base, mean.base, deviation.base)
          }
        },
      ]
    }
  }
}
