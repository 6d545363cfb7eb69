public import RecurrentData
import RecurrentTensors

/// A linear forecast: each of the next `horizon` values of each target is a weighted sum of the last `lags` values of all columns, plus a
/// constant (direct forecasts: a weight for each step ahead, none made from another forecast).
///
/// It is a `RidgeRegression` on all windows of the training rows. Columns should be standardized.
public struct RidgeAutoregression: Sendable {
  /// How many rows before the forecast are looked at.
  public let lags: Int
  /// How many rows are forecast.
  public let horizon: Int
  /// The columns that are forecast.
  public let targets: [Int]
  /// From the `lags` values of each column to the `horizon` values of each target.
  private let regression: RidgeRegression

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
    check(
      lags >= 1 && horizon >= 1 && penalty > 0 && !targets.isEmpty && columns.allSatisfy { $0.count >= rows.upperBound },
      "RidgeAutoregression: \(lags) lags, a horizon of \(horizon), a penalty of \(penalty), \(targets.count) targets, rows \(rows)")
    self.lags = lags
    self.horizon = horizon
    self.targets = targets
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
    guard let regression = RidgeRegression(inputs: inputs, outputs: outputs, rowCount: count, penalty: penalty) else {
      throw DataError(path, "the values are too large for a linear forecast; standardize the columns")
    }
    self.regression = regression
  }

  /// Forecasts from several places, `[targets, horizon]` each, in row-major order.
  ///
  /// - Parameters:
  ///   - columns: The series, as they were fitted; values at and after an origin are not looked at.
  ///   - origins: The first rows that are forecast, each `lags` or more. A missing value before one counts as its mean in training.
  public func forecasts(_ columns: [[Double]], origins: [Int]) -> [[Double]] {
    check(
      columns.count * lags == regression.inputCount && origins.allSatisfy { $0 >= lags && $0 <= columns[0].count },
      "RidgeAutoregression: \(columns.count) columns and origins \(origins.min() ?? 0) to \(origins.max() ?? 0), with \(lags) lags")
    return regression(origins.flatMap { Self.window(columns, before: $0, lags: lags) })
  }

  /// The rows before a place, column by column.
  private static func window(_ columns: [[Double]], before origin: Int, lags: Int) -> [Double] {
    columns.flatMap { $0[origin - lags..<origin] }
  }
}
