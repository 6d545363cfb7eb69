import RecurrentTensors

extension Picture {
  /// The picture in another size, antialiased: each new pixel is the mean of those that it covers, weighted by a triangle as wide as two new pixels
  /// where the picture shrinks, and as two old ones where it grows (bilinear interpolation).
  ///
  /// Weights are rounded to 2⁻²² and sums made of whole numbers, so that every machine gives the same bytes: those of Pillow's `BILINEAR`,
  /// columns first, then rows.
  ///
  /// - Precondition: at least one pixel each way.
  public func resized(width newWidth: Int, height newHeight: Int) -> Picture {
    check(newWidth > 0 && newHeight > 0, "Picture: resized to \(newWidth) x \(newHeight) pixels")
    var result = self
    if newWidth != width {
      result = Picture(width: newWidth, height: height, pixels: Resampling(from: width, to: newWidth).alongRows(of: result))
    }
    if newHeight != height {
      result = Picture(width: newWidth, height: newHeight, pixels: Resampling(from: height, to: newHeight).alongColumns(of: result))
    }
    return result
  }
}

/// Which old pixels make each new one of a row, and how much of each.
private struct Resampling {
  private static let precision = 22
  /// The old pixels of each new one.
  private let sources: [Range<Int>]
  /// The weights of all of them, one after another, in units of 2⁻²².
  private let weights: [Int32]

  init(from old: Int, to new: Int) {
    let scale = Double(old) / Double(new)
    let support = max(scale, 1)
    var sources: [Range<Int>] = []
    var weights: [Int32] = []
    for index in 0..<new {
      let center = (Double(index) + 0.5) * scale
      let first = max(0, Int(center - support + 0.5))
      let end = min(old, Int(center + support + 0.5))
      let triangle = (first..<end).map { max(0, 1 - abs((Double($0) - center + 0.5) * (1 / support))) }
      let sum = triangle.reduce(0, +)
      sources.append(first..<end)
      weights += triangle.map { Int32(0.5 + $0 / sum * Double(1 << Self.precision)) }
    }
    (self.sources, self.weights) = (sources, weights)
  }

  private static func rounded(_ sum: Int32) -> UInt8 { UInt8(min(max((sum + 1 << (precision - 1)) >> precision, 0), 255)) }

  /// The pixels of the picture with as many columns as there are sources.
  func alongRows(of picture: Picture) -> [UInt8] {
    let size = 3 * sources.count * picture.height
    return [UInt8](unsafeUninitializedCapacity: size) { target, count in
      picture.pixels.withUnsafeBufferPointer { pixels in
        var place = 0
        for row in 0..<picture.height {
          var weight = 0
          for source in sources {
            var (red, green, blue) = (Int32(0), Int32(0), Int32(0))
            var from = 3 * (row * picture.width + source.lowerBound)
            for _ in source {
              red += Int32(pixels[from]) * weights[weight]
              green += Int32(pixels[from + 1]) * weights[weight]
              blue += Int32(pixels[from + 2]) * weights[weight]
              from += 3
              weight += 1
            }
            (target[place], target[place + 1], target[place + 2]) = (Self.rounded(red), Self.rounded(green), Self.rounded(blue))
            place += 3
          }
        }
      }
      count = size
    }
  }

  /// The pixels of the picture with as many rows as there are sources.
  func alongColumns(of picture: Picture) -> [UInt8] {
    let rowSize = 3 * picture.width
    let size = rowSize * sources.count
    return [UInt8](unsafeUninitializedCapacity: size) { target, count in
      picture.pixels.withUnsafeBufferPointer { pixels in
        var sums = [Int32](repeating: 0, count: rowSize)
        var (place, weight) = (0, 0)
        for source in sources {
          for column in 0..<rowSize { sums[column] = 0 }
          for row in source {
            for column in 0..<rowSize { sums[column] += Int32(pixels[row * rowSize + column]) * weights[weight] }
            weight += 1
          }
          for column in 0..<rowSize { target[place + column] = Self.rounded(sums[column]) }
          place += rowSize
        }
      }
      count = size
    }
  }
}
