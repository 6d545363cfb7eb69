import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors

/// A forecaster as it stands in a file.
///
/// ```swift
/// let trained = try TrainedForecaster(contentsOf: url)
/// let continuation = try trained.continuation(of: .path("temperatures.csv"))
/// print(continuation.csv)
/// ```
public typealias TrainedForecaster = Trained<Forecasting>

extension TrainedForecaster {
  /// The scale of each column.
  var scaling: SeriesScaling { artifacts.scaling }

  /// A standardized value of a target in its own unit.
  func restored(_ value: Float, target: Int) -> Double {
    let value = scaling.standardization.restored(Double(value), channel: target)
    return settings.data.logarithm ? exp(value) : value
  }
}

extension Forecasting {
  public static func inspection(of trained: TrainedForecaster) -> ModelInspection {
    let (data, model) = (trained.settings.data, trained.settings.model)
    return ModelInspection(
      network: "\(model.cell.rawValue), \(Figures.counted(model.layers, "layer")) of \(Figures.grouped(model.hidden)) units"
        + (model.linear ? ", and a linear map of the window" : ""),
      lines: [
        ("reads", "\(Figures.counted(model.window, "row")) of \((data.targetNames + data.covariateNames).joined(separator: ", ").asField)"
          + (data.calendar ? " and the calendar" : "")),
        ("forecasts", "\(Figures.counted(model.horizon, "row")) of \(data.targetNames.joined(separator: ", ").asField), \(model.strategy.rawValue), "
          + model.distribution.rawValue),
      ])
  }
}
