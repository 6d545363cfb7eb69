public import Foundation
import RecurrentTensors
public import RecurrentTraining

/// A run that can begin: what `Trainer` needs, and what people are told of it.
public struct PreparedRun<Task: RecipeTask>: Sendable {
  /// The recipe's values.
  public var settings: RunSettings<Task>
  /// What is minimized.
  public var objective: Task.Goal
  /// Where the batches come from.
  public var source: any BatchSource<Task.Goal.Batch>
  /// The initial model.
  public var model: Task.Goal.Model
  /// What the model's file holds beside its tensors and settings.
  public var artifacts: Task.Artifacts
  /// What the model is trained on; nil: one text or series.
  public var trainedOn: TrainedOn?
  /// The words for displays and the chart.
  public var words: RunDescription
  /// What was done to the data and must not go unsaid, a line each: "1,204 of 25,000 texts cut to 400 words".
  public var notes: [String]
  /// Compares the trained model, and its best evaluation, with what answers without a network, in about so many seconds at most; it gives nil
  /// where that takes longer. Nil: the task knows nothing to compare with.
  public var comparison: (@Sendable (_ model: Task.Goal.Model, _ best: Evaluation?, _ seconds: Double) throws -> BaselineComparison?)?

  /// A run whose model has the initial parameters that the settings' seed gives.
  ///
  /// - Parameter memory: What training needs at least, and the keys of a recipe to change where the machine lacks it.
  /// - Throws: ``MemoryError``.
  public init(
    _ settings: RunSettings<Task>, objective: Task.Goal, source: any BatchSource<Task.Goal.Batch>, artifacts: Task.Artifacts,
    trainedOn: TrainedOn? = nil, memory: (estimate: MemoryEstimate, keys: String), words: RunDescription, notes: [String] = []
  ) throws(MemoryError) {
    try memory.estimate.check(advising: memory.keys)
    var initialization = RandomGenerator(seed: settings.seed).split("initialization")
    self.settings = settings
    self.objective = objective
    self.source = source
    self.artifacts = artifacts
    self.trainedOn = trainedOn
    self.words = words
    self.notes = notes
    model = Task.model(settings.modelSettings, artifacts, using: &initialization)
  }

  /// The metadata of the model file.
  public func metadata() throws -> [String: String] {
    try settings.modelSettings.metadata(artifacts, trainedOn: trainedOn, dealing: settings.dealing)
  }

  /// The trainer of the run.
  ///
  /// - Throws: `ParameterRuleError` where the rules of `training.parameters` do not go with the model.
  public func trainer(
    directory: URL? = nil, checkpoints: CheckpointInterval = CheckpointInterval(), interruption: Interruption? = nil
  ) throws -> Trainer<Task.Goal> {
    _ = try settings.training.plan(for: model)
    return Trainer(
      objective: objective, source: source, configuration: settings.training, seed: settings.seed, directory: directory,
      modelMetadata: try metadata(), checkpoints: checkpoints, gradients: settings.gradients, interruption: interruption)
  }

  /// The model that a run has made, ready to be measured and asked.
  public func trained(_ result: Trainer<Task.Goal>.Result) throws -> Trained<Task> {
    var artifacts = artifacts
    if !result.findings.isEmpty {
      let own = ArtifactParts.parts(of: String(decoding: try JSONEncoder().encode(artifacts), as: UTF8.self))
      let parts = own.merging(result.findings) { $1 }
      artifacts = try JSONDecoder().decode(Task.Artifacts.self, from: Data(ArtifactParts.object(of: parts).utf8))
    }
    return try Trained(
      settings: settings.modelSettings, artifacts: artifacts, model: result.model,
      training: TrainingSummary(best: result.best, configuration: settings.training, seed: settings.seed),
      trainedOn: trainedOn, dealing: settings.dealing)
  }
}
