import RecurrentKernels
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

protocol GlimpseScalar: KernelScalar {
  static var glimpseFilters: @Sendable (UnsafePointer<rk_glimpse>?, Input<Self>, Output<Self>) -> Void { get }
  static var glimpseRead: @Sendable (UnsafePointer<rk_glimpse>?, Input<Self>, Input<Self>, Output<Self>) -> Void { get }
  static var glimpsePaint: @Sendable (UnsafePointer<rk_glimpse>?, Input<Self>, Input<Self>, Input<Self>, Output<Self>) -> Void { get }
  static var glimpseGradient: @Sendable (UnsafePointer<rk_glimpse>?, Input<Self>, Input<Self>, Input<Self>, Output<Self>) -> Void { get }
}

extension Float: GlimpseScalar {
  static let glimpseFilters: @Sendable (UnsafePointer<rk_glimpse>?, Input<Float>, Output<Float>) -> Void = rk_glimpse_filters_f32
  static let glimpseRead: @Sendable (UnsafePointer<rk_glimpse>?, Input<Float>, Input<Float>, Output<Float>) -> Void = rk_glimpse_read_f32
  static let glimpsePaint: @Sendable (UnsafePointer<rk_glimpse>?, Input<Float>, Input<Float>, Input<Float>, Output<Float>) -> Void =
    rk_glimpse_paint_f32
  static let glimpseGradient: @Sendable (UnsafePointer<rk_glimpse>?, Input<Float>, Input<Float>, Input<Float>, Output<Float>) -> Void =
    rk_glimpse_gradient_f32
}

extension Double: GlimpseScalar {
  static let glimpseFilters: @Sendable (UnsafePointer<rk_glimpse>?, Input<Double>, Output<Double>) -> Void = rk_glimpse_filters_f64
  static let glimpseRead: @Sendable (UnsafePointer<rk_glimpse>?, Input<Double>, Input<Double>, Output<Double>) -> Void = rk_glimpse_read_f64
  static let glimpsePaint: @Sendable (UnsafePointer<rk_glimpse>?, Input<Double>, Input<Double>, Input<Double>, Output<Double>) -> Void =
    rk_glimpse_paint_f64
  static let glimpseGradient: @Sendable (UnsafePointer<rk_glimpse>?, Input<Double>, Input<Double>, Input<Double>, Output<Double>) -> Void =
    rk_glimpse_gradient_f64
}

extension KernelTests {
  /// Gradients of the filters by their windows are checked against central differences, in RecurrentTensorsTests.
  @Suite struct GlimpseTests {
    struct Shape: Sendable, CustomTestStringConvertible {
      var batch = 2, places = 3, height = 9, width = 7, channels = 1
      var testDescription: String { "\(batch) pictures of \(height) x \(width) x \(channels), \(places) filters" }
      var filterCount: Int { places * (height + width) }
      var pictureCount: Int { height * width * channels }
      var patchCount: Int { places * places * channels }

      func kernel(power: Int32 = 0) -> rk_glimpse {
        rk_glimpse(batch: batch, places: places, extent: (height, width), channels: channels, power: power)
      }
    }

    static let shapes: [Shape] = [
      Shape(), Shape(places: 1, height: 1, width: 1), Shape(batch: 0), Shape(batch: 5, places: 2, height: 28, width: 28),
      Shape(batch: 3, places: 5, height: 31, width: 33), Shape(places: 4, height: 8, width: 16, channels: 3),
      Shape(places: 6, height: 5, width: 3, channels: 3), Shape(batch: 40, places: 12, height: 33, width: 65),
      Shape(places: 9, height: 3, width: 2, channels: 2),
    ]

    /// Equations 19 to 26 of the paper, in Double.
    static func filters(_ shape: Shape, _ windows: [Double], power: Double) -> [Double] {
      (0..<shape.batch).flatMap { picture -> [Double] in
        let w = Array(windows[5 * picture..<5 * picture + 5])
        let longest = Double(max(shape.height, shape.width))
        let stride = shape.places > 1 ? (longest - 1) / Double(shape.places - 1) * exp(w[3]) : 0
        func axis(_ at: Double, _ extent: Int, _ factor: Double) -> [Double] {
          (0..<shape.places).flatMap { i -> [Double] in
            // Pixels are counted from 1 there.
            let middle = Double(extent + 1) / 2 * (at + 1) + (Double(i + 1) - Double(shape.places) / 2 - 0.5) * stride
            let logarithms = (1...extent).map { -(Double($0) - middle) * (Double($0) - middle) / (2 * exp(w[2])) }
            let largest = logarithms.max()!
            let weights = logarithms.map { exp($0 - largest) }
            let sum = weights.reduce(0, +)
            return weights.map { $0 / sum * factor }
          }
        }
        return axis(w[1], shape.height, exp(power * w[4])) + axis(w[0], shape.width, 1)
      }
    }

    @Test(arguments: shapes, [1, -1, 0] as [Int32]) func filtersAreThoseOfThePaper(_ shape: Shape, power: Int32) {
      func check<T: GlimpseScalar>(_: T.Type) {
        // The last picture's grid lies far outside of it.
        var windows: [T] = numbers(5 * shape.batch, in: -1...1)
        if shape.batch > 1 { windows[5 * shape.batch - 5] = 40 }
        let expected = Self.filters(shape, windows.map { Double($0) }, power: Double(power))
        expectEverywhere("filters, \(shape)", equals: expected.map { T($0) }, tolerance: 20 * T.tolerance) {
          var filters = [T](repeating: .nan, count: shape.batch * shape.filterCount)
          var g = shape.kernel(power: power)
          T.glimpseFilters(&g, windows, &filters)
          return filters
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test(arguments: shapes) func readingPaintingAndTheirGradientAgreeWithTheNaiveLoops(_ shape: Shape) {
      func check<T: GlimpseScalar>(_: T.Type) {
        let filters: [T] = numbers(shape.batch * shape.filterCount, in: -1...1)
        let (x, y): ([T], [T]) = (
          numbers(shape.batch * shape.pictureCount, seed: 2), numbers(shape.batch * shape.patchCount, seed: 3)
        )
        var read = [Double](repeating: 0, count: y.count), painted = x.map { Double($0) }
        var gradient = [Double](repeating: 0, count: filters.count)
        for picture in 0..<shape.batch {
          let down = picture * shape.filterCount, across = down + shape.places * shape.height
          for i in 0..<shape.places {
            for j in 0..<shape.places {
              for h in 0..<shape.height {
                for w in 0..<shape.width {
                  let (f, g) = (Double(filters[down + i * shape.height + h]), Double(filters[across + j * shape.width + w]))
                  for c in 0..<shape.channels {
                    let pixel = picture * shape.pictureCount + (h * shape.width + w) * shape.channels + c
                    let cell = picture * shape.patchCount + (i * shape.places + j) * shape.channels + c
                    read[cell] += f * g * Double(x[pixel])
                    painted[pixel] += f * g * Double(y[cell])
                    gradient[down + i * shape.height + h] += g * Double(x[pixel]) * Double(y[cell])
                    gradient[across + j * shape.width + w] += f * Double(x[pixel]) * Double(y[cell])
                  }
                }
              }
            }
          }
        }
        expectEverywhere("glimpses, \(shape)", equals: (read + painted + gradient).map { T($0) }, tolerance: 100 * T.tolerance) {
          var g = shape.kernel()
          var read = [T](repeating: .nan, count: y.count), painted = [T](repeating: .nan, count: x.count), alone = painted
          var gradient = [T](repeating: .nan, count: filters.count)
          let (memory, pictures, patches) = (EdgeMemory(filters), EdgeMemory(x), EdgeMemory(y))
          withExtendedLifetime((memory, pictures, patches)) {
            T.glimpseRead(&g, memory.pointer, pictures.pointer, &read)
            T.glimpsePaint(&g, memory.pointer, patches.pointer, pictures.pointer, &painted)
            T.glimpsePaint(&g, memory.pointer, patches.pointer, nil, &alone)
            T.glimpseGradient(&g, memory.pointer, patches.pointer, pictures.pointer, &gradient)
          }
          expectClose(zip(alone, x).map { $0 + $1 }, painted, tolerance: 100 * T.tolerance, "without a picture below")
          return read + painted + gradient
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }
}
