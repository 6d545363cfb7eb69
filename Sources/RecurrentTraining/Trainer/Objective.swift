public import Foundation
public import RecurrentLayers
public import RecurrentTensors

/// What a training run minimizes, and how a model is judged.
///
/// An objective gives the loss of a model on a batch, evaluates a model on validation data and, if it can, shows samples. Where the batches
/// come from is a ``BatchSource``'s to know; gradients, clipping, the optimizer, schedules, checkpoints and events are ``Trainer``'s.
///
/// ```swift
/// struct SquaredError: Objective {
///   let validation: (inputs: Tensor<Float>, targets: Tensor<Float>)
///
///   func loss(
///     of model: Linear<Float>, on batch: (inputs: Tensor<Float>, targets: Tensor<Float>), from carried: NoCarriedState,
///     using generator: inout RandomGenerator
///   ) -> Loss<NoCarriedState> {
///     Loss(meanSquaredError(model(batch.inputs), targets: batch.targets), units: batch.inputs.shape[0])
///   }
///
///   func evaluate(_ model: Linear<Float>, using generator: inout RandomGenerator) -> Evaluation {
///     let loss = loss(of: model, on: validation, from: NoCarriedState(), using: &generator)
///     return Evaluation(loss: Double(loss.value.scalar), units: loss.units)
///   }
/// }
/// ```
public protocol Objective<Model, Batch>: Sendable {
  /// The type of model that is trained.
  associatedtype Model: Module where Model.Scalar == Float
  /// The examples of one step, as tensors.
  associatedtype Batch: Sendable
  /// What one step hands to the next: the recurrent state of a contiguous stream, or ``NoCarriedState``.
  associatedtype Carried: TensorTree<Float>

  /// The carried state at the start of an epoch, before its first batch.
  func initialCarried(for model: Model, on batch: Batch) -> Carried

  /// The loss of a model on a batch.
  ///
  /// For a run to be resumed exactly, the result must be a pure function of the arguments: an objective keeps no cursor of its own.
  ///
  /// - Parameters:
  ///   - model: The model, tracked by the tape.
  ///   - batch: The examples.
  ///   - carried: What the step before returned, already detached: gradients end here (truncated backpropagation,
  ///     Williams and Peng 1990).
  ///   - generator: The source of all random numbers of the step: dropout, noise, sampled latents. Its state is part of a
  ///     checkpoint.
  func loss(
    of model: Model, on batch: Batch, from carried: Carried, using generator: inout RandomGenerator
  ) throws -> Loss<Carried>

  /// Measures a model on the validation data.
  ///
  /// - Parameter generator: Random numbers for an evaluation that samples: the same ones for every evaluation of a run, so that models
  ///   are compared on equal terms.
  func evaluate(_ model: Model, using generator: inout RandomGenerator) throws -> Evaluation

  /// What decides which model is the best and when to stop early: lower is better. The loss by default; an objective whose figure is an
  /// accuracy may give the share of errors.
  func score(of evaluation: Evaluation) -> Double

  /// What the file of a model tells beside the run's metadata, as JSON by name: what is found out of the model itself, such as how its
  /// intervals are to be widened. Asked of a model that is about to be written. Nothing by default.
  func metadata(of model: Model) throws -> [String: String]

  /// Something to look at after an epoch, such as text that the model writes. Nothing by default.
  func samples(from model: Model, using generator: inout RandomGenerator) -> [Sample]
}

extension Objective {
  public func score(of evaluation: Evaluation) -> Double { evaluation.loss }
  public func metadata(of model: Model) throws -> [String: String] { [:] }
  public func samples(from model: Model, using generator: inout RandomGenerator) -> [Sample] { [] }
}

extension Objective where Carried == NoCarriedState {
  public func initialCarried(for model: Model, on batch: Batch) -> NoCarriedState { NoCarriedState() }
}

/// The loss of one step.
public struct Loss<Carried: TensorTree<Float>>: Sendable {
  /// The loss to minimize, one element, in nats a unit (or whatever the objective measures).
  public var value: Tensor<Float>
  /// The state for the next step.
  public var carried: Carried
  /// The number of units (tokens, sequences) that the loss is a mean over, for rates, for an epoch's mean, and for the weight of a batch
  /// among several that make one step.
  public var units: Int

  /// A loss that is a mean over `units`.
  public init(_ value: Tensor<Float>, carried: Carried, units: Int) {
    (self.value, self.carried, self.units) = (value, carried, units)
  }
}

extension Loss where Carried == NoCarriedState {
  /// The loss of a step that hands nothing to the next.
  public init(_ value: Tensor<Float>, units: Int) { self.init(value, carried: NoCarriedState(), units: units) }
}

/// What a model makes of itself after an epoch, for people to look at.
public enum Sample: Sendable, Equatable {
  /// Text, which displays show.
  case text(String)
  /// A file, such as a picture or a sound; the trainer writes it into the directory `samples` of the run.
  case file(name: String, contents: Data)
}

/// What a model reaches on validation data.
public struct Evaluation: Sendable, Codable, Equatable {
  /// The mean loss a unit, in nats for a language model. Lower is better.
  public var loss: Double
  /// The number of units that it is the mean of.
  public var units: Int
  /// Further figures by name, such as `perplexity` or `accuracy`.
  public var metrics: [String: Double]

  /// An evaluation of these figures.
  public init(loss: Double, units: Int, metrics: [String: Double] = [:]) {
    self.loss = loss
    self.units = units
    self.metrics = metrics
  }
}
