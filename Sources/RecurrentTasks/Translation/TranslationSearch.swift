import RecurrentData
import RecurrentLayers
import RecurrentTensors

/// How translations are looked for.
public struct TranslationSearch: Sendable, Equatable {
  /// Hypotheses side by side; 1 is greedy.
  public var beam: Int
  /// How many translations of a sentence are wanted.
  public var bestCount: Int
  /// The power of the length normalization of Wu et al. 2016.
  public var lengthPenalty: Double
  /// The weight of the coverage penalty of Wu et al. 2016.
  public var coverage: Double
  /// The most tokens of a translation, that of the end included; nil: twice as many as the source has, and ten.
  public var maximumLength: Int?
  /// Whether translations tell where the decoder looked.
  public var keepsWeights: Bool

  /// A search.
  ///
  /// - Precondition: `1 <= bestCount <= beam`, nothing negative.
  public init(
    beam: Int = 5, bestCount: Int = 1, lengthPenalty: Double = 1, coverage: Double = 0, maximumLength: Int? = nil,
    keepsWeights: Bool = false
  ) {
    check(beam >= 1 && bestCount >= 1 && bestCount <= beam, "TranslationSearch: the best \(bestCount) of a beam of \(beam)")
    self.beam = beam
    self.bestCount = bestCount
    self.lengthPenalty = lengthPenalty
    self.coverage = coverage
    self.maximumLength = maximumLength
    self.keepsWeights = keepsWeights
  }

  /// The likeliest token each time.
  public static let greedy = TranslationSearch(beam: 1)

  /// Translates sources, given as tokens with their ends, by one model or several together: for each its translations, the best first.
  func translations(of sources: [[Int32]], by models: [Translator], _ codecs: PairCodecs) -> [[Hypothesis]] {
    var found = [[Hypothesis]](repeating: [], count: sources.count)
    // A beam's rows are those of a batch times its width.
    let batchSize = max(1, 128 / beam)
    for indices in LengthBatches.sorted(lengths: sources.map(\.count), batchSize: batchSize) {
      let batch = TokenBatch(indices.map { sources[$0] })
      let encoded = models.map { $0.network.encode(batch.tokens, lengths: batch.lengths) }
      let steps = zip(models, encoded).map { $0.network.decoder.steps(over: $1.memory, lengths: $1.lengths) }
      let lengths = batch.lengths.map { maximumLength ?? 2 * $0 + 10 }
      let results =
        models.count == 1
        ? search(steps[0], from: encoded[0].start, lengths, codecs)
        : search(DecoderEnsemble(steps), from: .init(encoded.map(\.start)), lengths, codecs)
      for (index, result) in zip(indices, results) { found[index] = result }
    }
    return found
  }

  private func search<Decoder: StepDecoder>(
    _ decoder: Decoder, from start: Decoder.State, _ lengths: [Int], _ codecs: PairCodecs
  ) -> [[Hypothesis]] {
    if beam == 1 {
      return GreedySearch(begin: codecs.begin, end: codecs.end, keepsWeights: keepsWeights)(
        decoder, from: start, maximumLengths: lengths
      ).map { [$0] }
    }
    return BeamSearch(
      width: beam, begin: codecs.begin, end: codecs.end, normalization: .wu(lengthPenalty), coverage: coverage,
      bestCount: bestCount, keepsWeights: keepsWeights)(decoder, from: start, maximumLengths: lengths)
  }
}

extension Hypothesis {
  /// The text of a target's tokens.
  func text(_ codecs: PairCodecs) -> String { codecs.target.decode(tokens) }
}
