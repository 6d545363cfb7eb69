import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTraining

extension TrainedTextClassifier {
  /// Measures the model on a part of the data, beside a bag-of-words logistic regression that is fitted on the training part now
  /// and measured on the same texts.
  public func report(on request: EvaluationRequest) throws -> EvaluationReport {
    guard request.weights == .full else {
      throw EvaluationError("--weights is for language models; leave it out for a text-classification model")
    }
    let (part, texts, training) = try texts(request)
    let examples = try LabelledSequences(texts, codec: codec, labels: labels, data: description.data)
    let clock = ContinuousClock()
    let start = clock.now
    let (evaluation, confusion) = model.evaluate(examples, labelCount: labels.count)
    let seconds = (clock.now - start) / .seconds(1)

    var report = EvaluationReport(part: part)
    report.add(
      "accuracy", label: "accuracy", .number(confusion.accuracy),
      text: "\(Figures.percent(confusion.accuracy)) of \(Figures.counted(examples.count, "text"))")
    report.add("macroF1", label: "macro F1", .number(confusion.macroF1), text: Figures.percent(confusion.macroF1))
    report.add("loss", label: "loss", .number(evaluation.loss), text: "\(Figures.exact(evaluation.loss)) nats a text")
    report.members += [
      ("texts", .integer(examples.count)), ("tokens", .integer(examples.tokenCount)),
      ("unknown", .integer(examples.unknownCount)), ("seconds", .number(seconds)),
    ]
    report.lines += examples.notes.map { .words($0) }
    if let training {
      report.add(try baseline(fittedOn: training, measuredOn: texts), beside: confusion)
    } else {
      report.lines.append(.words("no baseline: the data have no training part to fit it on"))
      report.members.append(("baseline", .null))
    }
    report.add(confusion, labels: labels.names)
    return report
  }

  /// What logistic regression on words and pairs of words makes of the same texts: whole texts, not cut ones.
  private func baseline(
    fittedOn training: LabelledTexts, measuredOn texts: LabelledTexts
  ) throws(DataError) -> ConfusionMatrix {
    let classifier = BagOfWordsClassifier(
      texts: training.texts, classes: try labels.indices(of: training).map(Int.init), classCount: labels.count)
    return ConfusionMatrix(
      truth: try labels.indices(of: texts).map(Int.init), predictions: classifier.predictions(of: texts.texts),
      classCount: labels.count)
  }

  /// The texts of the part that is asked for, which part it is, and the training texts where there are any.
  private func texts(
    _ request: EvaluationRequest
  ) throws -> (part: DataPart, texts: LabelledTexts, training: LabelledTexts?) {
    if try request.asksForWholeFile() {
      let url = try request.source.url()
      return (.all, try LabelledTexts(contentsOf: url, description.data), nil)
    }
    let corpus = try LabelledCorpus(request.source, description.data)
    let (part, split) = request.part(among: corpus.parts)
    return (part, try corpus.part(split), corpus.parts[.train])
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
