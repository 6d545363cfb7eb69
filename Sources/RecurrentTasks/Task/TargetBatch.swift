import RecurrentData
public import RecurrentTensors

/// Sentences that a decoder is to write, side by side, padded to the longest.
public struct TargetBatch: Sendable {
  /// What the decoder reads, `[steps, batch]`: the token that begins a sentence, then each target but the last.
  public let read: IndexTensor
  /// What it is to predict, `[steps, batch]`; `IndexTensor.ignored` past the end.
  public let targets: IndexTensor

  /// The given sentences, each with the token that ends it.
  init(_ sentences: [[Int32]], begin: Int32) {
    let (batch, steps) = (sentences.count, sentences.map(\.count).max() ?? 0)
    read = TokenBatch(sentences.map { [begin] + $0.dropLast() }).tokens
    var scalars = [Int32](repeating: IndexTensor.ignored, count: steps * batch)
    for (column, sentence) in sentences.enumerated() {
      for (step, token) in sentence.enumerated() { scalars[step * batch + column] = token }
    }
    targets = IndexTensor(shape: [steps, batch], scalars: scalars)
  }
}
