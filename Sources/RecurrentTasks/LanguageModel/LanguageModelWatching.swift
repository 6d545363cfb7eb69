import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension LanguageModeling {
  /// Reads text from the beginning, with the state that is before every text; a step is a token.
  public static func watch(_ input: WatchedInput, limit: Int, by trained: TrainedLanguageModel) throws -> WatchedRun {
    let tokens = try tokens(of: input, trained.codec)
    if tokens.isEmpty { throw WatchError("INPUT is empty: give some text, or a file with --file") }
    let read = Array(tokens.prefix(limit))
    let embedded = trained.model.embedding(IndexTensor(shape: [read.count, 1], scalars: read))
    return WatchedRun(
      steps: read.map(trained.codec.label), stepName: trained.settings.data.tokens.singular,
      inputStepCount: tokens.count, cells: trained.model.rnn.record(embedded).cells)
  }

  private static func tokens(of input: WatchedInput, _ codec: TextCodec) throws -> [Int32] {
    switch input {
    case .file(let path):
      let corpus = try DataSource.path(path).corpus(codec, fractions: .everything)
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
