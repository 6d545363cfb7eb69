import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension TrainedLanguageModel: WatchableModel {
  /// Reads text from the beginning, with the state that is before every text; a step is a token.
  public func watch(_ input: WatchedInput, limit: Int) throws -> WatchedRun {
    let tokens = try tokens(of: input)
    if tokens.isEmpty { throw WatchError("INPUT is empty: give some text, or a file with --file") }
    let read = Array(tokens.prefix(limit))
    let embedded = model.embedding(IndexTensor(shape: [read.count, 1], scalars: read))
    return WatchedRun(
      steps: read.map(codec.label), stepName: description.data.tokens.singular,
      inputStepCount: tokens.count, cells: model.rnn.record(embedded).cells)
  }

  private func tokens(of input: WatchedInput) throws -> [Int32] {
    switch input {
    case .file(let path):
      let corpus = try DataSource.path(path).corpus(codec, fractions: SplitFractions(train: 1, validation: 0, test: 0))
      return try corpus.tokens(of: .train).tokens
    case .text(let text):
      do {
        return try codec.encode(text).tokens
      } catch {
        throw WatchError("INPUT: \(error)")
      }
    }
  }
}
