import Foundation
import RecurrentKernels
import Testing

extension KernelTests {
  /// Softmax, its logarithm and cross-entropy, and their gradients, against the definitions in `Double`.
  @Suite struct Softmax {
    static let shapes: [(rows: Int, columns: Int)] =
      awkwardSizes.map { (rows: 3, columns: $0) } + [(0, 5), (700, 130), (3, 50_000)]

    private static func softmax(_ x: ArraySlice<Double>) -> [Double] {
      let largest = x.max() ?? 0
      let e = x.map { exp($0 - largest) }
      let sum = e.reduce(0, +)
      return e.map { $0 / sum }
    }

    /// The rows of x, each mapped.
    private static func rows<T: KernelScalar>(
      _ x: [T], _ shape: (rows: Int, columns: Int), _ f: (Int, ArraySlice<Double>) -> [Double]
    ) -> [T] {
      let wide = x.map { Double($0) }
      return (0..<shape.rows).flatMap { row in
        f(row, wide[row * shape.columns..<(row + 1) * shape.columns]).map { T($0) }
      }
    }

    @Test func softmaxAndItsLogarithm() {
      func check<T: KernelScalar>(_: T.Type) {
        for shape in Self.shapes {
          let x: [T] = numbers(shape.rows * shape.columns, in: -5...5)
          expectEverywhere(
            "softmax \(shape)", equals: Self.rows(x, shape) { Self.softmax($1) }, tolerance: T.tolerance / 5
          ) {
            var y = x
            y.withUnsafeMutableBufferPointer {
              T.kernels.softmax(shape.rows, shape.columns, UnsafePointer($0.baseAddress), $0.baseAddress)
            }
            return y
          }
          expectEverywhere("log-softmax \(shape)", equals: Self.rows(x, shape) { Self.softmax($1).map { log($0) } }) {
            var y = [T](repeating: 0, count: x.count)
            T.kernels.logSoftmax(shape.rows, shape.columns, x, &y)
            return y
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func gradients() {
      func check<T: KernelScalar>(_: T.Type) {
        for shape in Self.shapes {
          let x: [T] = numbers(shape.rows * shape.columns, in: -3...3)
          let dy: [T] = numbers(x.count, seed: 2)
          let y: [T] = Self.rows(x, shape) { Self.softmax($1) }
          let logs: [T] = y.map { T(log(Double($0))) }
          let wide = dy.map { Double($0) }
          func cotangent(_ row: Int) -> ArraySlice<Double> { wide[row * shape.columns..<(row + 1) * shape.columns] }
          let expected: [T] = Self.rows(y, shape) { row, y in
            let dot = zip(y, cotangent(row)).reduce(0) { $0 + $1.0 * $1.1 }
            return zip(y, cotangent(row)).map { $0 * ($1 - dot) }
          }
          expectEverywhere("softmax gradient \(shape)", equals: expected) {
            var dx = dy
            dx.withUnsafeMutableBufferPointer {
              T.kernels.softmaxGradient(shape.rows, shape.columns, y, UnsafePointer($0.baseAddress), $0.baseAddress)
            }
            return dx
          }
          let expectedOfLog: [T] = Self.rows(logs, shape) { row, logs in
            let sum = cotangent(row).reduce(0, +)
            return zip(logs, cotangent(row)).map { $1 - exp($0) * sum }
          }
          expectEverywhere("log-softmax gradient \(shape)", equals: expectedOfLog) {
            var dx = dy
            dx.withUnsafeMutableBufferPointer {
              T.kernels.logSoftmaxGradient(
                shape.rows, shape.columns, logs, UnsafePointer($0.baseAddress), $0.baseAddress)
            }
            return dx
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    private static let ignored: Int32 = -100

    /// Targets, every third of them ignored, the first one among them; the losses by definition, and a quarter of their gradient.
    private static func crossEntropyReference<T: KernelScalar>(
      _ x: [T], _ shape: (rows: Int, columns: Int), smoothing: Double
    ) -> (targets: [Int32], losses: [T], gradient: [T]) {
      let targets = (0..<shape.rows).map { row -> Int32 in row % 3 == 0 ? ignored : Int32(row * 7 % shape.columns) }
      func target(_ row: Int, _ column: Int) -> Double {
        smoothing / Double(shape.columns) + (column == Int(targets[row]) ? 1 - smoothing : 0)
      }
      let losses: [T] = rows(x, shape) { row, x in
        if targets[row] == ignored { return [0] }
        return [softmax(x).enumerated().reduce(0) { $0 - target(row, $1.offset) * log($1.element) }]
      }
      let gradient: [T] = rows(x, shape) { row, x in
        if targets[row] == ignored { return x.map { _ in 0 } }
        return softmax(x).enumerated().map { 0.25 * ($0.element - target(row, $0.offset)) }
      }
      return (targets, losses, gradient)
    }

    @Test(arguments: [0, 0.1]) func crossEntropy(smoothing: Double) {
      func check<T: KernelScalar>(_: T.Type) {
        for shape in Self.shapes where shape.columns > 0 {
          let x: [T] = numbers(shape.rows * shape.columns, in: -3...3)
          let (targets, losses, gradient) = Self.crossEntropyReference(x, shape, smoothing: smoothing)
          expectEverywhere("cross-entropy \(shape)", equals: losses, tolerance: 2 * T.tolerance) {
            var losses = [T](repeating: 7, count: shape.rows)
            var logSums = losses
            T.kernels.crossEntropy(shape.rows, shape.columns, x, targets, Self.ignored, T(smoothing), &losses, &logSums)
            return losses
          }
          expectEverywhere("cross-entropy gradient \(shape)", equals: gradient) {
            var losses = [T](repeating: 7, count: shape.rows)
            var logSums = losses
            var dx = x
            T.kernels.crossEntropy(shape.rows, shape.columns, x, targets, Self.ignored, T(smoothing), &losses, &logSums)
            dx.withUnsafeMutableBufferPointer {
              T.kernels.crossEntropyGradient(
                shape.rows, shape.columns, UnsafePointer($0.baseAddress), targets, Self.ignored, T(smoothing), logSums, 0.25,
                $0.baseAddress)
            }
            return dx
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    /// In place behind an output layer: losses and gradient are those of the sums of products and bias.
    @Test(arguments: [0, 0.1], [false, true]) func outputCrossEntropy(smoothing: Double, hasBias: Bool) {
      func check<T: KernelScalar>(_: T.Type) {
        for shape in Self.shapes where shape.columns > 0 {
          let products: [T] = numbers(shape.rows * shape.columns, in: -3...3)
          let bias: [T] = hasBias ? numbers(shape.columns, in: -1...1) : []
          let x = products.enumerated().map { hasBias ? $0.element + bias[$0.offset % shape.columns] : $0.element }
          let (targets, losses, gradient) = Self.crossEntropyReference(x, shape, smoothing: smoothing)
          for wantsGradient in [false, true] {
            let expected = wantsGradient ? losses + gradient : losses
            expectEverywhere("output cross-entropy \(shape)", equals: expected, tolerance: 2 * T.tolerance) {
              var losses = [T](repeating: 7, count: shape.rows)
              var inPlace = products
              bias.withUnsafeBufferPointer { bias in
                T.kernels.outputCrossEntropy(
                  shape.rows, shape.columns, &inPlace, hasBias ? bias.baseAddress : nil, targets, Self.ignored,
                  T(smoothing), 0.25, wantsGradient, &losses)
              }
              return wantsGradient ? losses + inPlace : losses
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    /// Logits far beyond what exp can take, and classes ruled out by -infinity.
    @Test func extremeLogits() {
      func check<T: KernelScalar>(_: T.Type) {
        let x: [T] = [1000, -.infinity, 999, -1000]
        let p = 1 / (1 + exp(-1.0))
        expectEverywhere("softmax of extremes", equals: [T(p), 0, T(1 - p), 0]) {
          var y = x
          T.kernels.softmax(1, 4, x, &y)
          return y
        }
        expectEverywhere("log-softmax of extremes", equals: [T(log(p)), -.infinity, T(log(1 - p)), T(-2000 + log(p))]) {
          var y = x
          T.kernels.logSoftmax(1, 4, x, &y)
          return y
        }
        expectEverywhere("cross-entropy of extremes", equals: [T(-log(1 - p)), T(1000 - log(p))]) {
          var loss: [T] = [0]
          var logSum: [T] = [0]
          T.kernels.crossEntropy(1, 4, x, [2], -1, 0, &loss, &logSum)
          return loss + logSum
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }
}
