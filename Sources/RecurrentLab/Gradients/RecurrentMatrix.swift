#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentLayers
import RecurrentTensors

/// A square matrix of recurrent weights, drawn so that its spectral radius is 1: a multiple of it has any radius.
struct RecurrentMatrix: Sendable {
  /// How a matrix is drawn.
  enum Kind: String, CaseIterable, Codable, Sendable {
    /// A rotation: every eigenvalue and every singular value has the same size.
    case orthogonal
    /// Independent normal entries: the largest singular value is about twice the radius.
    case normal
    /// A triangle: units in a chain, each of which drives those after it. Its eigenvalues, the diagonal, say nothing of how
    /// much is handed down the chain. (It is not turned: rounding would move the eigenvalues of so lopsided a matrix.)
    case triangular
  }

  /// Row by row.
  let values: [Double]
  /// Rows, and columns.
  let size: Int
  /// The largest singular value.
  let largestSingularValue: Double

  /// A matrix of radius 1.
  init(_ kind: Kind, size: Int, using generator: inout RandomGenerator) {
    self.size = size
    switch kind {
    case .orthogonal:
      values = Initializer.orthogonal(gain: 1).matrix(Double.self, rows: size, columns: size, using: &generator).scalars
    case .triangular:
      var triangle = Tensor<Double>(zeros: [size, size])
      triangle.withUnsafeMutableScalars { entries in
        for row in 0..<size {
          entries[row * size + row] = row == 0 ? 1 : 2 * generator.uniform() - 1
          for column in row + 1..<max(size, row + 1) {
            entries[row * size + column] = 2 * generator.normal() / Double(size).squareRoot()
          }
        }
      }
      values = triangle.scalars
    case .normal:
      let drawn = (0..<size * size).map { _ in generator.normal() / Double(size).squareRoot() }
      let radius = Self.spectralRadius(drawn, size)
      values = drawn.map { $0 / radius }
    }
    largestSingularValue = Self.largestSingularValue(values, size)
  }

  /// This matrix times `radius`.
  func scaled(to radius: Double) -> Tensor<Double> { Tensor(shape: [size, size], converting: values.map { $0 * radius }) }

  /// The spectral radius by Gelfand's formula, `lim ||A^k||^(1/k)`, along `k = 1, 2, 4, 8, ...`: squaring a matrix 40
  /// times leaves an error of the order of `log(condition) / 2^40`, complex eigenvalues or not.
  static func spectralRadius(_ values: [Double], _ size: Int) -> Double {
    var power = Tensor<Double>(shape: [size, size], converting: values)
    var logarithm = 0.0  // of the factor taken out of A^k, divided by k
    var share = 1.0
    for _ in 0..<40 {
      let norm = power.sumOfSquares.squareRoot()
      guard norm > 0 else { return 0 }
      logarithm += share * log(norm)
      power = power * (1 / norm)
      power = matmul(power, power)
      share /= 2
    }
    let norm = power.sumOfSquares.squareRoot()
    return norm > 0 ? exp(logarithm + share * log(norm)) : 0
  }

  /// The largest singular value: the root of the spectral radius of `A^T A`.
  static func largestSingularValue(_ values: [Double], _ size: Int) -> Double {
    let matrix = Tensor<Double>(shape: [size, size], converting: values)
    return spectralRadius(matmul(matrix, matrix, transposingFirst: true).scalars, size).squareRoot()
  }
}
