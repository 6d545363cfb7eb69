import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension TrainedForecaster: WatchableModel {
  /// Reads the last window of a table, from which a forecast would go on; a step is a row, by its time.
  public func watch(_ input: WatchedInput, limit: Int) throws -> WatchedRun {
    let (file, number) = try input.fileAndNumber(of: "series")
    if number != 1 { throw WatchError("\(file.relativePath): a table is one series; leave :\(number) out") }
    let (data, window) = (description.data, description.model.window)
    let series = try TimeSeries(.path(file.path), data)
    guard series.count >= window else {
      throw DataError(
        series.path, "the table has \(Figures.counted(series.count, "row")), and the model reads \(window) before a forecast")
    }
    let channels = SeriesChannels(series, scaling, data)
    let batch = ForecastBatch(channels, origins: [series.count], window: window, steps: 0, level: description.model.level)
    let count = min(limit, window)
    let times = series.times[(series.count - window)...].prefix(count).map { series.axis.text(of: $0) }
    return WatchedRun(
      steps: times, stepName: "row", inputStepCount: window, cells: model.rnn.record(batch.inputs.sliced(0..<count)).cells)
  }
}
