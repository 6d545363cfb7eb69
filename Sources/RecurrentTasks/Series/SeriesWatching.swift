import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension TrainedSeriesModel: WatchableModel {
  /// Reads one series of a file (`FILE`, or `FILE:7` for the seventh); a step is a row of measurements.
  ///
  /// - Throws: ``WatchError`` for a network without cells, `DataError` for what is wrong with the file.
  public func watch(_ input: WatchedInput, limit: Int) throws -> WatchedRun {
    guard let encoder = model.encoder.recurrent else {
      throw WatchError("a \(description.model.kind.rawValue) network has no cells to look into")
    }
    let (file, number) = try input.fileAndNumber(of: "series")
    var set = try SeriesReader(data: description.data, isTagging: Answer.isTagging, allowsMissingLabels: true).read(file)
    set.sequences = [try WatchedInput.element(number, of: set.sequences, in: file, called: "series")]
    set.sequences[0].labels = .none
    let inputs = try codec.encode(set, isTagging: Answer.isTagging).batch([0]).inputs
    let stepCount = inputs.shape[0]
    let read = inputs.sliced(0..<min(limit, stepCount))
    return WatchedRun(
      steps: (1...read.shape[0]).map(String.init), stepName: "step", inputStepCount: stepCount, cells: encoder.record(read).cells)
  }
}
