import RecurrentKernels
import Testing

extension KernelTests {
  @Suite struct Reductions {
    /// (outer, n, inner): along rows, along columns, and long enough for the threads.
    static let shapes: [(outer: Int, n: Int, inner: Int)] =
      awkwardSizes.map { (3, $0, 1) } + awkwardSizes.map { (2, $0, 5) } + awkwardSizes.map { (2, 7, $0) }
      + [(1, 100_003, 1), (2, 70_001, 1), (1, 300, 500), (400, 1, 300), (700, 150, 1), (3, 65, 65)]

    private func elements<T>(_ x: [T], _ shape: (outer: Int, n: Int, inner: Int), _ o: Int, _ i: Int) -> [T] {
      (0..<shape.n).map { x[(o * shape.n + $0) * shape.inner + i] }
    }

    @Test func sumsAndExtremes() {
      func check<T: KernelScalar>(_: T.Type) {
        let operations: [(rk_reduction, ([T]) -> Double)] = [
          (rk_reduce_sum, { $0.reduce(0.0) { $0 + Double($1) } }),
          (rk_reduce_max, { Double($0.max() ?? -.infinity) }), (rk_reduce_min, { Double($0.min() ?? .infinity) }),
        ]
        for shape in Self.shapes {
          let x: [T] = numbers(shape.outer * shape.n * shape.inner)
          for (op, reference) in operations {
            let expected = (0..<shape.outer).flatMap { o in
              (0..<shape.inner).map { i in T(reference(elements(x, shape, o, i))) }
            }
            expectEverywhere("reduction \(op.rawValue) of \(shape)", equals: expected, tolerance: 2 * T.tolerance) {
              var y = [T](repeating: 7, count: expected.count)
              T.kernels.reduce(op, shape.outer, shape.n, shape.inner, x, &y)
              return y
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test(arguments: [1, 3], [2, 9, 40, 100]) func notANumberStays(inner: Int, n: Int) {
      func check<T: KernelScalar>(_: T.Type, position: Int) {
        var x: [T] = numbers(n * inner)
        for i in 0..<inner { x[position * inner + i] = .nan }
        for op in [rk_reduce_sum, rk_reduce_max, rk_reduce_min] {
          expectEverywhere("NaN at \(position) of \(n)", equals: [T](repeating: .nan, count: inner)) {
            var y = [T](repeating: 0, count: inner)
            T.kernels.reduce(op, 1, n, inner, x, &y)
            return y
          }
        }
        onEveryInstructionSet { _ in
          var index = [Int32](repeating: -1, count: inner)
          T.kernels.indexOfMax(1, n, inner, x, &index)
          #expect(index == [Int32](repeating: Int32(position), count: inner))
        }
      }
      for position in [0, n / 2, n - 1] {
        check(Float.self, position: position)
        check(Double.self, position: position)
      }
    }

    @Test func indexOfMaximum() {
      func check<T: KernelScalar>(_: T.Type) {
        for shape in Self.shapes where shape.n > 0 {
          // Few different values, so that the first of equals matters.
          let x: [T] = numbers(shape.outer * shape.n * shape.inner, in: 0...50).map { (x: T) in x.rounded() }
          let expected = (0..<shape.outer).flatMap { o in
            (0..<shape.inner).map { i in
              let row = elements(x, shape, o, i)
              return Int32(row.firstIndex(of: row.max()!)!)
            }
          }
          onEveryInstructionSet { set in
            withEveryThreadCount { _ in
              var y = [Int32](repeating: -1, count: expected.count)
              T.kernels.indexOfMax(shape.outer, shape.n, shape.inner, x, &y)
              #expect(y == expected, "\(T.self), \(shape), \(name(of: set))")
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func sumsOfEverything() {
      func check<T: KernelScalar>(_: T.Type) {
        // Better than a sum in T of that length; the reference is a plain sum in Double.
        let tolerance = T.self == Float.self ? 1e-6 : 1e-12
        for count in awkwardSizes + [parallelSize, 32768, 65536, 65537] {
          let x: [T] = numbers(count, in: -1...2)
          expectEverywhere("sum of \(count)", equals: [x.reduce(0.0) { $0 + Double($1) }], tolerance: tolerance) {
            [T.kernels.sum(x, count)]
          }
          let squares = x.reduce(0.0) { $0 + Double($1) * Double($1) }
          expectEverywhere("sum of squares of \(count)", equals: [squares], tolerance: tolerance) {
            [T.kernels.sumOfSquares(x, count)]
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func allFinite() {
      func check<T: KernelScalar>(_: T.Type) {
        for count in awkwardSizes + [parallelSize] {
          var x: [T] = numbers(count)
          if count > 0 { x[0] = .greatestFiniteMagnitude }
          onEveryInstructionSet { _ in
            #expect(T.kernels.allFinite(x, count))
            for position in [0, count / 2, count - 1] where position >= 0 && position < count {
              for wrong in [T.nan, .infinity, -.infinity] {
                var y = x
                y[position] = wrong
                #expect(!T.kernels.allFinite(y, count), "\(wrong) at \(position) of \(count)")
              }
            }
            // What lies behind the end does not count.
            #expect(T.kernels.allFinite(x + [.nan], count))
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }
}
