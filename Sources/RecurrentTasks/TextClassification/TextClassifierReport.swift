import Foundation
public import RecurrentData
import RecurrentLayers
public import RecurrentTraining

/// What the evaluation of a text classifier finds.
public struct TextClassificationScore: TaskScore {
  public let part: MeasuredPart
  public let overlap: TrainingOverlap?
  /// What was taken for what; accuracy and macro F1 follow from it.
  public let confusion: ConfusionMatrix
  /// The same by a bag-of-words logistic regression fitted to the training part; nil: the data have none.
  public let baseline: ConfusionMatrix?
  /// The mean loss in nats a text.
  public let loss: Double
  /// The labels, in the order of the matrix.
  public let labels: ClassTable
  /// Texts that were measured.
  public let textCount: Int
  /// Tokens of these, before cutting.
  public let tokenCount: Int
  /// Tokens that are not in the vocabulary.
  public let unknownCount: Int
  /// What a token is.
  public let tokens: TokenKind
  /// What was done to the texts, a line each.
  public let notes: [String]
  /// Seconds of the evaluation.
  public let seconds: Double
}

extension TextClassification {
  /// Measures a model on a part of the data, beside a bag-of-words logistic regression that is fitted on the training part now
  /// and measured on the same texts.
  public static func evaluate(_ trained: TrainedTextClassifier, on request: EvaluationRequest) throws -> TextClassificationScore {
    let data = trained.settings.data
    let measured = try request.examples(
      for: trained, whole: { try LabelledTexts(contentsOf: request.source.url(), data) },
      parts: { try Parts<LabelledTexts>(request.source, data, by: trained.dealing) })
    let examples = try LabelledSequences(measured.examples, codec: trained.codec, labels: trained.labels, data: data)
    if examples.tokenCount > 0, examples.unknownCount == examples.tokenCount {
      throw EvaluationError(
        UnknownNames(of: measured.examples.texts, trained.codec, kind: data.tokens)
          .refusal(path: measured.examples.path, subject: "these texts", known: trained.codec.vocabulary.symbols))
    }
    let stopwatch = Stopwatch()
    let figures = trained.model.evaluate(examples, labelCount: trained.labels.count)
    let seconds = stopwatch.seconds
    return TextClassificationScore(
      part: measured.part, overlap: measured.overlap, confusion: figures.confusion,
      baseline: try measured.training.map { try baseline(trained.labels, fittedOn: $0, measuredOn: measured.examples) },
      loss: figures.loss, labels: trained.labels, textCount: examples.count, tokenCount: examples.tokenCount,
      unknownCount: examples.unknownCount, tokens: data.tokens, notes: examples.notes, seconds: seconds)
  }

  /// What logistic regression on words and pairs of words makes of the same texts: whole texts, not cut ones.
  static func baseline(
    _ labels: ClassTable, fittedOn training: LabelledTexts, measuredOn texts: LabelledTexts
  ) throws(DataError) -> ConfusionMatrix {
    let classifier = BagOfWordsClassifier(
      texts: training.texts, classes: try labels.indices(of: training).map(Int.init), classCount: labels.count)
    return ConfusionMatrix(
      truth: try labels.indices(of: texts).map(Int.init), predictions: classifier.predictions(of: texts.texts),
      classCount: labels.count)
  }
}

extension TextClassificationScore {
  public var report: EvaluationReport {
    var report = EvaluationReport(part: part)
    report.add(
      "accuracy", label: "accuracy", .number(confusion.accuracy),
      text: "\(Figures.percent(confusion.accuracy)) of \(Figures.counted(textCount, "text"))")
    report.add("macroF1", label: "macro F1", .number(confusion.macroF1), text: Figures.percent(confusion.macroF1))
    report.add("loss", label: "loss", .number(loss), text: "\(Figures.exact(loss)) nats a text")
    report.addUnknown(unknownCount, of: tokenCount, tokens)
    report.members += [
      ("texts", .integer(textCount)), ("tokens", .integer(tokenCount)), ("unknown", .integer(unknownCount)),
      ("seconds", .number(seconds)),
    ]
    report.lines += notes.map { .words($0) }
    if let baseline {
      report.add(baseline, beside: confusion)
    } else {
      report.lines.append(.words("no baseline: the data have no training part to fit it on"))
      report.members.append(("baseline", .null))
    }
    report.add(confusion, labels: labels.names)
    return report
  }
}

extension EvaluationReport {
  /// Adds the baseline's figures, and by how many points the model is better or worse.
  fileprivate mutating func add(_ baseline: ConfusionMatrix, beside model: ConfusionMatrix) {
    func points(_ difference: Double) -> String { String(format: "%+.2f points", 100 * difference) }
    lines += [
      .words("a bag-of-words logistic regression, fitted now on the training part, has on the same texts:"),
      .figure(
        label: "accuracy",
        text: "\(Figures.percent(baseline.accuracy)); the model has \(points(model.accuracy - baseline.accuracy))"),
      .figure(
        label: "macro F1",
        text: "\(Figures.percent(baseline.macroF1)); the model has \(points(model.macroF1 - baseline.macroF1))"),
    ]
    let figures = JSON.object([
      ("kind", .text("bag-of-words logistic regression")), ("accuracy", .number(baseline.accuracy)),
      ("macroF1", .number(baseline.macroF1)),
    ])
    members.append(("baseline", figures))
  }
}
