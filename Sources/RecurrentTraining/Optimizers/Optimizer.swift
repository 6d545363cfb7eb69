public import RecurrentLayers
public import RecurrentTensors

/// A rule that moves a model along a gradient.
///
/// An optimizer's memory (velocities, moments, averages) consists of values of the model's own type, and the optimizer
/// is itself a ``Module`` over them: it is saved, loaded and counted by the visitors that do so for models. An update
/// passes over memory once, in the kernel, with the scale of clipping and the weight decay folded in, and writes in
/// place: a model whose tensors nobody else holds is never copied.
///
/// Formulas are those of PyTorch 2, so that recipes carry over. In them `g` is `scale · gradient`, `η` the rate, `λ`
/// the weight decay, `t` the number of this update counted from 1.
///
/// ```swift
/// var optimizer = Adam(for: model)
/// let (loss, gradient) = valueAndGradient(at: model) { $0.loss(batch) }
/// optimizer.update(&model, along: gradient, rate: 0.001)
/// ```
///
/// An optimizer of one's own keeps to a plan by visiting parameters with `updateParameters(along:following:_:)`, which passes over frozen ones, and
/// by asking the plan for the rate and the decay of each.
public protocol Optimizer<Model>: Module where Scalar == Model.Scalar {
  /// What is optimized.
  associatedtype Model: Module

  /// The numbers that go into a checkpoint beside the tensors.
  var progress: OptimizerProgress { get }

  /// Moves `model` one step.
  ///
  /// - Parameters:
  ///   - model: Changed in place.
  ///   - gradient: Of the model's structure. A parameter stays as it is where the gradient has a tensor without elements.
  ///   - scale: What the gradient is multiplied by on the way in: clipping by norm costs no pass over memory.
  ///   - rate: The learning rate of this step.
  ///   - plan: Parameters that are frozen, or have a rate or a decay of their own.
  mutating func update(_ model: inout Model, along gradient: Model, scale: Double, rate: Double, following plan: ParameterPlan)

  /// The model to evaluate and to keep: `model`, or an average of what it has been.
  func evaluated(_ model: Model) -> Model

  /// Tells the optimizer what an evaluation gave; what it then changes of itself it says in a line.
  mutating func validated(loss: Double) -> String?

  /// Takes over the numbers of a checkpoint and makes room for the tensors that go with them, which the caller then
  /// loads.
  mutating func restore(_ progress: OptimizerProgress, for model: Model)
}

extension Optimizer {
  /// Moves `model` one step, every parameter alike.
  public mutating func update(_ model: inout Model, along gradient: Model, scale: Double = 1, rate: Double) {
    update(&model, along: gradient, scale: scale, rate: rate, following: .uniform)
  }

  /// Moves `model` one step along a gradient that needs no scaling.
  public mutating func update(_ model: inout Model, along gradient: Model, rate: Double, following plan: ParameterPlan) {
    update(&model, along: gradient, scale: 1, rate: rate, following: plan)
  }

  public func evaluated(_ model: Model) -> Model { model }
  public mutating func validated(loss: Double) -> String? { nil }
}

/// The numbers in an optimizer's state.
public struct OptimizerProgress: Codable, Sendable, Equatable {
  /// Updates done.
  public var stepCount: Int
  /// Updates that the average is made of; `nil` before averaging began.
  public var averagedCount: Int?
  /// Validation losses so far, kept by ``AveragedSGD`` until it averages.
  public var validationLosses: [Double]
  /// Updates of each parameter, in order of visit; `nil` where every update was one of all parameters.
  public var parameterStepCounts: [Int]?

  /// The progress of an optimizer at rest, or any other.
  public init(stepCount: Int = 0, averagedCount: Int? = nil, validationLosses: [Double] = [], parameterStepCounts: [Int]? = nil) {
    self.stepCount = stepCount
    self.averagedCount = averagedCount
    self.validationLosses = validationLosses
    self.parameterStepCounts = parameterStepCounts
  }
}

extension Module {
  /// A module of this one's structure, all zeros.
  public func zeros() -> Self { mapParameters { Tensor(zeros: $0.shape) } }

  /// Calls `body` with each parameter that is not frozen, in visiting order, and the gradient of the same place.
  ///
  /// Frozen is what the plan says is, and what has a gradient without elements.
  /// The parameters are moved out and back, so `body` writes to the very memory of the model: for optimizers.
  ///
  /// - Precondition: the gradient has the shapes of the model, except where a parameter is frozen.
  public mutating func updateParameters(
    along gradient: Self, following plan: ParameterPlan = .uniform,
    _ body: (_ parameter: inout Tensor<Scalar>, _ gradient: Tensor<Scalar>, _ index: Int) -> Void
  ) {
    let gradients = gradient.tensors
    withParameters { parameters in
      check(
        parameters.count == gradients.count,
        "update(_:along:): a model of \(parameters.count) parameters and a gradient of \(gradients.count)")
      plan.checkFits(parameters.count)
      for index in parameters.indices where !plan[index].isFrozen && (gradients[index].count > 0 || parameters[index].count == 0) {
        check(
          parameters[index].shape == gradients[index].shape,
          "update(_:along:): a parameter of the shape \(parameters[index].shape) and a gradient of"
            + " \(gradients[index].shape)")
        body(&parameters[index], gradients[index], index)
      }
    }
  }
}

extension Tensor {
  /// Calls `body` with the ranges of elements that an update along this gradient has to visit: all of them at once, or, where elements
  /// with a gradient of zero stay as they are, runs of the rows that are known to hold anything else (an embedding's).
  func forEachRun(outsideUnchanged: Bool, _ body: (Range<Int>) -> Void) {
    guard outsideUnchanged, let rows = filledRows else { return body(0..<count) }
    let columns = shape[1]
    var next = rows.startIndex
    while next < rows.endIndex {
      let first = next
      repeat { next += 1 } while next < rows.endIndex && rows[next] == rows[next - 1] + 1
      body(Int(rows[first]) * columns..<(Int(rows[next - 1]) + 1) * columns)
    }
  }
}
