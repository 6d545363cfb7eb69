import RecurrentData
import RecurrentLayers
import RecurrentTensors

/// Trained translators that translate together: one, or several of the same vocabularies, the mean of whose probabilities decides.
public struct TranslatorEnsemble: Sendable {
  /// The translators.
  public let members: [TrainedTranslator]

  /// An ensemble of these.
  ///
  /// - Throws: ``TranslationError`` where there is none, or they do not cut text into the same tokens.
  public init(_ members: [TrainedTranslator]) throws {
    guard let first = members.first else { throw TranslationError("an ensemble needs at least one model") }
    for (index, member) in members.enumerated().dropFirst() {
      let isAlike =
        member.vocabularies == first.vocabularies && member.settings.data.tokenizer == first.settings.data.tokenizer
        && member.settings.model.reverseSource == first.settings.model.reverseSource
      if !isAlike {
        throw TranslationError(
          "model \(index + 1) has other tokens than model 1: an ensemble is of models trained on the same data with the same section"
            + " data, and with the same reverseSource")
      }
    }
    self.members = members
  }

  /// The most tokens of a sentence: a translation looks at each place of it for each token that it writes.
  private static let longestSource = 10_000

  /// Translates sentences.
  ///
  /// - Returns: for each its translations, the best first.
  /// - Throws: ``TranslationError`` that says which sentence cannot be read.
  public func translate(_ sentences: [String], by search: SentenceSearch = SentenceSearch()) throws -> [[TranslatedText]] {
    let codecs = members[0].codecs
    let isReversed = members[0].settings.model.reverseSource
    let encoded = try sentences.enumerated().map { index, sentence in
      do {
        let source = try codecs.tokens(ofSource: sentence, reversed: isReversed)
        if source.tokens.count > Self.longestSource + 1 {
          throw TranslationError(
            "\(Figures.grouped(source.tokens.count - 1)) tokens are more than a sentence has; translate \(Figures.grouped(Self.longestSource)) at most at once")
        }
        return source
      } catch {
        throw TranslationError(sentences.count == 1 ? "\(error)" : "sentence \(index + 1): \(error)")
      }
    }
    let found = search.translations(of: encoded.map(\.tokens), by: members.map(\.model), codecs)
    return zip(encoded, found).map { source, hypotheses in
      hypotheses.map { TranslatedText($0, source: source, isReversed: isReversed, codecs) }
    }
  }
}

/// A translation of a sentence.
public struct TranslatedText: Sendable, Equatable {
  /// The translation.
  public var text: String
  /// The logarithm of its probability.
  public var logProbability: Double
  /// What it was ranked by.
  public var score: Double
  /// Whether the model has ended it; otherwise it was cut at the maximum length.
  public var isComplete: Bool
  /// Tokens of the source that the model does not know.
  public var unknownCount: Int
  /// The source's tokens as text, in their order there, without its end.
  public var sourceSymbols: [String]
  /// The translation's tokens as text.
  public var symbols: [String]
  /// Where the decoder looked as it wrote each token, a weight for each of `sourceSymbols` and last one for its end; empty where it
  /// does not look, or nobody asked.
  public var weights: [[Float]]

  init(_ hypothesis: Hypothesis, source: EncodedText, isReversed: Bool, _ codecs: PairCodecs) {
    text = hypothesis.text(codecs)
    logProbability = hypothesis.logProbability
    score = hypothesis.score
    isComplete = hypothesis.isComplete
    unknownCount = source.unknownCount
    let words = source.tokens.dropLast().map { codecs.source.vocabulary.symbols[Int($0)] }
    sourceSymbols = isReversed ? words.reversed() : words
    symbols = hypothesis.tokens.map { codecs.target.vocabulary.symbols[Int($0)] }
    // What stands behind the source's end is padding of the batch.
    weights = hypothesis.weights.map { row in
      let own = row.prefix(source.tokens.count)
      return isReversed ? own.dropLast().reversed() + own.suffix(1) : Array(own)
    }
  }
}
