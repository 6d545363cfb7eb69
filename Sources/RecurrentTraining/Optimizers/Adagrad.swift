public import RecurrentLayers
import RecurrentTensors

/// Adagrad: each weight's step is divided by the root of the sum of all its squared gradients.
///
/// ```
/// d = g + λ p
/// s = s + d²
/// p = p - η d / (√s + ε)
/// ```
///
/// Duchi, Hazan and Singer 2011, in PyTorch's form without a decay of its own. Memory: one model.
public struct Adagrad<Model: Module>: Optimizer {
  public typealias Scalar = Model.Scalar

  /// What is added to the root, ε.
  public let epsilon: Double
  /// The L2 weight decay, λ.
  public let weightDecay: Double
  public private(set) var progress = OptimizerProgress()
  private var square: Model

  /// An optimizer at rest.
  public init(for model: Model, epsilon: Double = 1e-10, weightDecay: Double = 0) {
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    square = model.zeros()
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&square, "square")
  }

  public mutating func update(_ model: inout Model, along gradient: Model, scale: Double, rate: Double, following plan: ParameterPlan) {
    progress.stepCount += 1
    let (epsilon, weightDecay) = (Scalar(epsilon), weightDecay)
    square.withParameters { squares in
      model.updateParameters(along: gradient, following: plan) { parameter, gradient, index in
        let (rate, weightDecay) = (Scalar(rate * plan[index].rate), Scalar(plan[index].decay ?? weightDecay))
        parameter.withUnsafeMutableScalars { p in
          squares[index].withUnsafeMutableScalars { s in
            gradient.withUnsafeScalars { g in
              // Where the gradient is zero, neither the parameter nor its sum of squares changes.
              gradient.forEachRun(outsideUnchanged: weightDecay == 0) { run in
                let start = run.lowerBound
                Scalar.kernels.table.adagrad(
                  p.baseAddress.map { $0 + start }, g.baseAddress.map { $0 + start }, s.baseAddress.map { $0 + start },
                  run.count, Scalar(scale), rate, epsilon, weightDecay)
              }
            }
          }
        }
      }
    }
  }

  public mutating func restore(_ progress: OptimizerProgress, for model: Model) { self.progress = progress }
}
