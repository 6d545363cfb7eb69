import RecurrentKernels
import Testing

/// An array seen through a shape and strides, the naive way: offsets of all positions in row-major order.
struct StridedView {
  var shape: [Int], strides: [Int]
  /// Of position 0; not 0 where strides are negative.
  var start = 0

  var offsets: [Int] {
    var offsets = [start]
    for (extent, stride) in zip(shape, strides) {
      offsets = offsets.flatMap { offset in (0..<extent).map { offset + $0 * stride } }
    }
    return offsets
  }

  /// How many elements an array must have for the view to lie in it.
  var extent: Int { (offsets.max() ?? -1) + 1 }

  static func contiguous(_ shape: [Int]) -> StridedView {
    var strides = shape
    var product = 1
    for axis in shape.indices.reversed() {
      strides[axis] = product
      product *= shape[axis]
    }
    return StridedView(shape: shape, strides: strides)
  }

  func permuted(_ order: [Int]) -> StridedView {
    StridedView(shape: order.map { shape[$0] }, strides: order.map { strides[$0] }, start: start)
  }

  func reversed(_ axis: Int) -> StridedView {
    var view = self
    view.start += (shape[axis] - 1) * strides[axis]
    view.strides[axis] *= -1
    return view
  }

  func broadcast(_ axis: Int) -> StridedView {
    var view = self
    view.strides[axis] = 0
    return view
  }
}

extension KernelTests {
  @Suite struct Strided {
    /// Shapes of every rank, with awkward inner and outer extents, and two long ones for the threads.
    static let shapes: [[Int]] =
      [[], [2, 0, 3], [65], [1, 33, 1]]
      + awkwardSizes.map { [3, $0] } + awkwardSizes.map { [$0, 5] }
      + [[7, 1, 33], [2, 3, 4, 5], [3, 2, 1, 2, 9], [2, 2, 2, 2, 2, 2, 2, 3], [500, 257], [3, 130, 300]]

    @Test func zipOfEveryOperation() {
      let operations: [(rk_binary, (Double, Double) -> Double)] = [
        (rk_add, { $0 + $1 }), (rk_subtract, { $0 - $1 }), (rk_multiply, { $0 * $1 }), (rk_divide, { $0 / $1 }),
        (rk_maximum, { max($0, $1) }), (rk_minimum, { min($0, $1) }), (rk_less, { $0 < $1 ? 1 : 0 }),
        (rk_less_equal, { $0 <= $1 ? 1 : 0 }), (rk_greater, { $0 > $1 ? 1 : 0 }),
        (rk_greater_equal, { $0 >= $1 ? 1 : 0 }),
        (rk_equal, { $0 == $1 ? 1 : 0 }), (rk_not_equal, { $0 != $1 ? 1 : 0 }),
      ]
      func check<T: KernelScalar>(_: T.Type) {
        for count in awkwardSizes {
          // Some of them equal.
          let x: [T] = numbers(count)
          let y: [T] = numbers(count, seed: 2).enumerated().map { $0 % 3 == 0 ? x[$0] : $1 }
          for (op, reference) in operations {
            let expected = Swift.zip(x, y).map { T(reference(Double($0), Double($1))) }
            expectEverywhere("zip operation \(op.rawValue) of \(count)", equals: expected) {
              var z = [T](repeating: 0, count: count)
              T.kernels.zip(op, 1, [count], x, [1], y, [1], &z)
              return z
            }
          }
        }
        // NaN on either side stays.
        for op in [rk_maximum, rk_minimum] {
          expectEverywhere("extreme of NaN", equals: [.nan, .nan, .nan] as [T]) {
            var z = [T](repeating: 0, count: 3)
            T.kernels.zip(op, 1, [3], [.nan, 1, .nan], [1], [1, .nan, .nan], [1], &z)
            return z
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func zipOfEveryLayout() {
      func check<T: KernelScalar>(_: T.Type) {
        for shape in Self.shapes {
          let plain = StridedView.contiguous(shape)
          var views = [plain]
          for axis in shape.indices where shape[axis] > 0 { views += [plain.broadcast(axis), plain.reversed(axis)] }
          if shape.count > 1 {
            let order = Array(shape.indices.reversed())
            views.append(StridedView.contiguous(order.map { shape[$0] }).permuted(order))
          }
          for (index, first) in views.enumerated() {
            let second = views[(index + 1) % views.count]
            let x: [T] = numbers(first.extent)
            let y: [T] = numbers(second.extent, seed: 2)
            let expected = Swift.zip(first.offsets, second.offsets).map { x[$0] - y[$1] }
            expectEverywhere("zip of \(shape), \(first.strides), \(second.strides)", equals: expected, tolerance: 0) {
              var z = [T](repeating: 0, count: expected.count)
              x.withUnsafeBufferPointer { x in
                y.withUnsafeBufferPointer { y in
                  T.kernels.zip(
                    rk_subtract, shape.count, shape, x.baseAddress.map { $0 + first.start }, first.strides,
                    y.baseAddress.map { $0 + second.start }, second.strides, &z)
                }
              }
              return z
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    /// y[...] = x[...] or += x[...], the naive way and by the kernel.
    private func checkCopy<T: KernelScalar>(
      _: T.Type, from source: StridedView, to target: StridedView, accumulate: Bool
    ) {
      let x: [T] = numbers(source.extent)
      let before: [T] = numbers(target.extent, seed: 2)
      var sums = before.map { Double($0) }
      for (from, to) in zip(source.offsets, target.offsets) { sums[to] = (accumulate ? sums[to] : 0) + Double(x[from]) }
      let summed = source.offsets.count / max(1, Set(target.offsets).count)
      expectEverywhere(
        "copy \(source.shape) from \(source.strides) to \(target.strides)\(accumulate ? ", accumulating" : "")",
        equals: sums.map { T($0) }, tolerance: accumulate ? T.tolerance * Double(summed).squareRoot() : 0
      ) {
        var y = before
        x.withUnsafeBufferPointer { x in
          y.withUnsafeMutableBufferPointer { y in
            T.kernels.copy(
              source.shape.count, source.shape, x.baseAddress.map { $0 + source.start }, source.strides,
              y.baseAddress.map { $0 + target.start }, target.strides, accumulate)
          }
        }
        return y
      }
    }

    @Test(arguments: [false, true]) func copyOfEveryLayout(accumulate: Bool) {
      for shape in Self.shapes {
        let plain = StridedView.contiguous(shape)
        var views = [plain]
        for axis in shape.indices where shape[axis] > 0 { views.append(plain.reversed(axis)) }
        for axis in shape.indices.dropFirst() {
          // Each axis swapped with the first.
          var order = Array(shape.indices)
          order.swapAt(0, axis)
          views.append(StridedView.contiguous(order.map { shape[$0] }).permuted(order))
        }
        var padded = plain
        padded.strides = plain.strides.map { $0 * 2 }
        views.append(padded)
        for view in views {
          checkCopy(Float.self, from: view, to: plain, accumulate: accumulate)
          checkCopy(Double.self, from: plain, to: view, accumulate: accumulate)
          checkCopy(Float.self, from: view, to: views[views.count / 2], accumulate: accumulate)
        }
        for axis in shape.indices where shape[axis] > 0 {
          checkCopy(Float.self, from: plain.broadcast(axis), to: plain, accumulate: accumulate)
        }
      }
    }

    @Test func sumsOverAxes() {
      for shape in Self.shapes + [[130, 1000], [1000, 130], [70_000, 3]] {
        for mask in 0..<(1 << min(shape.count, 4)) {
          // The kept axes contiguous, the others with stride 0.
          let summed = shape.indices.filter { mask >> $0 & 1 == 1 }
          var kept = StridedView.contiguous(shape.indices.map { summed.contains($0) ? 1 : shape[$0] })
          for axis in summed { kept.strides[axis] = 0 }
          kept.shape = shape
          checkCopy(Float.self, from: .contiguous(shape), to: kept, accumulate: true)
          let order = Array(shape.indices.reversed())
          let source = StridedView.contiguous(order.map { shape[$0] }).permuted(order)
          checkCopy(Double.self, from: source, to: kept, accumulate: true)
        }
      }
    }
  }
}
