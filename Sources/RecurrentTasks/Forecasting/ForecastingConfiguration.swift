import Foundation
import RecurrentData
import RecurrentLayers
public import RecurrentTraining

/// The `data` of a forecasting recipe: which columns of a table are the series, and which rows are for what.
public struct ForecastingDataConfiguration: Configuration, SplitConfiguration {
  @Setting("The column of times, ISO dates or numbers; each row must be later than the one before.") public var time = "date"
  @Setting(isYounger: true, TableSeparator.documentation) public var separator = TableSeparator.byName
  @Setting(
    "From one row to the next, such as 15 minutes, day, week day, month, month end, quarter, year, or a number where times are numbers. Absent: the most frequent step of the table.")
  public var step: String?
  @Setting("The columns to forecast, between commas.") public var targets = "value"
  @Setting("Further columns of numbers that the model reads up to the present, between commas; their future is never used.")
  public var covariates: String?
  @Setting("Read the hour, the day of the week and the day of the year, where the times are dates: known of the future too.")
  public var calendar = false
  @Setting("Forecast the logarithm of the targets: for series above 0 whose swings grow with their level.") public var logarithm = false
  @Setting(
    1...1_000_000,
    "Rows of a season, for the seasonal naive forecast and MASE. Absent: what the table's step tells, such as 12 for months, 5 for week days, 24 for hours; 1 for plain numbers.")
  public var season: Int?
  @Setting(
    each: 0...1e9,
    "Training, validation and test part, in time: shares of the rows, or, where one is above 1, numbers of rows. What is left is not used.")
  public var split = [0.6, 0.2, 0.2]

  public init() {}

  public func validate() throws {
    guard !targetNames.isEmpty else {
      throw ConfigurationError(key: "targets", "there is none; name the columns to forecast, between commas")
    }
    let names = targetNames + covariateNames
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw ConfigurationError(key: "covariates", "the column \(twice) is named twice among targets and covariates; leave one")
    }
    if let step, !TimeStep.canParse(step) {
      throw ConfigurationError(
        key: "step", "is \"\(step)\"; write a number, or a unit such as 15 minutes, hour, day, week day, week, month, month end, quarter, year")
    }
    if split.contains(where: { $0 > 1 }) {
      guard split.allSatisfy({ $0 == $0.rounded() }), split[0] > 0, split[1] > 0 else {
        throw ConfigurationError(
          key: "split", "\(split) are to be numbers of rows, since one is above 1: whole ones, the first two above 0")
      }
    } else {
      try validateSplit(needsValidation: true, usual: "[0.6, 0.2, 0.2]")
    }
  }

  /// The columns to forecast.
  public var targetNames: [String] { Self.names(targets) }
  /// The further columns.
  public var covariateNames: [String] { Self.names(covariates ?? "") }

  private static func names(_ list: String) -> [String] {
    list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}

/// The `model` of a forecasting recipe.
public struct ForecastingConfiguration: RecurrentConfiguration {
  /// How more than one step is forecast.
  public enum Strategy: String, Codable, Sendable, CaseIterable {
    /// All steps at once.
    case direct
    /// One step, which is then read as if it had been measured.
    case recursive
  }

  /// What is forecast of each step.
  public enum Distribution: String, Codable, Sendable, CaseIterable {
    /// Mean and deviation of a normal distribution.
    case gaussian
    /// The quantiles from 5 to 95 %.
    case quantiles
  }

  /// What is taken from a window before it is read, and given back to its forecast.
  public enum Level: String, Codable, Sendable, CaseIterable {
    case none
    /// The last value.
    case last
    /// The mean.
    case mean
  }

  @Setting(1...65_536, "Rows that are read before a forecast.") public var window = 48
  @Setting(1...65_536, "Rows that are forecast.") public var horizon = 1
  @Setting(
    "direct forecasts all rows at once; recursive forecasts one, reads it as if it had been measured, and goes on: its uncertainty comes from 100 such paths.")
  public var strategy = Strategy.direct
  @Setting("gaussian: mean and deviation for each row; quantiles: those from 5 to 95 % in steps of 5, without a form given.")
  public var distribution = Distribution.gaussian
  @Setting(
    0...1,
    "Of gaussian: 1 is the plain likelihood, under which rows that are hard to forecast count less for the mean; 0 learns the mean by squared errors (Seitzer et al. 2022, beta = 1 - likelihood).")
  public var likelihood = 0.5
  @Setting(
    "Taken from the targets of a window before they are read and added to the forecast: none, the last value, or the mean. Series that drift need it.")
  public var level = Level.last
  @Setting("Add a linear map of the window's targets to what the network says (Lai et al. 2018).") public var linear = true
  @Inlined(younger: ["transitionDepth", "forgetBias"]) public var recurrent = RecurrentSettings { $0.hidden = 32 }
  @Setting(0...0.99, after: "layers", "Part dropped between layers and of the last output.") public var dropout = 0.0

  public init() {}

  public func validate() throws {
    if strategy == .recursive, distribution == .quantiles {
      throw ConfigurationError(
        key: "distribution", "recursive forecasts draw paths from normal distributions; set distribution to gaussian or strategy to direct")
    }
  }

  /// Rows that the network itself forecasts at once.
  public var outputSteps: Int { strategy == .direct ? horizon : 1 }

  /// Numbers that the network gives for each row and target.
  public var parameterCount: Int { distribution == .gaussian ? 2 : QuantileLevels.all.count }

  /// The memory of a training step over `batch` windows.
  func memory(targetCount: Int, channelCount: Int, batch: Int) -> MemoryEstimate {
    let (windows, rows) = (Double(batch), Double(batch) * Double(window))
    // As doubles: the product of the largest horizon and many targets is no size of a tensor, and must not overflow.
    let outputs = Double(parameterCount) * Double(outputSteps) * Double(targetCount)
    return .stack(recurrent, inputSize: channelCount, positions: rows)
      + MemoryEstimate(
        parameterCount: (Double(recurrent.hidden) + 1) * outputs + (linear ? Double(window + 1) * Double(outputSteps) : 0),
        activationCount: windows * 4 * outputs + rows * Double(channelCount))
  }
}

/// The quantiles in which all forecasts are told.
public enum QuantileLevels {
  /// 5 to 95 % in steps of 5.
  public static let all = (1...19).map { Double($0) * 0.05 }
  /// The place of the median.
  static let median = 9
}
