import Foundation
public import RecurrentData
import RecurrentDrawing
import RecurrentLayers
public import RecurrentTraining

/// What the evaluation of a translator finds: what it holds likely, and what it writes.
public struct TranslationScore: TaskScore {
  /// The translations that one search finds.
  public struct Written: Sendable {
    /// One for each source.
    public let texts: [TranslatedText]
    /// BLEU over all of them, with its precisions and the brevity penalty.
    public let bleu: BLEU
    /// BLEU by the length of the source.
    public let byLength: [BLEU.LengthBucket]
    /// Seconds of the search.
    public let seconds: Double
  }

  public let part: MeasuredPart
  public let overlap: TrainingOverlap?
  /// The mean cross-entropy of the references, in nats a token.
  public let loss: Double
  /// With the likeliest token each time.
  public let greedy: Written
  /// With a beam.
  public let beam: Written
  /// The width of the beam.
  public let beamWidth: Int
  /// Of the translations of the beam.
  public let chrF: ChrF
  /// The sources.
  public let sources: [String]
  /// The reference of each.
  public let references: [String]
  /// Whether BLEU and chrF compare lower-cased texts.
  public let lowercases: Bool
  /// What a token is.
  public let tokens: TokenKind
  /// Tokens of both languages, without the ends of sentences.
  public let tokenCount: Int
  /// Tokens that are not in the vocabularies.
  public let unknownCount: Int
  /// What was left out, a line each.
  public let notes: [String]
}

extension Translation {
  /// The beam whose BLEU stands beside that of the likeliest token each time.
  private static let beam = 5

  /// Measures a model on a part of the data.
  public static func evaluate(_ trained: TrainedTranslator, on request: EvaluationRequest) throws -> TranslationScore {
    let data = trained.settings.data
    let measured = try request.examples(
      for: trained, whole: { try SentencePairs(table: request.source.url(), data) },
      parts: { try Parts<SentencePairs>(request.source, data, by: trained.dealing) })
    let examples = try EncodedPairs(
      measured.examples, codecs: trained.codecs, reversesSource: trained.settings.model.reverseSource)
    if examples.knowsNoSource {
      throw EvaluationError(
        UnknownNames(of: examples.pairs.sources, trained.codecs.source, kind: data.tokens)
          .refusal(path: examples.pairs.path, subject: "these sources", known: trained.codecs.source.vocabulary.symbols))
    }
    let (sources, references) = (examples.pairs.sources, examples.pairs.targets)
    let ensemble = try TranslatorEnsemble([trained])
    func written(_ search: SentenceSearch) throws -> TranslationScore.Written {
      let stopwatch = Stopwatch()
      let found = try ensemble.translate(sources, by: search).map { $0[0] }
      let seconds = stopwatch.seconds
      let (texts, all) = (found.map(\.text), references.map { [$0] })
      return TranslationScore.Written(
        texts: found, bleu: BLEU(hypotheses: texts, references: all, lowercases: data.lowercase),
        byLength: BLEU.byLength(
          sources: sources, hypotheses: texts, references: all, bounds: [6, 11, 16, 21, 31, 51], lowercases: data.lowercase),
        seconds: seconds)
    }
    let (greedy, widest) = (try written(.greedy), try written(SentenceSearch(beam: beam)))
    return TranslationScore(
      part: measured.part, overlap: measured.overlap, loss: trained.model.meanLoss(of: examples), greedy: greedy, beam: widest, beamWidth: beam,
      chrF: ChrF(hypotheses: widest.texts.map(\.text), references: references.map { [$0] }, lowercases: data.lowercase),
      sources: sources, references: references, lowercases: data.lowercase, tokens: data.tokens, tokenCount: examples.tokenCount,
      unknownCount: examples.unknownCount, notes: examples.notes)
  }
}

extension TranslationScore {
  public var report: EvaluationReport {
    var report = EvaluationReport(part: part)
    let kind = lowercases ? "lower-case, 13a" : "13a"
    let perplexity = exp(loss)
    report.add("loss", label: "loss", .number(loss), text: "\(Figures.exact(loss)) nats a \(tokens.singular)")
    report.add("perplexity", label: "perplexity", .number(perplexity), text: Figures.significant(perplexity))
    report.add(
      "bleuGreedy", label: "BLEU, greedy", .number(greedy.bleu.score),
      text: "\(Self.hundredths(greedy.bleu.score)) (\(kind)), \(Figures.counted(sources.count, "sentence"))")
    report.add(
      "bleu", label: "BLEU, beam \(beamWidth)", .number(beam.bleu.score),
      text: "\(Self.hundredths(beam.bleu.score)) (\(Self.shares(beam.bleu)))")
    report.add("chrF", label: "chrF, beam \(beamWidth)", .number(chrF.score), text: Self.hundredths(chrF.score))
    report.members += [
      ("beam", .integer(beamWidth)), ("lowercase", .boolean(lowercases)), ("tokenization", .text("13a")),
      ("brevityPenalty", .number(beam.bleu.brevityPenalty)), ("precisions", .list(beam.bleu.precisions.map { .number($0) })),
      ("sentences", .integer(sources.count)), ("tokens", .integer(tokenCount)), ("unknown", .integer(unknownCount)),
      ("cut", .integer(beam.texts.count { !$0.isComplete })), ("secondsGreedy", .number(greedy.seconds)),
      ("secondsBeam", .number(beam.seconds)),
    ]
    report.addUnknown(unknownCount, of: tokenCount, tokens)
    report.lines += notes.map { .words($0) }
    report.addLengths(greedy: greedy.byLength, beam: beam.byLength, width: beamWidth)
    let table = zip(zip(sources, references), beam.texts).map { "\($0.0.asField)\t\($0.1.asField)\t\($1.text.asField)\n" }.joined()
    report.attachments.append(
      EvaluationReport.Attachment(name: "translations.tsv", contents: "source\treference\ttranslation\n" + table))
    return report
  }

  /// A score as it is compared: two decimals.
  fileprivate static func hundredths(_ value: Double) -> String { String(format: "%.2f", value) }

  /// The precisions and the brevity penalty, as sacreBLEU writes them: "68.3/42.9/28.9/19.6, brevity penalty 0.98".
  private static func shares(_ bleu: BLEU) -> String {
    bleu.precisions.map { Self.hundredths($0) }.joined(separator: "/")
      + ", brevity penalty \(String(format: "%.3f", bleu.brevityPenalty))"
  }
}

extension EvaluationReport {
  /// Adds BLEU by the length of the source: a line each, as JSON, and as a picture.
  fileprivate mutating func addLengths(greedy: [BLEU.LengthBucket], beam: [BLEU.LengthBucket], width: Int) {
    let names = greedy.map { "\(max(1, $0.lengths.lowerBound)) to \($0.lengths.upperBound)" }
    lines.append(.words("BLEU by the length of the source in words, greedy and with a beam of \(width):"))
    for (name, (a, b)) in zip(names, zip(greedy, beam)) {
      lines.append(
        .figure(
          label: name,
          text: "\(TranslationScore.hundredths(a.bleu.score))  \(TranslationScore.hundredths(b.bleu.score))  (\(Figures.counted(a.count, "sentence")))"))
    }
    members.append(
      (
        "byLength",
        .list(
          zip(greedy, beam).map { a, b in
            .object([
              ("from", .integer(a.lengths.lowerBound)), ("to", .integer(a.lengths.upperBound)), ("sentences", .integer(a.count)),
              ("bleuGreedy", .number(a.bleu.score)), ("bleu", .number(b.bleu.score)),
            ])
          })
      ))
    let chart = BarChart(
      categories: names, axis: Axis("BLEU"),
      bars: [
        BarChart.Bars(greedy.map(\.bleu.score), name: "greedy"), BarChart.Bars(beam.map(\.bleu.score), name: "beam of \(width)"),
      ])
    let picture = Figure("BLEU by the length of the source in words", parts: [chart])
    attachments.append(Attachment(name: "bleu-by-length.svg", contents: picture.svg))
  }
}
