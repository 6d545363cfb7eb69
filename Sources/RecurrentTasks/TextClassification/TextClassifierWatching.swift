import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension TrainedTextClassifier: WatchableModel {
  /// Reads a text as `predict` does, cut where the recipe cuts; a step is a token.
  public func watch(_ input: WatchedInput, limit: Int) throws -> WatchedRun {
    guard let encoder = model.encoder.recurrent else {
      throw WatchError("a \(description.model.kind.rawValue) network has no cells to look into")
    }
    let reading = try read(input.text())
    let read = Array(reading.tokens.prefix(limit))
    let embedded = model.embedding(IndexTensor(shape: [read.count, 1], scalars: read))
    return WatchedRun(
      steps: Array(reading.symbols.prefix(limit)), stepName: description.data.tokens.singular,
      inputStepCount: reading.tokenCount, cells: encoder.record(embedded).cells)
  }
}
