import Foundation
import RecurrentData
import RecurrentDrawing
import RecurrentLayers
import RecurrentTraining

extension TrainedTranslator {
  /// The beam whose BLEU stands beside that of the likeliest token each time.
  private static let beam = 5

  /// Measures the model on a part of the data: what it holds likely, and what it writes.
  public func report(on request: EvaluationRequest) throws -> EvaluationReport {
    guard request.weights == .full else {
      throw EvaluationError("--weights is for language models; leave it out for a translation model")
    }
    let (part, pairs) = try pairs(request)
    let examples = try EncodedPairs(pairs, codecs: codecs, reversesSource: description.model.reverseSource)
    let lowercases = description.data.lowercase
    let (sources, references) = (examples.pairs.sources, examples.pairs.targets)
    let loss = model.meanLoss(of: examples)
    let ensemble = try TranslatorEnsemble([self])
    func written(_ search: TranslationSearch) throws -> (texts: [TranslatedText], bleu: BLEU, seconds: Double) {
      let clock = ContinuousClock()
      let start = clock.now
      let found = try ensemble.translate(sources, by: search).map { $0[0] }
      let seconds = (clock.now - start) / .seconds(1)
      let bleu = BLEU(hypotheses: found.map(\.text), references: references.map { [$0] }, lowercases: lowercases)
      return (found, bleu, seconds)
    }
    let greedy = try written(.greedy)
    let beam = try written(TranslationSearch(beam: Self.beam))
    let chrF = ChrF(
      hypotheses: beam.texts.map(\.text), references: references.map { [$0] }, lowercases: lowercases)

    var report = EvaluationReport(part: part)
    let kind = lowercases ? "lower-case, 13a" : "13a"
    report.add("loss", label: "loss", .number(loss), text: "\(Figures.exact(loss)) nats a \(description.data.tokens.singular)")
    report.add("perplexity", label: "perplexity", .number(exp(loss)), text: Figures.significant(exp(loss)))
    report.add(
      "bleuGreedy", label: "BLEU, greedy", .number(greedy.bleu.score),
      text: "\(Self.hundredths(greedy.bleu.score)) (\(kind)), \(Figures.counted(examples.count, "sentence"))")
    report.add(
      "bleu", label: "BLEU, beam \(Self.beam)", .number(beam.bleu.score),
      text: "\(Self.hundredths(beam.bleu.score)) (\(Self.shares(beam.bleu)))")
    report.add("chrF", label: "chrF, beam \(Self.beam)", .number(chrF.score), text: Self.hundredths(chrF.score))
    report.members += [
      ("beam", .integer(Self.beam)), ("lowercase", .boolean(lowercases)), ("tokenization", .text("13a")),
      ("brevityPenalty", .number(beam.bleu.brevityPenalty)), ("precisions", .list(beam.bleu.precisions.map { .number($0) })),
      ("sentences", .integer(examples.count)), ("tokens", .integer(examples.tokenCount)),
      ("unknown", .integer(examples.unknownCount)), ("cut", .integer(beam.texts.count { !$0.isComplete })),
      ("secondsGreedy", .number(greedy.seconds)), ("secondsBeam", .number(beam.seconds)),
    ]
    report.lines += examples.notes.map { .words($0) }
    report.addLengths(
      greedy: Self.byLength(sources, greedy.texts, references, lowercases),
      beam: Self.byLength(sources, beam.texts, references, lowercases), width: Self.beam)
    let table = zip(zip(sources, references), beam.texts).map { "\($0.0)\t\($0.1)\t\($1.text)\n" }.joined()
    report.attachments.append(
      EvaluationReport.Attachment(name: "translations.tsv", contents: "source\treference\ttranslation\n" + table))
    return report
  }

  private static func byLength(
    _ sources: [String], _ written: [TranslatedText], _ references: [String], _ lowercases: Bool
  ) -> [BLEU.LengthBucket] {
    BLEU.byLength(
      sources: sources, hypotheses: written.map(\.text), references: references.map { [$0] }, bounds: [6, 11, 16, 21, 31, 51],
      lowercases: lowercases)
  }

  /// A score as it is compared: two decimals.
  fileprivate static func hundredths(_ value: Double) -> String { String(format: "%.2f", value) }

  /// The precisions and the brevity penalty, as sacreBLEU writes them: "68.3/42.9/28.9/19.6, brevity penalty 0.98".
  private static func shares(_ bleu: BLEU) -> String {
    bleu.precisions.map { Self.hundredths($0) }.joined(separator: "/")
      + ", brevity penalty \(String(format: "%.3f", bleu.brevityPenalty))"
  }

  /// The pairs of the part that is asked for, and which part it is.
  private func pairs(_ request: EvaluationRequest) throws -> (part: DataPart, pairs: SentencePairs) {
    if try request.asksForWholeFile() {
      let url = try request.source.url()
      return (.all, try PairCorpus.table(url, description.data))
    }
    let corpus = try PairCorpus(request.source, description.data)
    let (part, split) = request.part(among: corpus.parts)
    return (part, try corpus.part(split))
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
          text: "\(TrainedTranslator.hundredths(a.bleu.score))  \(TrainedTranslator.hundredths(b.bleu.score))  (\(Figures.counted(a.count, "sentence")))"))
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
