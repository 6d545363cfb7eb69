#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The power of the frequencies in real numbers: `|Σₙ xₙ exp(-2πikn / size)|²` for k from 0 to `size / 2`.
///
/// Even and odd numbers are the real and imaginary parts of a transform of half the size, which goes from one pair of arrays to another and back
/// with the inputs of each stage in runs (Stockham; Van Loan 1992, algorithm 1.7.2), so that its inner loops are vectors.
struct FourierTransform: Sendable {
  /// How many numbers there are: a power of two, at least 4.
  let size: Int
  /// `exp(-2πik / size)` for k from 0 to `size / 2`: the real parts, then the imaginary ones.
  private let roots: [Double]
  /// Two pairs of arrays of `size / 2` numbers.
  private var work: [Double]

  init(size: Int) {
    self.size = size
    let angles = (0...size / 2).map { -2 * Double.pi * Double($0) / Double(size) }
    roots = angles.map { cos($0) } + angles.map { sin($0) }
    work = Array(repeating: 0, count: 2 * size)
  }

  /// Writes the powers of `[size]` numbers to `[size / 2 + 1]`.
  mutating func powers(of numbers: UnsafePointer<Double>, to powers: UnsafeMutablePointer<Double>) {
    let half = size / 2
    roots.withUnsafeBufferPointer { roots in
      work.withUnsafeMutableBufferPointer { work in
        let (cosines, sines) = (roots.baseAddress!, roots.baseAddress! + half + 1)
        var (from, to) = (work.baseAddress!, work.baseAddress! + size)
        for k in 0..<half { (from[k], from[half + k]) = (numbers[2 * k], numbers[2 * k + 1]) }
        // `run` transforms of `2 * rest` numbers each are interleaved; a stage makes `2 * run` of `rest`.
        var (run, rest) = (1, half / 2)
        while rest > 0 {
          for p in 0..<rest {
            let (cosine, sine) = (cosines[2 * p &* run], sines[2 * p &* run])
            let (source, target) = (from + p &* run, to + 2 * p &* run)
            Self.butterflies(source, source + half, apart: rest &* run, target, target + half, run, cosine, sine)
          }
          (from, to) = (to, from)
          (run, rest) = (2 * run, rest / 2)
        }
        // The transform of the even numbers is the part that is symmetric about 0, that of the odd ones the rest.
        let (real, imaginary) = (from, from + half)
        powers[0] = (real[0] + imaginary[0]) * (real[0] + imaginary[0])
        powers[half] = (real[0] - imaginary[0]) * (real[0] - imaginary[0])
        for k in 1..<half {
          let m = half - k
          let (evenReal, evenImaginary) = (0.5 * (real[k] + real[m]), 0.5 * (imaginary[k] - imaginary[m]))
          let (oddReal, oddImaginary) = (0.5 * (imaginary[k] + imaginary[m]), 0.5 * (real[m] - real[k]))
          let sumReal = evenReal + cosines[k] * oddReal - sines[k] * oddImaginary
          let sumImaginary = evenImaginary + cosines[k] * oddImaginary + sines[k] * oddReal
          powers[k] = sumReal * sumReal + sumImaginary * sumImaginary
        }
      }
    }
  }

  /// Sums, and differences times a root, of two runs that lie `apart`; sums and products follow each other.
  @inline(__always)
  private static func butterflies(
    _ real: UnsafePointer<Double>, _ imaginary: UnsafePointer<Double>, apart: Int, _ newReal: UnsafeMutablePointer<Double>,
    _ newImaginary: UnsafeMutablePointer<Double>, _ run: Int, _ cosine: Double, _ sine: Double
  ) {
    for q in 0..<run {
      let (differenceReal, differenceImaginary) = (real[q] - real[q &+ apart], imaginary[q] - imaginary[q &+ apart])
      newReal[q] = real[q] + real[q &+ apart]
      newImaginary[q] = imaginary[q] + imaginary[q &+ apart]
      newReal[q &+ run] = differenceReal * cosine - differenceImaginary * sine
      newImaginary[q &+ run] = differenceReal * sine + differenceImaginary * cosine
    }
  }
}
