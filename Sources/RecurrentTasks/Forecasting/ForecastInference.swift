import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// A forecaster as it stands in a file.
///
/// ```swift
/// let trained = try TrainedForecaster(contentsOf: url)
/// let continuation = try trained.continuation(of: .path("temperatures.csv"))
/// print(continuation.csv)
/// ```
public struct TrainedForecaster: TrainedModel {
  /// What it is.
  public let description: ModelDescription<Forecasting>
  /// The network.
  public let model: ForecastModel
  /// How it was trained, where the file tells.
  public let training: TrainingSummary?
  let scaling: SeriesScaling

  public init(_ stored: StoredModel) throws {
    let description = try stored.description(of: Forecasting.self)
    let scaling = try stored.part("scaling", as: SeriesScaling.self)
    guard scaling.standardization.channelNames == description.data.targetNames + description.data.covariateNames else {
      throw StoredModelError(path: stored.path, "has a scaling of other columns than its configuration")
    }
    var generator = RandomGenerator(seed: 0)
    var model = ForecastModel(
      description.model, targetCount: description.data.targetNames.count,
      channelCount: SeriesChannels.count(scaling, description.data), using: &generator)
    try stored.loadParameters(into: &model)
    (self.description, self.scaling, self.model) = (description, scaling, model)
    training = stored.training
  }

  public var inspection: ModelInspection {
    let (data, model) = (description.data, description.model)
    return ModelInspection(
      network: "\(model.cell.rawValue), \(Figures.counted(model.layers, "layer")) of \(Figures.grouped(model.hidden)) units"
        + (model.linear ? ", and a linear map of the window" : ""),
      lines: [
        ("reads", "\(Figures.counted(model.window, "row")) of \((data.targetNames + data.covariateNames).joined(separator: ", "))"
          + (data.calendar ? " and the calendar" : "")),
        ("forecasts", "\(Figures.counted(model.horizon, "row")) of \(data.targetNames.joined(separator: ", ")), \(model.strategy.rawValue), "
          + model.distribution.rawValue),
      ])
  }

  /// A standardized value of a target in its own unit.
  func restored(_ value: Float, target: Int) -> Double {
    let value = scaling.standardization.restored(Double(value), channel: target)
    return description.data.logarithm ? exp(value) : value
  }
}
