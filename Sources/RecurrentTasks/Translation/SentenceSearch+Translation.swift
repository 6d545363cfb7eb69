import RecurrentData
import RecurrentLayers
import RecurrentTensors

extension SentenceSearch {
  /// Translates sources, given as tokens with their ends, by one model or several together: for each its translations, the best first. Unless the
  /// search says how long one may be, it is twice as long as the source and ten tokens at most.
  func translations(of sources: [[Int32]], by models: [Translator], _ codecs: PairCodecs) -> [[Hypothesis]] {
    var found = [[Hypothesis]](repeating: [], count: sources.count)
    // A beam's rows are those of a batch times its width.
    let batchSize = max(1, 128 / beam)
    for indices in LengthBatches.sorted(lengths: sources.map(\.count), batchSize: batchSize) {
      let batch = TokenBatch(indices.map { sources[$0] })
      let encoded = models.map { $0.network.encode(batch.tokens, lengths: batch.lengths) }
      let results = sentences(
        of: zip(models, encoded).map { $0.network.decoder.steps(over: $1.memory, lengths: $1.lengths) }, from: encoded.map(\.start),
        maximumLengths: batch.lengths.map { maximumLength ?? 2 * $0 + 10 }, begin: codecs.begin, end: codecs.end)
      for (index, result) in zip(indices, results) { found[index] = result }
    }
    return found
  }
}

extension Hypothesis {
  /// The text of a target's tokens.
  func text(_ codecs: PairCodecs) -> String { codecs.target.decode(tokens) }
}
