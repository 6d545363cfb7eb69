import Recurrent

/// A run for programs: one JSON object a line with the key `event`, and nothing else.
///
/// Steps come once a second at most, and the last of each epoch; the run's directory has all of them in
/// `metrics.jsonl`.
struct JSONDisplay: TrainingDisplay {
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant?

  mutating func show(_ event: TrainingEvent) throws {
    if case .step(let step) = event {
      let now = clock.now
      if let lastShown, now - lastShown < .seconds(1), step.step != step.stepsPerEpoch { return }
      lastShown = now
    }
    try StandardOutput.line(Self.json(event).description)
  }

  /// The event as JSON.
  static func json(_ event: TrainingEvent) -> JSON {
    switch event {
    case .started(let started):
      return .object([
        ("event", .text("started")), ("parameters", .integer(started.parameterCount)), ("trained", .integer(started.trainedCount)),
        ("epochs", .integer(started.epochs)), ("stepsPerEpoch", .integer(started.stepsPerEpoch)),
        ("threads", .integer(started.threads)),
        (
          "resumedAt",
          started.resumedAt.map { .object([("epoch", .integer($0.epoch)), ("step", .integer($0.step))]) } ?? .null
        ),
      ])
    case .step(let step):
      return .object([
        ("event", .text("step")), ("epoch", .integer(step.epoch)), ("step", .integer(step.step)),
        ("stepsPerEpoch", .integer(step.stepsPerEpoch)), ("globalStep", .integer(step.globalStep)),
        ("totalSteps", .integer(step.totalSteps)), ("loss", .number(step.loss)),
        ("smoothedLoss", .number(step.smoothedLoss)), ("gradientNorm", .number(step.gradientNorm)),
        ("clipped", .boolean(step.isClipped)), ("learningRate", .number(step.learningRate)),
        ("unitsPerSecond", .number(step.unitsPerSecond)), ("elapsed", .number(step.elapsed)),
        ("remaining", .number(step.remaining)),
      ])
    case .evaluation(let evaluated):
      return .object([
        ("event", .text("evaluation")), ("epoch", .integer(evaluated.epoch)), ("step", .integer(evaluated.step)),
        ("globalStep", .integer(evaluated.globalStep)), ("validation", json(evaluated.validation)),
        ("best", .boolean(evaluated.isBest)),
      ])
    case .epoch(let epoch):
      return .object([
        ("event", .text("epoch")), ("epoch", .integer(epoch.epoch)), ("epochs", .integer(epoch.epochs)),
        ("globalStep", .integer(epoch.globalStep)), ("trainingLoss", .number(epoch.trainingLoss)),
        ("validation", epoch.validation.map(json) ?? .null), ("learningRate", .number(epoch.learningRate)),
        ("gradientNorm", .number(epoch.gradientNorm)), ("clippedFraction", .number(epoch.clippedFraction)),
        ("seconds", .number(epoch.seconds)), ("unitsPerSecond", .number(epoch.unitsPerSecond)),
        ("best", .boolean(epoch.isBest)), ("sample", epoch.sample.map { .text($0) } ?? .null),
      ])
    case .checkpoint(let path, let globalStep):
      return .object([
        ("event", .text("checkpoint")), ("path", .text(path)), ("globalStep", .integer(globalStep)),
      ])
    case .note(let note):
      return .object([("event", .text("note")), ("text", .text(note))])
    case .finished(let finished):
      return .object([
        ("event", .text("finished")), ("reason", .text(finished.reason.rawValue)),
        ("globalStep", .integer(finished.globalStep)), ("seconds", .number(finished.seconds)),
        ("best", finished.best.map(json) ?? .null), ("model", finished.modelPath.map { .text($0) } ?? .null),
      ])
    }
  }

  /// The best evaluation and where it was.
  static func json(_ best: BestEvaluation) -> JSON {
    .object([
      ("epoch", .integer(best.epoch)), ("globalStep", .integer(best.globalStep)),
      ("validation", json(best.evaluation)),
    ])
  }

  /// A measurement as JSON: loss, units, and its further figures by name.
  static func json(_ evaluation: Evaluation) -> JSON {
    .object(
      [("loss", .number(evaluation.loss)), ("units", .integer(evaluation.units))]
        + evaluation.metrics.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })
  }
}
