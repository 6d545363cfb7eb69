import RecurrentLayers
import RecurrentTensors

/// How sentences that a decoder writes, such as translations and captions, are looked for.
public struct SentenceSearch: Sendable, Equatable {
  /// Hypotheses side by side; 1 is greedy.
  public var beam: Int
  /// How many sentences are wanted for each input.
  public var bestCount: Int
  /// The power of the length normalization of Wu et al. 2016.
  public var lengthPenalty: Double
  /// The weight of the coverage penalty of Wu et al. 2016.
  public var coverage: Double
  /// The most tokens of a sentence, that of its end included; nil: as many as the task says.
  public var maximumLength: Int?
  /// Whether sentences tell where the decoder looked.
  public var keepsWeights: Bool

  /// A search.
  ///
  /// - Precondition: `1 <= bestCount <= beam`, nothing negative.
  public init(
    beam: Int = 5, bestCount: Int = 1, lengthPenalty: Double = 1, coverage: Double = 0, maximumLength: Int? = nil,
    keepsWeights: Bool = false
  ) {
    check(beam >= 1 && bestCount >= 1 && bestCount <= beam, "SentenceSearch: the best \(bestCount) of a beam of \(beam)")
    self.beam = beam
    self.bestCount = bestCount
    self.lengthPenalty = lengthPenalty
    self.coverage = coverage
    self.maximumLength = maximumLength
    self.keepsWeights = keepsWeights
  }

  /// The likeliest token each time.
  public static let greedy = SentenceSearch(beam: 1)

  /// Writes sentences by one decoder or several together, each from its start: for each input its sentences, the best first.
  ///
  /// - Parameters:
  ///   - maximumLengths: The most tokens of each sentence.
  ///   - begin: The token that begins a sentence.
  ///   - end: The token that ends one.
  func sentences<Decoder: StepDecoder>(
    of decoders: [Decoder], from starts: [Decoder.State], maximumLengths: [Int], begin: Int32, end: Int32
  ) -> [[Hypothesis]] {
    decoders.count == 1
      ? sentences(of: decoders[0], from: starts[0], maximumLengths, begin, end)
      : sentences(of: DecoderEnsemble(decoders), from: .init(starts), maximumLengths, begin, end)
  }

  private func sentences<Decoder: StepDecoder>(
    of decoder: Decoder, from start: Decoder.State, _ maximumLengths: [Int], _ begin: Int32, _ end: Int32
  ) -> [[Hypothesis]] {
    if beam == 1 {
      return GreedySearch(begin: begin, end: end, keepsWeights: keepsWeights)(decoder, from: start, maximumLengths: maximumLengths).map { [$0] }
    }
    return BeamSearch(
      width: beam, begin: begin, end: end, normalization: .wu(lengthPenalty), coverage: coverage,
      bestCount: bestCount, keepsWeights: keepsWeights)(decoder, from: start, maximumLengths: maximumLengths)
  }
}
