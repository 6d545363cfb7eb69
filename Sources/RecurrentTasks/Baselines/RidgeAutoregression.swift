public import RecurrentData
import RecurrentTensors

/// A linear forecast: each of the next `horizon` values of each target is a weighted sum of the last `lags` values of all columns, plus a
/// constant (direct forecasts: a weight for each step ahead, none made from another forecast).
///
/// The weights minimize the sum of squared errors over all windows of the training rows plus `penalty` times the sum of squared weights
/// (Hoerl and Kennard 1970), in closed form: `(XᵀX + penalty I) W = XᵀY` with X and Y less their means. Columns should be standardized.
public struct RidgeAutoregression: Sendable {
  /// How many rows before the forecast are looked at.
  public let lags: Int
  /// How many rows are forecast.
  public let horizon: Int
  /// The columns that are forecast.
  public let targets: [Int]
  /// W, `[lags * columns, horizon * targets]`.
  private let weights: Tensor<Double>
  private let inputMeans: [Double]
  private let outputMeans: [Double]

  /// Fits a model to consecutive rows.
  ///
  /// - Parameters:
  ///   - columns: The series, a column each, all of the same length: targets and whatever else is known up to now.
  ///   - targets: Which columns are forecast.
  ///   - rows: The training rows. Windows that leave them, or hold a missing value (NaN), are not used.
  ///   - lags: At least 1.
  ///   - horizon: At least 1.
  ///   - penalty: Above 0.
  /// - Throws: `DataError` if there is not one whole window. `path` stands for the data in its message.
  public init(
    columns: [[Double]], targets: [Int], rows: Range<Int>, lags: Int, horizon: Int, penalty: Double = 1, path: String = "the series"
  ) throws(DataError) {
    precondition(
      lags >= 1 && horizon >= 1 && penalty > 0 && !targets.isEmpty && columns.allSatisfy { $0.count >= rows.upperBound },
      "RidgeAutoregression: \(lags) lags, a horizon of \(horizon), a penalty of \(penalty), \(targets.count) targets, rows \(rows)")
    self.lags = lags
    self.horizon = horizon
    self.targets = targets
    let inputCount = lags * columns.count
    let outputCount = horizon * targets.count
    var inputs: [Double] = []
    var outputs: [Double] = []
    var count = 0
    for origin in stride(from: rows.lowerBound + lags, through: rows.upperBound - horizon, by: 1) {
      let input = Self.window(columns, before: origin, lags: lags)
      let output = targets.flatMap { columns[$0][origin..<origin + horizon] }
      if input.contains(where: \.isNaN) || output.contains(where: \.isNaN) { continue }
      inputs += input
      outputs += output
      count += 1
    }
    if count == 0 {
      throw DataError(
        path,
        "there is not one window of \(lags) + \(horizon) rows without a missing value among the \(rows.count) training rows; use fewer lags"
          + " or a shorter horizon")
    }
    inputMeans = Self.center(&inputs, inputCount)
    outputMeans = Self.center(&outputs, outputCount)
    let x = Tensor<Double>(shape: [count, inputCount], scalars: inputs)
    let y = Tensor<Double>(shape: [count, outputCount], scalars: outputs)
    let products = matmul(x, y, transposingFirst: true)
    var normal = matmul(x, x, transposingFirst: true)
    // Columns that repeat each other leave only the penalty between them and zero; rounding must not eat it.
    let trace = (0..<inputCount).reduce(0.0) { sum, index in normal.withUnsafeScalars { sum + $0[index * inputCount + index] } }
    let added = max(penalty, 1e-12 * trace)
    normal.withUnsafeMutableScalars { scalars in
      for index in 0..<inputCount { scalars[index * inputCount + index] += added }
    }
    guard let weights = solvePositiveDefinite(normal, products) else {
      throw DataError(path, "the values are too large for a linear forecast; standardize the columns")
    }
    self.weights = weights
  }

  /// Forecasts from several places, `[targets, horizon]` each, in row-major order.
  ///
  /// - Parameters:
  ///   - columns: The series, as they were fitted; values at and after an origin are not looked at.
  ///   - origins: The first rows that are forecast, each `lags` or more. A missing value before one counts as its mean in training.
  public func forecasts(_ columns: [[Double]], origins: [Int]) -> [[Double]] {
    let inputCount = inputMeans.count
    precondition(
      columns.count * lags == inputCount && origins.allSatisfy { $0 >= lags && $0 <= columns[0].count },
      "RidgeAutoregression: \(columns.count) columns and origins \(origins.min() ?? 0) to \(origins.max() ?? 0), with \(lags) lags")
    if origins.isEmpty { return [] }
    var inputs: [Double] = []
    inputs.reserveCapacity(origins.count * inputCount)
    for origin in origins {
      for (value, mean) in zip(Self.window(columns, before: origin, lags: lags), inputMeans) {
        inputs.append(value.isNaN ? 0 : value - mean)
      }
    }
    let product = matmul(Tensor(shape: [origins.count, inputCount], scalars: inputs), weights).scalars
    let outputCount = outputMeans.count
    return origins.indices.map { row in
      zip(product[row * outputCount..<(row + 1) * outputCount], outputMeans).map { $0 + $1 }
    }
  }

  /// The rows before a place, column by column.
  private static func window(_ columns: [[Double]], before origin: Int, lags: Int) -> [Double] {
    columns.flatMap { $0[origin - lags..<origin] }
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
