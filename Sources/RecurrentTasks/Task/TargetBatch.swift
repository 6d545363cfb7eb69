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

  private init(read: IndexTensor, targets: IndexTensor) { (self.read, self.targets) = (read, targets) }

  /// All sentences so many times, one time after the other.
  func repeated(_ count: Int) -> TargetBatch {
    if count == 1 { return self }
    func repeated(_ tokens: IndexTensor) -> IndexTensor {
      let (steps, batch) = (tokens.shape[0], tokens.shape[1])
      return IndexTensor(
        shape: [steps, count * batch],
        scalars: (0..<steps).flatMap { step in (0..<count).flatMap { _ in tokens.scalars[step * batch..<(step + 1) * batch] } })
    }
    return TargetBatch(read: repeated(read), targets: repeated(targets))
  }
}
