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
      steps: read.map { label(codec.vocabulary.symbols[Int($0)]) }, stepName: description.data.tokens.singular,
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

  /// A token as it can be read under a column.
  private func label(_ symbol: String) -> String {
    var symbol = symbol
    if codec.tokenizer.kind == .bytes, let byte = UInt8(symbol.dropFirst(2), radix: 16) {
      // ASCII is easier to read as what it stands for.
      if byte >= 0x7F || byte < 0x20 && byte != 0x0A && byte != 0x09 { return symbol.dropFirst(2).uppercased() }
      symbol = String(UnicodeScalar(byte))
    }
    return switch symbol {
    case " ": "␣"
    case "\n": "↵"
    case "\t": "⇥"
    default: symbol
    }
  }
}
