public import RecurrentLayers
public import RecurrentTensors

/// What the one training loop must know of a task.
///
/// A task says how many steps an epoch has, gives the loss of one step, evaluates a model on its validation split and,
/// if it can, shows a sample. Everything else (gradients, clipping, the optimizer, schedules, checkpoints, events) is
/// ``Trainer``'s.
///
/// For a run to be resumed exactly, a step must be a pure function of the model, of `(epoch, step)`, of the carried
/// state and of the generator: a task keeps no cursor of its own. Shuffling is made from a seed and the epoch.
public protocol TrainingTask: Sendable {
  /// What is trained.
  associatedtype Model: Module where Model.Scalar == Float
  /// What one step hands to the next: the recurrent state of a contiguous stream, or ``NoCarriedState``.
  associatedtype Carried: TensorTree<Float>

  /// Optimizer steps in an epoch; a run with fewer than one is refused.
  var stepsPerEpoch: Int { get }

  /// What must be the same for a run to be resumed, beside the configurations: a digest of the data, a vocabulary size.
  /// Values that are JSON objects are compared key by key. Empty by default.
  var identity: [String: String] { get }

  /// The carried state at the start of an epoch (counted from 0).
  func initialCarried(epoch: Int) -> Carried

  /// The loss of one step.
  ///
  /// - Parameters:
  ///   - model: The model, tracked by the tape.
  ///   - epoch: The epoch, counted from 0.
  ///   - step: The step in it, counted from 0.
  ///   - carried: What the step before returned, already detached: gradients end here (truncated backpropagation,
  ///     Williams and Peng 1990).
  ///   - generator: For dropout. Nothing else may be random.
  /// - Returns: The loss to minimize, one element, in nats a unit (or whatever the task measures); the state for the
  ///   next step; and how many units (tokens, sequences) the loss is a mean of, for rates and for an epoch's mean.
  func loss(
    of model: Model, epoch: Int, step: Int, from carried: Carried, using generator: inout RandomGenerator
  ) throws -> (loss: Tensor<Float>, carried: Carried, units: Int)

  /// Measures a model on the validation split.
  func evaluate(_ model: Model) throws -> Evaluation

  /// What decides which model is the best and when to stop early: lower is better. The loss by default; a task whose
  /// people compare accuracies may give the share of errors.
  func score(of evaluation: Evaluation) -> Double

  /// Something to look at after an epoch: text that the model writes. Nothing by default.
  func sample(from model: Model, using generator: inout RandomGenerator) -> String?
}

extension TrainingTask {
  public var identity: [String: String] { [:] }
  public func score(of evaluation: Evaluation) -> Double { evaluation.loss }
  public func sample(from model: Model, using generator: inout RandomGenerator) -> String? { nil }
}

extension TrainingTask where Carried == NoCarriedState {
  public func initialCarried(epoch: Int) -> NoCarriedState { NoCarriedState() }
}

/// What a model reaches on a split.
public struct Evaluation: Sendable, Codable, Equatable {
  /// The mean loss a unit, in nats for a language model. Lower is better.
  public var loss: Double
  /// How many units it is the mean of.
  public var units: Int
  /// Further figures by name, such as `perplexity` or `accuracy`.
  public var metrics: [String: Double]

  /// What was measured.
  public init(loss: Double, units: Int, metrics: [String: Double] = [:]) {
    self.loss = loss
    self.units = units
    self.metrics = metrics
  }
}
