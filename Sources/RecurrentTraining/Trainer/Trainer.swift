public import Foundation
import RecurrentLayers
import RecurrentTensors

/// The one training loop, for every task.
///
/// An epoch is the batches of a ``BatchSource``, made ahead on a thread of their own. Each step takes `training.accumulate` of them: the
/// ``Objective``'s loss and its gradient, from the carried state, which is cut off the tape afterwards (truncated backpropagation through
/// time), the mean over the batches; the exchange with other processes, if there is one; clipping; the schedule's rate; the optimizer's update.
/// Then the model is evaluated on the validation split, the best kept, and a sample shown. Whoever listens gets
/// ``TrainingEvent``s; the loop prints nothing.
///
/// ```swift
/// var configuration = TrainingConfiguration()
/// configuration.epochs = 5
/// let trainer = Trainer(objective: objective, source: source, configuration: configuration, seed: 1, directory: directory)
/// let result = try trainer.run(from: model) { event in
///   if case .epoch(let epoch) = event { print(epoch.epoch, epoch.trainingLoss, epoch.validation?.loss ?? .nan) }
/// }
/// ```
///
/// ## Files
///
/// The directory gets `model.safetensors` (the best model by validation loss, or by the objective's own score, with its
/// metadata and a summary of how it was trained), `checkpoint.safetensors` (the latest state) and `metrics.jsonl` (``MetricsRecord``). A run that
/// does not resume takes the directory over: the files of the run that was there go aside until it has made a model, and come back where it never
/// makes one (``RunPlace``). A checkpoint that cannot be written, since the disk is full, does not end the run: a note says so, it is tried again when
/// the next is due, and the model is written all the same.
///
/// ## Parameters treated apart
///
/// The rules of `training.parameters` (``ParameterRules``) freeze parameters, or give them a rate or a decay of their own:
///
/// ```swift
/// var configuration = TrainingConfiguration()
/// configuration.parameters = ["*": .frozen, "output": .trained, "rnn": ParameterRule(rate: 0.1, frozenEpochs: 3)]
/// ```
///
/// A frozen parameter ends with the bits that it began with. It gets no gradient and has no part in the norm that is clipped, and the
/// backward pass makes nothing that only it needs. Rules are settings like all others: a run is resumed with those that it began with.
///
/// ## Resuming
///
/// A run killed at any moment and resumed ends with the same bits as one never stopped: parameters, optimizer, average,
/// best model, generators, schedule, carried state and the sums of the epoch are in the checkpoint, which is replaced
/// in one piece; nothing that depends on the clock is. Steps since the last checkpoint are done again, and metrics
/// beyond it dropped. The best model in the checkpoint is the true one: `model.safetensors` is written after the
/// checkpoint and again on resuming, so a kill between the two does no harm.
///
/// Settings must be those of the first run, else ``TrainingError/differs(checkpoint:key:was:now:)`` names the first
/// that is not. Only `epochs` may differ, where the schedule does not depend on it (all but `cosine`).
///
/// ## Randomness
///
/// Dropout draws from the stream `dropout` of the seed's generator and samples from `sampling`; by convention models
/// are initialized from `initialization` and sources shuffle with `shuffling`; every evaluation draws from the beginning of `evaluation`. A sample never changes the training.
public struct Trainer<Goal: Objective>: Sendable {
  /// What is minimized.
  public let objective: Goal
  /// Where the batches come from.
  public let source: any BatchSource<Goal.Batch>
  /// How.
  public let configuration: TrainingConfiguration
  /// What all random numbers come from.
  public let seed: UInt64
  /// Where the files go; `nil`: no files.
  public let directory: URL?
  /// What makes sense of the model's tensors; see ``saveModel(_:metadata:to:)``. The key `training` is the trainer's.
  public let modelMetadata: [String: String]
  /// How often a checkpoint is written.
  public let checkpoints: CheckpointInterval
  /// Steps from one line of the metrics to the next.
  public let metricsInterval: Int
  /// Whether it is recorded how far back gradients reach. It changes nothing else, so a resumed run may have another.
  public let gradients: GradientRecording
  /// How the run is asked to stop.
  public let interruption: Interruption?
  /// What exchanges gradients with the other processes that train together; `nil`: there are none.
  public let exchange: (any GradientExchange)?
  /// The number of batches that are made ahead of their use; 0: each is made when it is needed, on the thread of the loop.
  public let prefetching: Int

  /// A trainer; ``run(from:resuming:onEvent:)`` starts it.
  public init(
    objective: Goal, source: any BatchSource<Goal.Batch>, configuration: TrainingConfiguration, seed: UInt64 = 1, directory: URL? = nil,
    modelMetadata: [String: String] = [:], checkpoints: CheckpointInterval = CheckpointInterval(),
    metricsInterval: Int = 10, gradients: GradientRecording = GradientRecording(), interruption: Interruption? = nil,
    exchange: (any GradientExchange)? = nil, prefetching: Int = 2
  ) {
    check(prefetching >= 0, "Trainer: \(prefetching) batches made ahead")
    check(metricsInterval >= 1, "Trainer: a metrics interval of \(metricsInterval)")
    self.objective = objective
    self.source = source
    self.configuration = configuration
    self.seed = seed
    self.directory = directory
    self.modelMetadata = modelMetadata
    self.checkpoints = checkpoints
    self.metricsInterval = metricsInterval
    self.gradients = gradients
    self.interruption = interruption
    self.exchange = exchange
    self.prefetching = prefetching
  }

  /// What a run gives.
  public struct Result: Sendable {
    /// The model with the best validation score (the loss, unless the objective says otherwise); the last where no
    /// evaluation gave a number.
    public var model: Goal.Model
    /// The model at the end (its average, where the optimizer averages).
    public var last: Goal.Model
    /// The best evaluation.
    public var best: BestEvaluation?
    /// Why the run ended.
    public var reason: FinishReason
    /// Steps done since the run's beginning.
    public var globalStep: Int
    /// What the objective has found out of the model: ``Objective/metadata(of:)``.
    public var findings: [String: String]
  }

  /// Optimizer steps in an epoch; the last takes the batches that are left.
  var stepsPerEpoch: Int { (source.stepsPerEpoch + configuration.accumulate - 1) / configuration.accumulate }

  /// Trains.
  ///
  /// - Parameters:
  ///   - model: Where it begins. Hand over the last copy, and its memory is trained in place; a resumed run takes only
  ///     the structure from it.
  ///   - resuming: Whether to go on from the directory's checkpoint. Without a checkpoint and a model there the run begins at the
  ///     beginning: it was killed before it wrote one.
  ///   - onEvent: Called on this thread; what it does adds to the time of the step.
  /// - Throws: ``ConfigurationError``, ``ParameterRuleError``, ``TrainingError``, ``ModelFileError``, `SafetensorsError`, `FileWriteError`,
  ///   ``MetricsWriteError``, and what objective and source throw. Checkpoints and models written before stay.
  public func run(
    from model: consuming Goal.Model, resuming: Bool = false, onEvent: (TrainingEvent) -> Void = { _ in }
  ) throws -> Result {
    try configuration.validate()
    guard source.stepsPerEpoch > 0 else { throw TrainingError.noSteps(source.stepsPerEpoch) }
    do {
      var run = try TrainingRun(self, model: model, resuming: resuming, onEvent: onEvent)
      return try run.train(onEvent: onEvent)
    } catch {
      // Nothing that is left of this run can be asked or resumed.
      if let place = directory.map({ RunPlace($0) }), place.hasPrevious, Set(place.files).isDisjoint(with: [.model, .checkpoint]) {
        let isBack = (try? place.bringBack()) != nil
        onEvent(.note("the run that was here before is \(isBack ? "back" : "in \(place.previous.relativePath)")"))
      }
      throw error
    }
  }
}
