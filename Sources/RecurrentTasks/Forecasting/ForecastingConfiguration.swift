import Foundation
import RecurrentData
public import RecurrentLayers
public import RecurrentTraining

/// The `data` of a forecasting recipe: which columns of a table are the series, and which rows are for what.
public struct ForecastingDataConfiguration: Configuration {
  /// The column of times.
  public var time = "date"
  /// The columns to forecast, between commas.
  public var targets = "value"
  /// Further columns that are read, between commas.
  public var covariates: String?
  /// Whether the hour, the day of the week and the day of the year are read too.
  public var calendar = false
  /// Whether the logarithms of the targets are forecast.
  public var logarithm = false
  /// Rows of a season.
  public var season = 1
  /// Parts for training, validation and test, in this order: of all rows, or numbers of rows.
  public var split = [0.6, 0.2, 0.2]

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .text("time", "The column of times, ISO dates or numbers; each row must be later than the one before."),
      .text("targets", "The columns to forecast, between commas."),
      .text(
        "covariates", optional: true,
        "Further columns of numbers that the model reads up to the present, between commas; their future is never used."),
      .boolean(
        "calendar", "Read the hour, the day of the week and the day of the year, where the times are dates: known of the future too."),
      .boolean("logarithm", "Forecast the logarithm of the targets: for series above 0 whose swings grow with their level."),
      .integer("season", 1...1_000_000, "Rows of a season, for the seasonal naive forecast and MASE: 24 for hours of a day."),
      .numbers(
        "split", count: 3, 0...1e9,
        "Training, validation and test part, in time: shares of the rows, or, where one is above 1, numbers of rows. What is left is not used."
      ),
    ]
  }

  public func validate() throws {
    guard !targetNames.isEmpty else {
      throw ConfigurationError(key: "targets", "there is none; name the columns to forecast, between commas")
    }
    let names = targetNames + covariateNames
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw ConfigurationError(key: "covariates", "the column \(twice) is named twice among targets and covariates; leave one")
    }
    if split.contains(where: { $0 > 1 }) {
      guard split.allSatisfy({ $0 == $0.rounded() }), split[0] > 0, split[1] > 0 else {
        throw ConfigurationError(
          key: "split", "\(split) are to be numbers of rows, since one is above 1: whole ones, the first two above 0")
      }
    } else {
      guard fractions.areValid, split[0] > 0, split[1] > 0 else {
        throw ConfigurationError(
          key: "split", "the parts \(split) must add up to 1 at most, the first two above 0; the usual split is [0.6, 0.2, 0.2]")
      }
    }
  }

  /// The columns to forecast.
  public var targetNames: [String] { Self.names(targets) }
  /// The further columns.
  public var covariateNames: [String] { Self.names(covariates ?? "") }

  var fractions: SplitFractions { SplitFractions(train: split[0], validation: split[1], test: split[2]) }

  private static func names(_ list: String) -> [String] {
    list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}

/// The `model` of a forecasting recipe.
public struct ForecastingConfiguration: Configuration {
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

  /// Rows that are read.
  public var window = 48
  /// Rows that are forecast.
  public var horizon = 1
  /// How more than one step is forecast.
  public var strategy = Strategy.direct
  /// What is forecast of each step.
  public var distribution = Distribution.gaussian
  /// How much a step's deviation holds back the learning of its mean.
  public var likelihood = 0.5
  /// What is taken from a window before it is read.
  public var level = Level.last
  /// Whether a linear map of the window is added to what the network says.
  public var linear = true
  /// The recurrent cell.
  public var cell = CellKind.lstm
  /// Units of each layer.
  public var hidden = 32
  /// Recurrent layers, one above the other.
  public var layers = 1
  /// The part of the layers' outputs that is dropped.
  public var dropout = 0.0

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .integer("window", 1...65_536, "Rows that are read before a forecast."),
      .integer("horizon", 1...65_536, "Rows that are forecast."),
      .choice(
        "strategy", Strategy.self,
        "direct forecasts all rows at once; recursive forecasts one, reads it as if it had been measured, and goes on: its uncertainty comes from 100 such paths."
      ),
      .choice(
        "distribution", Distribution.self,
        "gaussian: mean and deviation for each row; quantiles: those from 5 to 95 % in steps of 5, without a form given."),
      .number(
        "likelihood", 0...1,
        "Of gaussian: 1 is the plain likelihood, under which rows that are hard to forecast count less for the mean; 0 learns the mean by squared errors (Seitzer et al. 2022, beta = 1 - likelihood)."
      ),
      .choice(
        "level", Level.self,
        "Taken from the targets of a window before they are read and added to the forecast: none, the last value, or the mean. Series that drift need it."
      ),
      .boolean("linear", "Add a linear map of the window's targets to what the network says (Lai et al. 2018)."),
      .choice("cell", CellKind.self, "The recurrent cell."),
      .integer("hidden", 1...65_536, "Units of each layer."),
      .integer("layers", 1...64, "Recurrent layers, one above the other."),
      .number("dropout", 0...0.99, "Part dropped between layers and of the last output."),
    ]
  }

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
}

/// The quantiles in which all forecasts are told.
public enum QuantileLevels {
  /// 5 to 95 % in steps of 5.
  public static let all = (1...19).map { Double($0) * 0.05 }
  /// The place of the median.
  static let median = 9
}
