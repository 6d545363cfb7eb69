import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension SeriesLabelling {
  /// Reads one series of a file (`FILE`, or `FILE:7` for the seventh); a step is a row of measurements.
  ///
  /// - Throws: ``WatchError`` for a network without cells, `DataError` for what is wrong with the file.
  public static func watch(_ input: WatchedInput, limit: Int, by trained: Trained<Self>) throws -> WatchedRun {
    guard let encoder = trained.model.encoder.recurrent else {
      throw WatchError("a \(trained.settings.model.kind.rawValue) network has no cells to look into")
    }
    let (file, number) = try input.fileAndNumber(of: "series")
    var set = try SeriesReader(data: trained.settings.data, isTagging: isTagging, known: trained.artifacts.series.known).read(file)
    set.sequences = [try WatchedInput.element(number, of: set.sequences, in: file, called: "series")]
    set.sequences[0].labels = .none
    let inputs = try trained.artifacts.series.encode(set, isTagging: isTagging).batch([0]).inputs
    let stepCount = inputs.shape[0]
    let read = inputs.sliced(0..<min(limit, stepCount))
    return WatchedRun(
      steps: (1...read.shape[0]).map(String.init), stepName: "step", inputStepCount: stepCount, cells: encoder.record(read).cells)
  }
}
