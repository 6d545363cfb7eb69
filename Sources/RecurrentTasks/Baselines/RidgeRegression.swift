import RecurrentTensors

/// Linear regression with a penalty (Hoerl and Kennard 1970): each output is a weighted sum of the inputs plus a constant.
///
/// The weights minimize the sum of squared errors plus `penalty` times the sum of squared weights, in closed form:
/// `(XᵀX + penalty I) W = XᵀY` with X and Y less their means. Inputs should be standardized.
struct RidgeRegression: Sendable {
  /// W, `[inputs, outputs]`.
  private let weights: Tensor<Double>
  private let inputMeans: [Double]
  private let outputMeans: [Double]

  /// Numbers of an input.
  var inputCount: Int { inputMeans.count }

  /// Fits rows of numbers; nil where they are too large for squares.
  ///
  /// - Parameters:
  ///   - inputs: `[rows, inputCount]` in row-major order, without a missing value.
  ///   - outputs: `[rows, outputCount]`, likewise.
  ///   - penalty: Above 0.
  /// - Precondition: there is a row.
  init?(inputs: consuming [Double], outputs: consuming [Double], rowCount: Int, penalty: Double) {
    check(
      rowCount > 0 && inputs.count % rowCount == 0 && outputs.count % rowCount == 0 && penalty > 0,
      "RidgeRegression: \(inputs.count) inputs and \(outputs.count) outputs in \(rowCount) rows, a penalty of \(penalty)")
    let (inputCount, outputCount) = (inputs.count / rowCount, outputs.count / rowCount)
    inputMeans = Self.center(&inputs, inputCount)
    outputMeans = Self.center(&outputs, outputCount)
    let x = Tensor<Double>(shape: [rowCount, inputCount], scalars: inputs)
    let y = Tensor<Double>(shape: [rowCount, outputCount], scalars: outputs)
    let products = matmul(x, y, transposingFirst: true)
    var normal = matmul(x, x, transposingFirst: true)
    // Columns that repeat each other leave only the penalty between them and zero; rounding must not eat it.
    let trace = (0..<inputCount).reduce(0.0) { sum, index in normal.withUnsafeScalars { sum + $0[index * inputCount + index] } }
    let added = max(penalty, 1e-12 * trace)
    normal.withUnsafeMutableScalars { scalars in
      for index in 0..<inputCount { scalars[index * inputCount + index] += added }
    }
    guard let weights = solvePositiveDefinite(normal, products) else { return nil }
    self.weights = weights
  }

  /// The outputs for rows of inputs, a list for each. A missing value (NaN) counts as its mean in training.
  func callAsFunction(_ inputs: [Double]) -> [[Double]] {
    check(
      inputs.count % inputCount == 0, "RidgeRegression: \(inputs.count) numbers are no rows of \(inputCount)")
    if inputs.isEmpty { return [] }
    let rowCount = inputs.count / inputCount
    let centered = inputs.enumerated().map { index, value in value.isNaN ? 0 : value - inputMeans[index % inputCount] }
    let product = matmul(Tensor(shape: [rowCount, inputCount], scalars: centered), weights).scalars
    let outputCount = outputMeans.count
    return (0..<rowCount).map { row in
      zip(product[row * outputCount..<(row + 1) * outputCount], outputMeans).map { $0 + $1 }
    }
  }

  /// Takes the mean from each column of a row-major matrix, and returns the means.
  private static func center(_ values: inout [Double], _ columnCount: Int) -> [Double] {
    var means = Array(repeating: 0.0, count: columnCount)
    let rowCount = values.count / columnCount
    values.withUnsafeMutableBufferPointer { values in
      for row in 0..<rowCount {
        for column in 0..<columnCount { means[column] += values[row * columnCount + column] }
      }
      for column in 0..<columnCount { means[column] /= Double(rowCount) }
      for row in 0..<rowCount {
        for column in 0..<columnCount { values[row * columnCount + column] -= means[column] }
      }
    }
    return means
  }
}
