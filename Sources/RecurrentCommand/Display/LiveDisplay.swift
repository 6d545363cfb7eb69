import Recurrent

/// A run on a terminal: one live line, and after each epoch its figures and a sample of what the model writes.
///
/// The cursor stays where a line would be overwritten and nothing else of the terminal's state is changed, so that
/// there is nothing to restore when the run is interrupted.
struct LiveDisplay: TrainingDisplay {
  private let terminal: Terminal
  private let run: RunDescription
  private let line: LiveLine
  private let clock = ContinuousClock()
  private var lastDrawn: ContinuousClock.Instant?
  private var isLineShown = false
  private var epochs = 1
  /// The longest sample shown, in lines.
  private let sampleLines = 6

  init(terminal: Terminal, run: RunDescription) {
    self.terminal = terminal
    self.run = run
    line = LiveLine(terminal: terminal, run: run)
  }

  mutating func show(_ event: TrainingEvent) throws {
    switch event {
    case .started(let started):
      epochs = started.epochs
      try permanent(startLine(started))
    case .step(let step):
      try draw(step)
    case .evaluation(let evaluated):
      try permanent(
        "  step \(Figures.grouped(evaluated.globalStep))  validation \(run.figure(evaluated.validation))"
          + (evaluated.isBest ? "  best" : ""))
    case .epoch(let epoch):
      try permanent(epochLine(epoch))
      if let sample = epoch.sample { try permanent(sampleText(sample)) }
    case .checkpoint:
      break
    case .note(let note):
      try permanent(note)
    case .finished(let finished):
      try permanent(finishLine(finished))
    }
  }

  // MARK: The live line

  /// Redraws the line, at most ten times a second.
  private mutating func draw(_ step: TrainingEvent.Step) throws {
    let now = clock.now
    if let lastDrawn, now - lastDrawn < .milliseconds(100), step.step != step.stepsPerEpoch { return }
    lastDrawn = now
    // Room for the "^C" that a terminal shows, which would otherwise push the line up where nothing erases it.
    let text = line.text(step, epochs: epochs, width: terminal.width - 3)
    try StandardOutput.write("\r\(text)\u{1B}[K")
    isLineShown = true
  }

  /// Writes lines that stay, in the place of the live one.
  private mutating func permanent(_ text: String) throws {
    try StandardOutput.write((isLineShown ? "\r\u{1B}[K" : "") + text + "\n")
    isLineShown = false
  }

  // MARK: Lines that stay

  private func startLine(_ started: TrainingEvent.Started) -> String {
    terminal.styled(run.recipe, .bold) + terminal.styled("  " + TrainingWords.start(started), .dim)
  }

  private func epochLine(_ epoch: TrainingEvent.Epoch) -> String {
    let digits = String(epoch.epochs).count
    let number = String(repeating: " ", count: digits - String(epoch.epoch).count) + "\(epoch.epoch)"
    var line = terminal.styled("epoch \(number)/\(epoch.epochs)", .bold) + "  train \(Figures.loss(epoch.trainingLoss))"
    if let validation = epoch.validation {
      line += "  validation " + terminal.styled(run.figure(validation), .accent)
      if epoch.isBest { line += "  best" }
    }
    return line
      + terminal.styled(
        "  \(Figures.duration(epoch.seconds))  \(Figures.short(epoch.unitsPerSecond)) \(run.rateUnit)", .dim)
  }

  private func sampleText(_ sample: String) -> String {
    let margin = terminal.hasUnicode ? "  │ " : "  | "
    let columns = max(20, min(terminal.width, 100) - 5)
    let lines = sample.withVisibleControls.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0.isEmpty }
      .prefix(sampleLines)
      .map { terminal.styled(margin + $0.prefix(columns), .dim) }
    return lines.joined(separator: "\n")
  }

  private func finishLine(_ finished: TrainingEvent.Finished) -> String {
    TrainingWords.finish(finished, run: run)
  }
}
