import RecurrentKernels
import Testing

extension KernelTests {
  @Suite struct PoolingTests {
    static let shapes: [WindowShape] = [
      WindowShape(kernel: (2, 2), stride: (2, 2)),
      WindowShape(channels: 64, extent: (13, 14), kernel: (3, 3), stride: (2, 2), roundsUp: true),
      WindowShape(channels: 17, extent: (9, 12), kernel: (3, 3), stride: (2, 2), padding: (1, 1)),
      WindowShape(channels: 33, extent: (7, 8), kernel: (3, 2), stride: (1, 3), padding: (1, 1), roundsUp: true),
      WindowShape(channels: 5, extent: (10, 10), kernel: (2, 3), stride: (4, 5)),
      WindowShape(channels: 1, extent: (1, 1), kernel: (1, 1)),
      WindowShape(batch: 0, kernel: (2, 2)),
      WindowShape(batch: 3, channels: 40, extent: (30, 31), kernel: (5, 5), stride: (3, 3), padding: (2, 2), roundsUp: true),
    ]

    @Test(arguments: shapes) func maximumAgreesWithTheNaiveLoops(_ shape: WindowShape) {
      func check<T: PictureScalar>(_: T.Type) {
        let (x, dy): ([T], [T]) = (coarse(shape.pictureCount), numbers(shape.placeCount * shape.channels, seed: 2))
        var largest = [T](repeating: -.infinity, count: dy.count), chosen = [Int](repeating: -1, count: dy.count)
        shape.forEachTap { place, _, element in
          for channel in 0..<shape.channels {
            let (at, to) = (shape.at(place.0, element, channel), shape.number(place) * shape.channels + channel)
            if chosen[to] < 0 || x[at] > largest[to] { (largest[to], chosen[to]) = (x[at], at) }
          }
        }
        var dx = [T](repeating: 0, count: x.count)
        for (index, at) in chosen.enumerated() { dx[at] += dy[index] }
        expectEverywhere("maximum, \(shape)", equals: largest + dx) {
          var window = shape.window
          var y = [T](repeating: .nan, count: dy.count), dx = [T](repeating: .nan, count: x.count), alone = y
          var taps = [UInt16](repeating: 0, count: dy.count)
          let pictures = EdgeMemory(x)
          withExtendedLifetime(pictures) { T.maxPooling(&window, pictures.pointer, &y, &taps) }
          T.maxPooling(&window, x, &alone, nil)
          #expect(sameBits(y, alone))
          T.maxPoolingGradient(&window, taps, dy, &dx)
          return y + dx
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test(arguments: shapes, [true, false]) func meanAgreesWithTheNaiveLoops(_ shape: WindowShape, countsPadding: Bool) {
      func check<T: PictureScalar>(_: T.Type) {
        let (x, dy): ([T], [T]) = (numbers(shape.pictureCount), numbers(shape.placeCount * shape.channels, seed: 2))
        // A window counts its taps in the picture, or those that are not beyond the padding either.
        var counts = [Int](repeating: 0, count: shape.placeCount)
        shape.forEachTap { place, _, _ in counts[shape.number(place)] += 1 }
        if countsPadding {
          for index in counts.indices {
            let (i, j) = (index / shape.places.1 % shape.places.0, index % shape.places.1)
            counts[index] =
              min(shape.kernel.0, shape.extent.0 + 2 * shape.padding.0 - i * shape.stride.0)
              * min(shape.kernel.1, shape.extent.1 + 2 * shape.padding.1 - j * shape.stride.1)
          }
        }
        var y = [Double](repeating: 0, count: dy.count), dx = [Double](repeating: 0, count: x.count)
        shape.forEachTap { place, _, element in
          for channel in 0..<shape.channels {
            let (at, to) = (shape.at(place.0, element, channel), shape.number(place) * shape.channels + channel)
            y[to] += Double(x[at]) / Double(counts[shape.number(place)])
            dx[at] += Double(dy[to]) / Double(counts[shape.number(place)])
          }
        }
        expectEverywhere("mean, \(shape)", equals: (y + dx).map { T($0) }) {
          var window = shape.window
          var y = [T](repeating: .nan, count: dy.count), dx = [T](repeating: .nan, count: x.count)
          let (pictures, cotangents) = (EdgeMemory(x), EdgeMemory(dy))
          withExtendedLifetime((pictures, cotangents)) {
            T.averagePooling(&window, countsPadding, pictures.pointer, &y)
            T.averagePoolingGradient(&window, countsPadding, cotangents.pointer, &dx)
          }
          return y + dx
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func notANumberStays() {
      var x = [Float](repeating: 1, count: 9 * 20)
      x[4 * 20 + 3] = .nan
      var window = WindowShape(batch: 1, channels: 20, extent: (3, 3), kernel: (3, 3)).window
      onEveryInstructionSet { set in
        var y = [Float](repeating: 0, count: 20)
        Float.maxPooling(&window, x, &y, nil)
        for channel in y.indices { #expect(y[channel].isNaN == (channel == 3), "\(channel), \(name(of: set))") }
      }
    }

    /// Numbers with many equals among them.
    private func coarse<T: KernelScalar>(_ count: Int) -> [T] {
      let fine: [T] = numbers(count)
      return fine.map { ($0 * 2).rounded() }
    }
  }

  @Suite struct ColumnTests {
    static let shapes: [(rows: Int, columns: Int)] =
      awkwardSizes.filter { $0 > 0 }.map { (rows: 5, columns: $0) } + [(1, 3), (0, 4), (130, 7), (3000, 65)]

    @Test func sumsAndMaps() {
      func check<T: PictureScalar>(_: T.Type) {
        for (rows, columns) in Self.shapes {
          let (x, y): ([T], [T]) = (numbers(rows * columns), numbers(rows * columns, seed: 2))
          let (center, scale, factor): ([T], [T], [T]) = (
            numbers(columns, seed: 3), numbers(columns, seed: 4), numbers(columns, seed: 5)
          )
          for hasOther in [true, false] {
            var sums = [Double](repeating: 0, count: columns), products = sums
            for index in x.indices {
              let moved = Double(x[index]) - (hasOther ? Double(center[index % columns]) : 0)
              let other = hasOther ? Double(y[index]) : moved
              sums[index % columns] += other
              products[index % columns] += moved * other
            }
            let mapped = x.indices.map { index in
              let j = index % columns
              return T(
                Double(x[index]) * Double(scale[j]) + (hasOther ? Double(y[index]) * Double(factor[j]) : 0) + Double(center[j]))
            }
            expectEverywhere(
              "columns \(rows) x \(columns)", equals: (sums + products).map { T($0) } + mapped, tolerance: 10 * T.tolerance
            ) {
              var sums = [T](repeating: .nan, count: columns), products = sums, z = x
              T.columnSums(rows, columns, x, hasOther ? center : nil, hasOther ? y : nil, &sums, &products)
              z.withUnsafeMutableBufferPointer { z in
                T.columnMap(
                  rows, columns, UnsafePointer(z.baseAddress), scale, hasOther ? y : nil, hasOther ? factor : nil, center,
                  z.baseAddress)
              }
              return sums + products + z
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }
}
