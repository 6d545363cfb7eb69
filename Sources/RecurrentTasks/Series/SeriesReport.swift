import Foundation
public import RecurrentData
import RecurrentLayers
public import RecurrentTraining

/// What the evaluation of a model of series finds.
public struct SeriesScore: TaskScore {
  /// The lengths of the series beside those in training and what the network sees.
  public struct Lengths: Sendable, Equatable {
    /// Series longer than any in training.
    public let longer: Int
    /// Series shorter than any in training.
    public let shorter: Int
    /// The lengths of the shortest and the longest series in training.
    public let training: ClosedRange<Int>
    /// The most steps that the network sees; nil: all.
    public let reach: Int?
    /// Series longer than that.
    public let beyondReach: Int
  }

  public let part: MeasuredPart
  public let overlap: TrainingOverlap?
  /// What was taken for what; accuracy and macro F1 follow from it.
  public let confusion: ConfusionMatrix
  /// The mean loss in nats a label.
  public let loss: Double
  /// What is told apart, in the order of the matrix.
  public let classes: ClassTable
  /// Series that were measured.
  public let seriesCount: Int
  /// Labels that they have: of the series, or of their steps.
  public let labelCount: Int
  /// Whether each step has its own answer.
  public let isTagging: Bool
  /// The lengths of the series.
  public let lengths: Lengths
  /// What answers without a network, fitted to the training part: the most frequent class, and the class of the nearest training series.
  public let baselines: [FoldReport.Baseline]
  /// Whether there is a training part to fit baselines to.
  public let hasBaselines: Bool
  /// The network, for what lengths mean to it.
  public let network: SeriesModelConfiguration
  /// What was done to the series, a line each.
  public let notes: [String]
  /// Baselines that were left out, a line each.
  public let omissions: [String]
  /// Seconds of the evaluation.
  public let seconds: Double
}

extension SeriesLabelling {
  /// Measures a model on a part of the data, beside what answers without a network: always the most frequent class, and the
  /// class of the nearest training series.
  public static func evaluate(_ trained: Trained<Self>, on request: EvaluationRequest) throws -> SeriesScore {
    let (data, codec) = (trained.settings.data, trained.artifacts.series)
    let measured = try request.examples(
      for: trained, whole: { try SeriesReader(data: data, isTagging: isTagging).read(request.source.url()) },
      parts: { try Parts<SequenceSet>(request.source, data, isTagging: isTagging, by: trained.dealing) })
    let series = measured.examples
    let examples = try codec.encode(series, isTagging: isTagging)
    if examples.targetCount == 0 {
      throw EvaluationError("\(series.path): no series has a label to compare with; `predict` says what the model makes of them")
    }
    let stopwatch = Stopwatch()
    let result = trained.model.evaluate(examples, classCount: codec.classes.count)
    let seconds = stopwatch.seconds
    let training = measured.part == .part(.train) ? nil : measured.training
    let baselines = try training.map { training in
      try SeriesBaselines(training: training, codec: codec, isTagging: isTagging).measured(on: series)
    }
    let reach = trained.model.encoder.reach
    return SeriesScore(
      part: measured.part, overlap: measured.overlap, confusion: result.confusion, loss: result.loss, classes: codec.classes,
      seriesCount: examples.count, labelCount: examples.targetCount, isTagging: isTagging,
      lengths: SeriesScore.Lengths(
        longer: examples.lengths.count { $0 > codec.longest }, shorter: examples.lengths.count { $0 < codec.shortest },
        training: codec.shortest...codec.longest, reach: reach,
        beyondReach: reach.map { reach in examples.lengths.count { $0 > reach } } ?? 0),
      baselines: baselines?.figures ?? [], hasBaselines: training != nil, network: trained.settings.model, notes: examples.notes,
      omissions: baselines?.notes ?? [], seconds: seconds)
  }
}

extension SeriesScore {
  public var report: EvaluationReport {
    var report = EvaluationReport(part: part)
    let counted =
      isTagging
      ? "\(Figures.counted(labelCount, "step")) of \(Figures.grouped(seriesCount)) series" : "\(Figures.grouped(labelCount)) series"
    report.add(
      "accuracy", label: "accuracy", .number(confusion.accuracy), text: "\(Figures.percent(confusion.accuracy)) of \(counted)")
    report.add("macroF1", label: "macro F1", .number(confusion.macroF1), text: Figures.percent(confusion.macroF1))
    report.add("loss", label: "loss", .number(loss), text: "\(Figures.exact(loss)) nats a label")
    report.members += [
      ("series", .integer(seriesCount)), ("labels", .integer(labelCount)), ("seconds", .number(seconds)),
    ]
    report.lines += notes.map { .words($0) }
    addLengths(to: &report)
    if hasBaselines {
      report.lines += baselines.map { .figure(label: $0.name, text: Figures.percent($0.accuracy)) }
      report.members.append(("baselines", .object(baselines.map { ($0.name, .number($0.accuracy)) })))
      report.lines += omissions.map { .words($0) }
    }
    report.add(confusion, labels: classes.names)
    return report
  }

  /// Says where lengths differ from those in training, and what that means for this kind of network.
  private func addLengths(to report: inout EvaluationReport) {
    let (longer, shorter) = (lengths.longer, lengths.shorter)
    report.members += [("longerThanTrained", .integer(longer)), ("shorterThanTrained", .integer(shorter))]
    if longer + shorter > 0 {
      let parts = [
        longer > 0 ? "\(Figures.grouped(longer)) longer than any in training (\(Figures.counted(lengths.training.upperBound, "step")))" : nil,
        shorter > 0 ? "\(Figures.grouped(shorter)) shorter (\(Figures.counted(lengths.training.lowerBound, "step")))" : nil,
      ]
      report.lines.append(.words("lengths: " + parts.compactMap(\.self).joined(separator: ", ") + meaningOfLengths))
    }
    guard let reach = lengths.reach else { return }
    let cut = lengths.beyondReach
    report.members += [("reach", .integer(reach)), ("beyondReach", .integer(cut))]
    if cut > 0 {
      let what = network.kind == .window ? "the window sees" : "a convolution sees"
      let extent = network.readsStretches(isTagging: isTagging) ? "stretches of" : "the last"
      report.lines.append(
        .words(
          "\(what) \(extent) \(Figures.counted(reach, "step")): \(Figures.grouped(cut)) of \(Figures.grouped(seriesCount))"
            + " series are longer"))
    }
  }

  private var meaningOfLengths: String {
    switch network.kind {
    case .recurrent: "; the network reads every step of them"
    case .window: "; a window that a series does not fill begins with zeros"
    case .convolution: "; before the first step stand zeros"
    }
  }
}
