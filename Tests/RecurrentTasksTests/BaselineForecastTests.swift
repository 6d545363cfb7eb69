import Foundation
import RecurrentData
import RecurrentTensors
import Testing

@testable import RecurrentTasks

struct BaselineForecastTests {
  @Test func naiveForecastsByHand() {
    let history: [Double] = [1, 2, 3, 4, 5]
    #expect(NaiveForecast.persistence.forecast(after: history, horizon: 3) == [5, 5, 5])
    #expect(NaiveForecast.seasonal(steps: 3).forecast(after: history, horizon: 7) == [3, 4, 5, 3, 4, 5, 3])
    #expect(NaiveForecast.seasonal(steps: 1).forecast(after: history[1...3], horizon: 2) == [4, 4])
    #expect(NaiveForecast.persistence.forecast(after: [1, 2, .nan], horizon: 1) == [2])
    #expect(NaiveForecast.seasonal(steps: 2).forecast(after: [1, 2, 3, .nan], horizon: 4) == [3, 2, 3, 2])
    #expect(NaiveForecast.seasonal(steps: 4).forecast(after: [.nan, 7, 8], horizon: 4) == [8, 8, 7, 8])
    #expect(NaiveForecast.persistence.forecast(after: [], horizon: 1)[0].isNaN)
  }

  @Test func linearSystems() throws {
    var generator = RandomGenerator(seed: 1)
    for n in [1, 2, 9, 40] {
      let root = Tensor<Double>(normalWithMean: 0, shape: [n + 3, n], using: &generator)
      let a = matmul(root, root, transposingFirst: true)
      let x = Tensor<Double>(normalWithMean: 0, shape: [n, 3], using: &generator)
      let found = try #require(solvePositiveDefinite(a, matmul(a, x)))
      #expect(zip(found.scalars, x.scalars).allSatisfy { abs($0 - $1) < 1e-7 })
    }
    #expect(solvePositiveDefinite(Tensor(shape: [2, 2], scalars: [1, 2, 2, 1]), Tensor(shape: [2, 1], scalars: [1, 1])) == nil)
  }

  /// One lag, one step ahead, by hand: pairs (0, 1), (1, 3), (3, 2); means 4/3 and 2; sums of products 1, of squares 14/3.
  @Test func ridgeByHand() throws {
    let series: [Double] = [0, 1, 3, 2]
    let model = try RidgeAutoregression(columns: [series], targets: [0], rows: 0..<4, lags: 1, horizon: 1, penalty: 1.0 / 3)
    let slope = 1.0 / (14.0 / 3 + 1.0 / 3)
    let forecast = model.forecasts([series], origins: [4])[0][0]
    #expect(abs(forecast - (2 + slope * (2 - 4.0 / 3))) < 1e-12)
  }

  /// A series that follows a linear rule is forecast by it, several steps ahead and from another column.
  @Test func aLinearRuleIsFound() throws {
    var generator = RandomGenerator(seed: 2)
    var driver = (0..<400).map { _ in generator.normal() }
    let wave = (0..<400).map { sin(Double($0) * 0.3) }
    let follower = (0..<400).map { $0 >= 2 ? 0.5 * driver[$0 - 2] + wave[$0] : 0 }
    let columns = [follower, driver, wave]
    let model = try RidgeAutoregression(columns: columns, targets: [0, 2], rows: 0..<300, lags: 4, horizon: 2, penalty: 1e-6)
    for (origin, forecast) in zip([301, 350], model.forecasts(columns, origins: [301, 350])) {
      #expect(forecast.count == 4)
      #expect(zip(forecast, [follower[origin], follower[origin + 1], wave[origin], wave[origin + 1]]).allSatisfy { abs($0 - $1) < 1e-4 })
    }
    // What comes at and after the origin is not looked at.
    let before = model.forecasts(columns, origins: [350])
    for row in 350..<400 { driver[row] = .nan }
    #expect(model.forecasts([follower, driver, wave], origins: [350]) == before)
  }

  @Test func windowsWithMissingValuesAreLeftOut() throws {
    // 0.5 to the power of the row, with a wrong value that is missing.
    var series = (0..<30).map { pow(0.5, Double($0)) }
    series[10] = .nan
    let model = try RidgeAutoregression(columns: [series], targets: [0], rows: 0..<30, lags: 1, horizon: 1, penalty: 1e-9)
    #expect(abs(model.forecasts([series], origins: [3])[0][0] - 0.125) < 1e-6)
    #expect(model.forecasts([series], origins: [11])[0][0].isFinite)
    do {
      _ = try RidgeAutoregression(columns: [series], targets: [0], rows: 8..<13, lags: 2, horizon: 2)
      Issue.record("nothing thrown")
    } catch {
      #expect(
        "\(error)" == "the series: there is not one window of 2 + 2 rows without a missing value among the 5 training rows; use fewer lags"
          + " or a shorter horizon")
    }
  }

  /// Columns that are copies of each other have no unique weights, only a least one.
  @Test func copiesOfAColumnDoNoHarm() throws {
    let series = (0..<50).map { sin(Double($0)) }
    let model = try RidgeAutoregression(
      columns: [series, series, Array(repeating: 3, count: 50)], targets: [0], rows: 0..<40, lags: 3, horizon: 1, penalty: 1e-9)
    #expect(abs(model.forecasts([series, series, Array(repeating: 3, count: 50)], origins: [45])[0][0] - series[45]) < 1e-6)
  }
}
