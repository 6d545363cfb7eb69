import RecurrentTensors

/// A matrix `[rows, columns]`, row-major, with orthonormal rows (or columns, where they are fewer), drawn uniformly
/// among those.
///
/// The Q of the QR decomposition of a matrix of normal numbers, by modified Gram-Schmidt, each vector orthogonalized
/// twice so that the result is orthonormal to rounding ("twice is enough", Giraud et al. 2005). The diagonal of R is
/// positive by construction, which is what makes the distribution uniform (Mezzadri 2007).
func orthogonalMatrix(rows: Int, columns: Int, using generator: inout RandomGenerator) -> [Double] {
  let (count, length) = (min(rows, columns), max(rows, columns))
  var vectors: [[Double]] = []
  vectors.reserveCapacity(count)
  while vectors.count < count {
    var vector = (0..<length).map { _ in generator.normal() }
    for _ in 0..<2 {
      for other in vectors {
        let overlap = dot(vector, other)
        for index in 0..<length { vector[index] -= overlap * other[index] }
      }
    }
    let norm = dot(vector, vector).squareRoot()
    // Nothing left but rounding: a vector of the others' span. Draws another; it happens with probability zero.
    guard norm > 1e-10 else { continue }
    vectors.append(vector.map { $0 / norm })
  }
  var result = [Double](repeating: 0, count: rows * columns)
  for (number, vector) in vectors.enumerated() {
    for (index, value) in vector.enumerated() {
      result[rows <= columns ? number * columns + index : index * columns + number] = value
    }
  }
  return result
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      var sum = 0.0
      for index in 0..<a.count { sum += a[index] * b[index] }
      return sum
    }
  }
}
