public import RecurrentLayers
import RecurrentTensors

/// Stochastic gradient descent that becomes an average of its own path once validation stalls (NT-ASGD).
///
/// ```
/// p = p - η (g + λ p)
/// a = a + (p - a) / k        the k-th update since averaging began: a is the mean of k iterates
/// ```
///
/// Averaging begins after the evaluation whose loss is above the lowest of those more than `patience` evaluations back
/// (the non-monotone trigger of Merity, Keskar and Socher 2017, Algorithm 1); averaging itself: Polyak and Juditsky
/// 1992. From then on the average is what is evaluated and saved, while plain descent goes on at its own place.
///
/// PyTorch's `ASGD` with `lambd = 0, alpha = 0, t0 = 0`, which AWD-LSTM's code uses, differs in one thing: its average
/// leaves out the first iterate.
///
/// Memory: none before averaging begins, one model after.
public struct AveragedSGD<Model: Module>: Optimizer {
  public typealias Scalar = Model.Scalar

  /// Evaluations that are left out of the comparison, n in the paper (5 there).
  public let patience: Int
  /// The L2 weight decay, λ.
  public let weightDecay: Double
  public private(set) var progress = OptimizerProgress()
  private var average: Model?

  /// Whether averaging has begun.
  public var isAveraging: Bool { progress.averagedCount != nil }

  /// An optimizer that does not average yet.
  ///
  /// - Precondition: `patience` is at least 1.
  public init(for model: Model, patience: Int = 5, weightDecay: Double = 0) {
    check(patience >= 1, "AveragedSGD: the patience \(patience) is less than 1")
    self.patience = patience
    self.weightDecay = weightDecay
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&average, "average")
  }

  public mutating func update(_ model: inout Model, along gradient: Model, scale: Double, rate: Double, following plan: ParameterPlan) {
    progress.stepCount += 1
    model.updateParameters(along: gradient, following: plan) { parameter, gradient, index in
      sgdStep(
        &parameter, gradient, scale: scale, rate: rate * plan[index].rate, weightDecay: plan[index].decay ?? weightDecay)
    }
    guard let count = progress.averagedCount.map({ $0 + 1 }) else { return }
    progress.averagedCount = count
    // The average of a parameter that is frozen is the parameter.
    var moved = average.take() ?? model
    moved.updateParameters(along: model, following: plan) { average, parameter, _ in
      // a - w (a - p), which is a step of descent with decay 1 along -p: one pass over memory.
      sgdStep(&average, parameter, scale: -1, rate: 1 / Double(count), weightDecay: 1)
    }
    average = moved
  }

  /// The average, once there is one.
  public func evaluated(_ model: Model) -> Model { average ?? model }

  public mutating func validated(loss: Double) -> String? {
    guard !isAveraging else { return nil }
    let earlier = progress.validationLosses.dropLast(patience)
    progress.validationLosses.append(loss)
    guard let lowest = earlier.min(), loss > lowest else { return nil }
    progress.averagedCount = 0
    progress.validationLosses = []
    return "validation has stalled: averaging the weights from here on"
  }

  public mutating func restore(_ progress: OptimizerProgress, for model: Model) {
    self.progress = progress
    average = (progress.averagedCount ?? 0) > 0 ? model.zeros() : nil
  }
}
