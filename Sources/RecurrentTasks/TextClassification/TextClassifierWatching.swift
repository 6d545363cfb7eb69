import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension TextClassification {
  /// Reads a text as `predict` does, cut where the recipe cuts; a step is a token.
  public static func watch(_ input: WatchedInput, limit: Int, by trained: TrainedTextClassifier) throws -> WatchedRun {
    guard let encoder = trained.model.encoder.recurrent else {
      throw WatchError("a \(trained.settings.model.kind.rawValue) network has no cells to look into")
    }
    let reading = try trained.read(input.text())
    let read = Array(reading.tokens.prefix(limit))
    let embedded = trained.model.embedding(IndexTensor(shape: [read.count, 1], scalars: read))
    return WatchedRun(
      steps: Array(reading.symbols.prefix(limit)), stepName: trained.settings.data.tokens.singular,
      inputStepCount: reading.tokenCount, cells: encoder.record(embedded).cells)
  }
}
