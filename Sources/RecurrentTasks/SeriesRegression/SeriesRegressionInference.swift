public import Foundation
public import RecurrentData
public import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// A model of pairs of series as it stands in a file: with the scales of its inputs and answers, ready to answer.
///
/// ```swift
/// let trained = try TrainedSeriesRegression(contentsOf: url)
/// for answer in try trained.predict(contentsOf: seriesURL) { print(answer.values) }
/// ```
public struct TrainedSeriesRegression: TrainedModel {
  public typealias Task = SeriesRegression

  /// What it is.
  public let description: ModelDescription<SeriesRegression>
  /// How series become what it reads, and its answers numbers of the file's units.
  public let codec: RegressionCodec
  /// The network.
  public let model: ArrangedNetwork<AnyCell<Float>>
  /// How it was trained, where the file tells.
  public let training: TrainingSummary?

  public init(_ stored: StoredModel) throws {
    let description = try stored.description(of: SeriesRegression.self)
    let codec = try stored.part("regression", as: RegressionCodec.self)
    var generator = RandomGenerator(seed: 0)
    var model = description.model.makeNetwork(
      inputSize: codec.inputSize, outputSize: codec.outputSize, using: &generator)
    try stored.loadParameters(into: &model)
    (self.description, self.codec, self.model, training) = (description, codec, model, stored.training)
  }

  /// Answers the series of a file of JSON lines; targets in it do not matter, but for how many answers are asked for.
  ///
  /// - Parameter steps: How many answers each is asked for, in arrangements where that is free; nil: as many steps as its `y` has, or else
  ///   as many as every training series had.
  /// - Returns: The answers to each, in the file's order.
  /// - Throws: `DataError`: what is wrong where in the file, or that the number of answers is not known.
  public func predict(contentsOf url: URL, steps: Int? = nil) throws(DataError) -> [SeriesAnswers] {
    let pairs = try SequencePairSet(jsonLines: url, needsTargets: false)
    var counts: [Int] = []
    for (input, target) in zip(pairs.inputs.sequences, pairs.targets.sequences) {
      let isKnown = target.missingCount < target.values.count
      guard
        let count = codec.arrangement.outputCount(inputCount: input.stepCount) ?? steps
          ?? (isKnown ? target.stepCount : codec.answerCount)
      else {
        throw DataError(
          pairs.path, line: input.line,
          "how many steps are asked for is not known: the training series had different numbers; say how many (--steps)")
      }
      counts.append(count)
    }
    let examples = try codec.encode(pairs.inputs, answerCounts: counts)
    return zip(pairs.inputs.sequences, model.answers(to: examples)).map { input, answers in
      SeriesAnswers(
        id: input.id, line: input.line,
        values: stride(from: 0, to: answers.count, by: codec.outputSize).map { start in
          (0..<codec.outputSize).map { codec.restored(answers[start + $0], channel: $0) }
        })
    }
  }

  public func report(on request: EvaluationRequest) throws -> EvaluationReport {
    guard request.weights == .full else {
      throw EvaluationError("--weights is for language models; leave it out for a \(SeriesRegression.kind.rawValue) model")
    }
    let (part, pairs, training) = try pairs(request)
    let examples = try codec.encode(pairs)
    if examples.targetCount == 0 {
      throw EvaluationError("\(pairs.path): no series has a target to compare with; `predict` says what the model makes of them")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let answers = model.answers(to: examples)
    let seconds = (clock.now - start) / .seconds(1)

    var report = EvaluationReport(part: part)
    let loss = RegressionErrors(examples: examples, answers: answers)
    report.add(
      "loss", label: "loss", .number(loss.meanSquare),
      text: "\(Figures.exact(loss.meanSquare)) \(codec.targetScale == nil ? "squared" : "of the targets' variance in training")")
    var rows = [("", answers)]
    if let training {
      rows += RegressionBaselines(training: try codec.encode(training), test: examples, codec: codec).answers
    }
    report.members += try add(rows, examples, to: &report)
    report.members += [
      ("series", .integer(examples.count)), ("targets", .integer(examples.targetCount)), ("seconds", .number(seconds)),
    ]
    return report
  }

  /// The errors of the network and of each baseline, a line a channel of the answers, in the file's units.
  private func add(
    _ rows: [(name: String, answers: [[Float]])], _ examples: RegressionExamples, to report: inout EvaluationReport
  ) throws -> [(String, JSON)] {
    var members: [(String, JSON)] = []
    for (name, answers) in rows {
      var channels: [JSON] = []
      for channel in 0..<codec.outputSize {
        let errors = RegressionErrors(examples: examples, answers: answers, channel: channel, codec: codec)
        let output = codec.outputSize == 1 ? "" : " \(channel + 1)"
        let fit = errors.determination.map { ", R² \(Figures.exact($0))" } ?? ""
        report.lines.append(
          .figure(
            label: name.isEmpty ? "output\(output)" : "\(name)\(output)",
            text: "root mean square error \(Figures.exact(errors.meanSquare.squareRoot())), mean size"
              + " \(Figures.exact(errors.meanAbsolute))\(fit)"))
        channels.append(
          .object(
            [
              ("rmse", .number(errors.meanSquare.squareRoot())), ("mae", .number(errors.meanAbsolute)),
            ] + (errors.determination.map { [("r2", .number($0))] } ?? [])))
      }
      members.append((name.isEmpty ? "outputs" : name, .list(channels)))
    }
    return members
  }

  /// The pairs of the part that is asked for, which part it is, and the training part where there is one.
  private func pairs(
    _ request: EvaluationRequest
  ) throws -> (part: DataPart, pairs: SequencePairSet, training: SequencePairSet?) {
    if try request.asksForWholeFile() {
      let url = try request.source.url()
      return (.all, try SequencePairSet(jsonLines: url), nil)
    }
    let corpus = try RegressionCorpus(request.source, description.data, codec.arrangement)
    let (part, split) = request.part(among: corpus.parts)
    return (part, try corpus.part(split), split == .train ? nil : corpus.parts[.train])
  }

  public var inspection: ModelInspection {
    let model = description.model
    return ModelInspection(
      network: "\(model.cell.rawValue), \(Figures.counted(model.layers, "layer")) of \(Figures.grouped(model.hidden)) units"
        + (model.bidirectional ? " in both directions" : "") + ", \(codec.arrangement.rawValue)",
      lines: [
        ("reads", "\(Figures.counted(codec.inputChannelCount, "channel"))\(codec.hasMasks ? ", each with a mark of missing values" : "")"),
        ("answers", Figures.counted(codec.outputSize, "channel") + (codec.answerCount.map { ", \(Figures.counted($0, "step"))" } ?? "")),
      ],
      members: [
        ("arrangement", .text(codec.arrangement.rawValue)), ("inputs", .integer(codec.inputChannelCount)),
        ("outputs", .integer(codec.outputSize)), ("masks", .boolean(codec.hasMasks)),
      ])
  }
}

/// What a model answers to a series.
public struct SeriesAnswers: Sendable, Equatable {
  /// The series' name in the file, where it has one.
  public let id: String?
  /// The line of the file on which it begins.
  public let line: Int
  /// The answers, a list of numbers for each step, in the file's units.
  public let values: [[Double]]
}
