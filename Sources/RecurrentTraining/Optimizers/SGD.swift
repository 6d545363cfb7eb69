public import RecurrentLayers
import RecurrentTensors

/// Stochastic gradient descent with momentum.
///
/// ```
/// d = g + λ p
/// v = μ v + d            with momentum (v = 0 at first)
/// p = p - η v            or p - η (d + μ v) with Nesterov's form, or p - η d without momentum
/// ```
///
/// Robbins and Monro 1951; momentum: Polyak 1964; Nesterov's form: Sutskever et al. 2013. Memory: one model with
/// momentum, none without.
public struct SGD<Model: Module>: Optimizer {
  public typealias Scalar = Model.Scalar

  /// The part of the velocity that stays, μ.
  public let momentum: Double
  /// Whether the gradient is taken where the velocity leads.
  public let isNesterov: Bool
  /// The L2 weight decay, λ.
  public let weightDecay: Double
  public private(set) var progress = OptimizerProgress()
  private var velocity: Model?

  /// An optimizer at rest.
  ///
  /// - Precondition: `momentum` is in `0..<1`, and above 0 for Nesterov's form.
  public init(for model: Model, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0) {
    check((0..<1).contains(momentum), "SGD: the momentum \(momentum) is not in 0..<1")
    check(!nesterov || momentum > 0, "SGD: Nesterov's form needs a momentum above 0")
    self.momentum = momentum
    isNesterov = nesterov
    self.weightDecay = weightDecay
    velocity = momentum > 0 ? model.zeros() : nil
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&velocity, "velocity")
  }

  public mutating func update(_ model: inout Model, along gradient: Model, scale: Double, rate: Double, following plan: ParameterPlan) {
    progress.stepCount += 1
    guard var moved = velocity.take() else {
      model.updateParameters(along: gradient, following: plan) { parameter, gradient, index in
        sgdStep(
          &parameter, gradient, scale: scale, rate: rate * plan[index].rate, weightDecay: plan[index].decay ?? weightDecay)
      }
      return
    }
    moved.withParameters { velocities in
      model.updateParameters(along: gradient, following: plan) { parameter, gradient, index in
        let (rate, weightDecay) = (rate * plan[index].rate, plan[index].decay ?? weightDecay)
        parameter.withUnsafeMutableScalars { p in
          velocities[index].withUnsafeMutableScalars { v in
            gradient.withUnsafeScalars { g in
              Scalar.kernels.table.sgd(
                p.baseAddress, g.baseAddress, v.baseAddress, p.count, Scalar(scale), Scalar(rate), Scalar(momentum),
                isNesterov, Scalar(weightDecay))
            }
          }
        }
      }
    }
    velocity = moved
  }

  public mutating func restore(_ progress: OptimizerProgress, for model: Model) { self.progress = progress }
}

/// `p -= rate * (scale * g + weightDecay * p)`, in place. Without decay only rows with a gradient can change, and no others are touched.
func sgdStep<Scalar: TensorScalar>(
  _ parameter: inout Tensor<Scalar>, _ gradient: Tensor<Scalar>, scale: Double, rate: Double, weightDecay: Double
) {
  parameter.withUnsafeMutableScalars { p in
    gradient.withUnsafeScalars { g in
      gradient.forEachRun(outsideUnchanged: weightDecay == 0) { run in
        Scalar.kernels.table.sgd(
          p.baseAddress.map { $0 + run.lowerBound }, g.baseAddress.map { $0 + run.lowerBound }, nil, run.count,
          Scalar(scale), Scalar(rate), 0, false, Scalar(weightDecay))
      }
    }
  }
}
