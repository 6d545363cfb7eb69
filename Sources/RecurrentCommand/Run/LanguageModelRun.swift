import ArgumentParser
import Foundation
import Recurrent

/// One training run of a language model: from a recipe to a directory with a model, a checkpoint, metrics and a picture.
struct LanguageModelRun {
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

  private let data: TextDataConfiguration
  private let model: LanguageModelConfiguration
  private let training: TrainingConfiguration

  /// A run that has not begun.
  ///
  /// - Throws: `RecipeError` for values that do not go together.
  init(recipe: Recipe, directory: RunDirectory) throws {
    self.recipe = recipe
    self.directory = directory
    data = try recipe.configuration(.data, as: TextDataConfiguration.self)
    model = try recipe.configuration(.model, as: LanguageModelConfiguration.self)
    training = try recipe.configuration(.training, as: TrainingConfiguration.self)
  }

  /// What a display must know.
  var description: RunDescription {
    RunDescription(recipe: recipe.name, rateUnit: data.tokens.rateUnit, showsPerplexity: data.tokens == .words)
  }

  /// The display that suits standard output.
  func display(json: Bool) -> any TrainingDisplay {
    if json { return JSONDisplay() }
    let terminal = Terminal.current
    return terminal.isInteractive ? LiveDisplay(terminal: terminal, run: description) : PlainDisplay(run: description)
  }

  /// Trains, and shows it.
  ///
  /// - Returns: why the run ended, and the best evaluation.
  /// - Throws: what is wrong with data, files or settings; ``CommandError`` when nobody watches any more.
  func train(showing display: any TrainingDisplay) throws -> (reason: FinishReason, best: BestEvaluation?) {
    guard let source = recipe.dataSource else {
      throw CommandError("\(recipe.origin): the recipe names no data; say where they are with --data FILE_OR_DIRECTORY")
    }
    try directory.check(resuming: isResuming, overwriting: isOverwriting)
    let corpus = try DataSource(source).corpus(data)
    let description = LanguageModelDescription(data: data, model: model)
    let vocabulary = corpus.codec.vocabulary
    try MemoryEstimate(model, vocabularyCount: vocabulary.count, training: training).check()
    let seed = UInt64(recipe.seed)
    var initialization = RandomGenerator(seed: seed).split("initialization")
    let start = LanguageModel(model, vocabularyCount: vocabulary.count, using: &initialization)
    let task = try LanguageModelTask(corpus: corpus, training: training, model: start)
    let interruption = Interruption.onSignals()
    let trainer = Trainer(
      task: task, configuration: training, seed: seed, directory: directory.url,
      modelMetadata: try description.metadata(vocabulary: vocabulary), checkpoints: checkpoints,
      interruption: interruption)
    try directory.take()
    if !isResuming { try directory.write(recipe) }

    var display = display
    var displayError: (any Error)?
    var chartError: (any Error)?
    let result = try trainer.run(from: start, resuming: isResuming) { event in
      do {
        if displayError == nil { try display.show(event) }
      } catch {
        // Nobody watches, so nobody can want it to go on unseen: it stops with a checkpoint.
        displayError = error
        interruption.request()
      }
      do {
        if case .epoch = event { try drawChart() }
        if case .finished = event { try drawChart() }
      } catch {
        chartError = error
      }
    }
    if displayError is ClosedOutput {
      throw CommandError(
        "nobody reads standard output any more: stopped with a checkpoint; the same command with --resume goes on.")
    }
    if let displayError { throw displayError }
    if let chartError { StandardError.line("recurrent: the picture could not be drawn: \(chartError)") }
    return (result.reason, result.best)
  }

  private func drawChart() throws {
    let sizes = "\(model.layers) × \(model.hidden) \(model.cell.rawValue)"
    try directory.drawChart(title: "\(recipe.name): \(sizes)", lossUnit: "nats a \(data.tokens.singular)")
  }
}
