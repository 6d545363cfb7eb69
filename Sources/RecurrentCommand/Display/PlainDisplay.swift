import Recurrent

/// A run in a log: whole lines, one every ten seconds at most and one an epoch.
struct PlainDisplay: TrainingDisplay {
  private let run: RunDescription
  private let interval: Duration
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant
  private var epochs = 1

  init(run: RunDescription, interval: Duration = .seconds(10)) {
    self.run = run
    self.interval = interval
    lastShown = clock.now
  }

  mutating func show(_ event: TrainingEvent) throws {
    switch event {
    case .started(let started):
      epochs = started.epochs
      try StandardOutput.line("\(run.recipe): \(TrainingWords.start(started))")
    case .step(let step):
      let now = clock.now
      guard now - lastShown >= interval else { return }
      lastShown = now
      try StandardOutput.line(
        "epoch \(step.epoch)/\(epochs) step \(step.step)/\(step.stepsPerEpoch): loss \(Figures.loss(step.smoothedLoss))"
          + ", gradient \(Figures.significant(step.gradientNorm)), rate \(Figures.significant(step.learningRate))"
          + ", \(Figures.short(step.unitsPerSecond)) \(run.rateUnit), \(Figures.duration(step.remaining)) left")
    case .evaluation(let evaluated):
      try StandardOutput.line(
        "step \(evaluated.globalStep): validation \(run.figure(evaluated.validation))"
          + (evaluated.isBest ? ", best so far" : ""))
    case .epoch(let epoch):
      lastShown = clock.now
      var line = "epoch \(epoch.epoch)/\(epoch.epochs): train \(Figures.loss(epoch.trainingLoss))"
      if let validation = epoch.validation { line += ", validation \(run.figure(validation))" }
      line += epoch.isBest ? ", best so far" : ""
      line += ", \(Figures.duration(epoch.seconds)), \(Figures.short(epoch.unitsPerSecond)) \(run.rateUnit)"
      try StandardOutput.line(line)
    case .checkpoint:
      break
    case .note(let note):
      try StandardOutput.line(note)
    case .finished(let finished):
      try StandardOutput.line(TrainingWords.finish(finished, run: run))
    }
  }
}
