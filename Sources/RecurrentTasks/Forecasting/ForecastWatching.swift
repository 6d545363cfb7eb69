import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension Forecasting {
  /// Reads the last window of a table, from which a forecast would go on; a step is a row, by its time.
  public static func watch(_ input: WatchedInput, limit: Int, by trained: TrainedForecaster) throws -> WatchedRun {
    let (file, number) = try input.fileAndNumber(of: "series")
    if number != 1 { throw WatchError("\(file.relativePath): a table is one series; leave :\(number) out") }
    let (data, window) = (trained.settings.data, trained.settings.model.window)
    let series = try TimeSeries(.path(file.path), data)
    guard series.count >= window else {
      throw DataError(
        series.path, "the table has \(Figures.counted(series.count, "row")), and the model reads \(window) before a forecast")
    }
    let channels = SeriesChannels(series, trained.artifacts, data)
    let batch = ForecastBatch(channels, origins: [series.count], window: window, steps: 0, level: trained.settings.model.level)
    let count = min(limit, window)
    let times = ((series.count - window)..<series.count).prefix(count).map { series.time(ofRow: $0) }
    return WatchedRun(
      steps: times, stepName: "row", inputStepCount: window, cells: trained.model.rnn.record(batch.inputs.sliced(0..<count)).cells)
  }
}
