#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Overlapping triangles over the frequencies of a spectrum, equally wide on the mel scale, each with an area of 1 (Slaney 1998, *Auditory Toolbox*).
struct MelFilterBank: Sendable {
  /// A triangle: where its weights begin in the spectrum, and which they are among ``weights``.
  private struct Filter: Sendable {
    var firstBin: Int
    var weights: Range<Int>
  }

  private var filters: [Filter] = []
  private var weights: [Double] = []
  /// The tips of the triangles, in Hz.
  private(set) var middles: [Double] = []

  /// The filters for the powers of a transform of `fftSize` samples. One that is narrower than the distance of the powers may have no weight.
  init(bandCount: Int, lowest: Double, highest: Double, sampleRate: Int, fftSize: Int) {
    let (low, high) = (Self.mels(lowest), Self.mels(highest))
    let corners = (0...bandCount + 1).map { Self.frequency(low + (high - low) * Double($0) / Double(bandCount + 1)) }
    let distance = Double(sampleRate) / Double(fftSize)
    for band in 0..<bandCount {
      let (left, middle, right) = (corners[band], corners[band + 1], corners[band + 2])
      let start = weights.count
      let bins = Int(left / distance)...min(fftSize / 2, Int(right / distance) + 1)
      var firstBin = bins.lowerBound
      for bin in bins {
        let frequency = Double(bin) * distance
        let height = min((frequency - left) / (middle - left), (right - frequency) / (right - middle))
        if height > 0 { weights.append(2 / (right - left) * height) } else if weights.count == start { firstBin = bin + 1 }
      }
      filters.append(Filter(firstBin: firstBin, weights: start..<weights.count))
      middles.append(middle)
    }
  }

  /// The first band that sees no frequency, nil if all see some.
  var emptyBand: Int? { filters.firstIndex { $0.weights.isEmpty } }

  /// Writes the natural logarithms of the bands' powers, 1e-10 at least, of the spectrum `[fftSize / 2 + 1]`.
  func logarithms(of powers: UnsafePointer<Double>, to bands: UnsafeMutablePointer<Double>) {
    weights.withUnsafeBufferPointer { weights in
      for (band, filter) in filters.enumerated() {
        var sum = 0.0
        let place = filter.firstBin &- filter.weights.lowerBound
        for index in filter.weights { sum += weights[index] * powers[place &+ index] }
        bands[band] = log(max(sum, 1e-10))
      }
    }
  }

  /// Linear below 1 kHz, logarithmic above it.
  private static func mels(_ frequency: Double) -> Double {
    frequency < 1_000 ? frequency * 3 / 200 : 15 + 27 * log(frequency / 1_000) / log(6.4)
  }

  private static func frequency(_ mels: Double) -> Double { mels < 15 ? mels * 200 / 3 : 1_000 * exp((mels - 15) * log(6.4) / 27) }
}
