import Foundation
import Recurrent

/// One training run of any task: from a recipe to a directory with a model, a checkpoint, metrics and a picture.
struct RecipeRun {
  /// What is trained, all overrides applied.
  let recipe: Recipe
  /// Where the files go.
  let directory: RunDirectory
  /// Whether the run in the directory goes on.
  var isResuming = false
  /// Whether a run in the directory may be lost.
  var isOverwriting = false
  /// How often a checkpoint is written.
  var checkpoints = CheckpointInterval()

  /// A run that has not begun.
  init(recipe: Recipe, directory: RunDirectory) {
    self.recipe = recipe
    self.directory = directory
  }

  /// Trains, and shows it.
  ///
  /// - Parameter json: Whether programs watch.
  /// - Returns: why the run ended, the best evaluation, and a text to ask the model about.
  /// - Throws: what is wrong with data, files or settings; ``CommandError`` when standard output has been closed.
  func train(json: Bool) throws -> (reason: FinishReason, best: BestEvaluation?, exampleInput: String?) {
    try train(recipe.task.task, json: json)
  }

  private func train<Task: RecipeTask>(
    _ task: Task.Type, json: Bool
  ) throws -> (reason: FinishReason, best: BestEvaluation?, exampleInput: String?) {
    var settings = try RunSettings<Task>(recipe)
    guard let source = recipe.dataSource else {
      throw CommandError("\(recipe.origin): the recipe names no data; say where they are with --data FILE_OR_DIRECTORY")
    }
    try directory.check(resuming: isResuming, overwriting: isOverwriting)
    if isResuming, let old = StoredRun(directory: directory.url), old.modelMetadata("dealing") == nil { settings.dealing = .place }
    settings.preparation = directory.preparation(showing: !json)
    let run = try Task.prepare(settings, from: DataSource(source))
    let interruption = Interruption.onSignals()
    let trainer: Trainer<Task.Goal>
    do {
      trainer = try run.trainer(directory: directory.url, checkpoints: checkpoints, interruption: interruption)
    } catch let error as ParameterRuleError {
      throw RecipeError(origin: recipe.origin, problem: "\(error)")
    }
    try directory.take()

    var display = display(of: run.words, json: json)
    for note in run.notes { try display.show(.note(note)) }
    var displayError: (any Error)?
    var chartError: (any Error)?
    var finished: TrainingEvent?
    var pace = DrawingPace()
    let start = ContinuousClock.now
    var hasCheckpoint = false
    func follow(_ event: TrainingEvent) {
      do {
        switch event {
        case .checkpoint: hasCheckpoint = true
        case .started(let started):
          hasCheckpoint = started.resumedAt != nil
          // What was here before is aside now.
          try directory.write(recipe, resuming: isResuming)
        default: break
        }
        // That the run has ended is said last.
        if case .finished = event { finished = event } else if displayError == nil { try display.show(event) }
      } catch {
        // The display has lost its reader: the run stops with a checkpoint rather than go on unseen.
        displayError = error
        interruption.request()
      }
      do {
        if case .epoch = event { try pace.draw(at: { .now - start }) { try drawChart(run.words) } }
        if case .finished = event { try drawChart(run.words) }
      } catch {
        chartError = error
      }
    }
    let result: Trainer<Task.Goal>.Result
    do {
      result = try trainer.run(from: run.model, resuming: isResuming, onEvent: follow)
    } catch let error as TrainingError {
      guard case .notWritten = error, hasCheckpoint else { throw error }
      throw CommandError("\(error); the same command with --resume goes on from the last checkpoint")
    }
    if displayError is ClosedOutput {
      throw CommandError(
        "nobody reads standard output any more: stopped with a checkpoint; the same command with --resume goes on.")
    }
    if let displayError { throw displayError }
    if let chartError { StandardError.line("recurrent: the picture could not be drawn: \(chartError)") }
    if result.reason != .interrupted {
      for note in compare(run, result.model, result.best, seconds: (ContinuousClock.now - start) / .seconds(1)) { try display.show(.note(note)) }
    }
    if let finished { try display.show(finished) }
    return (result.reason, result.best, run.words.exampleInput)
  }

  /// What must be said of the model beside what answers without a network. Finding that takes a twentieth of the training's time at most, or two
  /// seconds where that was short. The model is there: a comparison that fails spoils no run.
  private func compare<Task: RecipeTask>(
    _ run: PreparedRun<Task>, _ model: Task.Goal.Model, _ best: BestEvaluation?, seconds: Double
  ) -> [String] {
    do {
      return try run.comparison?(model, best?.evaluation, max(2, seconds / 20))?.notes ?? []
    } catch {
      return ["the model could not be compared with a baseline: \(error)"]
    }
  }

  /// The display that suits standard output.
  private func display(of words: RunDescription, json: Bool) -> any TrainingDisplay {
    if json { return JSONDisplay() }
    let terminal = Terminal.current
    return terminal.isInteractive ? LiveDisplay(terminal: terminal, run: words) : PlainDisplay(run: words)
  }

  private func drawChart(_ words: RunDescription) throws {
    try directory.drawChart(title: "\(recipe.name): \(words.network)", lossUnit: words.lossUnit)
  }
}
