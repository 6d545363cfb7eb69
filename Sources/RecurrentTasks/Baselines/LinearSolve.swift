import RecurrentTensors

/// Solves `A X = B` for a symmetric positive definite A by its factor of Cholesky, `A = L Lᵀ` (Golub and Van Loan, "Matrix Computations", 4.2).
///
/// - Parameters:
///   - a: A, `[n, n]`; only the lower triangle is read.
///   - b: B, `[n, m]`.
/// - Returns: X, `[n, m]`; nil if A is not positive definite, as far as rounding tells.
func solvePositiveDefinite(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Tensor<Double>? {
  let n = a.shape[0]
  let m = b.shape[1]
  check(a.shape == [n, n] && b.shape[0] == n, "solvePositiveDefinite: the shapes \(a.shape) and \(b.shape)")
  var factor = a.scalars
  var solution = b.scalars
  let isDefinite = factor.withUnsafeMutableBufferPointer { l in
    for i in 0..<n {
      for j in 0...i {
        var sum = l[i * n + j]
        for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
        if i == j {
          guard sum > 0 else { return false }
          l[i * n + i] = sum.squareRoot()
        } else {
          l[i * n + j] = sum / l[j * n + j]
        }
      }
    }
    return true
  }
  guard isDefinite else { return nil }
  // L Y = B from above, then Lᵀ X = Y from below, all columns at once.
  solution.withUnsafeMutableBufferPointer { x in
    factor.withUnsafeBufferPointer { l in
      for i in 0..<n {
        for k in 0..<i {
          let weight = l[i * n + k]
          for column in 0..<m { x[i * m + column] -= weight * x[k * m + column] }
        }
        for column in 0..<m { x[i * m + column] /= l[i * n + i] }
      }
      for i in stride(from: n - 1, through: 0, by: -1) {
        for k in i + 1..<n {
          let weight = l[k * n + i]
          for column in 0..<m { x[i * m + column] -= weight * x[k * m + column] }
        }
        for column in 0..<m { x[i * m + column] /= l[i * n + i] }
      }
    }
  }
  return Tensor(shape: [n, m], scalars: solution)
}
