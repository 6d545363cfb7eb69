import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTraining

extension TrainedSeriesModel {
  /// Measures the model on a part of the data, beside what answers without a network: always the most frequent class, and the
  /// class of the nearest training series.
  public func report(on request: EvaluationRequest) throws -> EvaluationReport {
    guard request.weights == .full else {
      throw EvaluationError("--weights is for language models; leave it out for a \(Answer.kind.rawValue) model")
    }
    let (part, series, training) = try series(request)
    let examples = try codec.encode(series, isTagging: Answer.isTagging)
    if examples.targetCount == 0 {
      throw EvaluationError("\(series.path): no series has a label to compare with; `predict` says what the model makes of them")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let result = model.evaluate(examples, classCount: codec.classes.count)
    let seconds = (clock.now - start) / .seconds(1)

    var report = EvaluationReport(part: part)
    let counted =
      Answer.isTagging
      ? "\(Figures.counted(examples.targetCount, "step")) of \(Figures.grouped(examples.count)) series"
      : "\(Figures.grouped(examples.targetCount)) series"
    report.add(
      "accuracy", label: "accuracy", .number(result.confusion.accuracy),
      text: "\(Figures.percent(result.confusion.accuracy)) of \(counted)")
    report.add(
      "macroF1", label: "macro F1", .number(result.confusion.macroF1), text: Figures.percent(result.confusion.macroF1))
    report.add(
      "loss", label: "loss", .number(result.evaluation.loss), text: "\(Figures.exact(result.evaluation.loss)) nats a label")
    report.members += [
      ("series", .integer(examples.count)), ("labels", .integer(examples.targetCount)), ("seconds", .number(seconds)),
    ]
    report.lines += examples.notes.map { .words($0) }
    addLengths(of: examples, to: &report)
    if let training {
      let baselines = try SeriesBaselines(training: training, codec: codec, isTagging: Answer.isTagging)
      let (figures, notes) = try baselines.measured(on: series)
      for figure in figures {
        report.lines.append(.figure(label: figure.name, text: Figures.percent(figure.accuracy)))
      }
      report.members.append(("baselines", .object(figures.map { ($0.name, .number($0.accuracy)) })))
      report.lines += notes.map { .words($0) }
    }
    report.add(result.confusion, labels: codec.classes.names)
    return report
  }

  /// The series of the part that is asked for, which part it is, and the training part where there is one.
  private func series(
    _ request: EvaluationRequest
  ) throws -> (part: DataPart, series: SequenceSet, training: SequenceSet?) {
    if try request.asksForWholeFile() {
      let url = try request.source.url()
      return (.all, try SeriesReader(data: description.data, isTagging: Answer.isTagging).read(url), nil)
    }
    let corpus = try SeriesCorpus(request.source, description.data, isTagging: Answer.isTagging)
    let (part, split) = request.part(among: corpus.parts)
    return (part, try corpus.part(split), split == .train ? nil : corpus.parts[.train])
  }

  /// Says where lengths differ from those in training, and what that means for this kind of network.
  private func addLengths(of examples: SeriesExamples, to report: inout EvaluationReport) {
    let longer = examples.lengths.count { $0 > codec.longest }
    let shorter = examples.lengths.count { $0 < codec.shortest }
    report.members += [("longerThanTrained", .integer(longer)), ("shorterThanTrained", .integer(shorter))]
    if longer + shorter > 0 {
      let parts = [
        longer > 0 ? "\(Figures.grouped(longer)) longer than any in training (\(Figures.counted(codec.longest, "step")))" : nil,
        shorter > 0 ? "\(Figures.grouped(shorter)) shorter (\(Figures.counted(codec.shortest, "step")))" : nil,
      ]
      report.lines.append(.words("lengths: " + parts.compactMap(\.self).joined(separator: ", ") + meaningOfLengths))
    }
    guard let reach = model.encoder.reach else { return }
    let cut = examples.lengths.count { $0 > reach }
    report.members += [("reach", .integer(reach)), ("beyondReach", .integer(cut))]
    if cut > 0 {
      let what = description.model.kind == .window ? "the window sees" : "a convolution sees"
      let extent = description.model.readsStretches(isTagging: Answer.isTagging) ? "stretches of" : "the last"
      report.lines.append(
        .words(
          "\(what) \(extent) \(Figures.counted(reach, "step")): \(Figures.grouped(cut)) of \(Figures.grouped(examples.count))"
            + " series are longer"))
    }
  }

  private var meaningOfLengths: String {
    switch description.model.kind {
    case .recurrent: "; the network reads every step of them"
    case .window: "; a window that a series does not fill begins with zeros"
    case .convolution: "; before the first step stand zeros"
    }
  }
}
