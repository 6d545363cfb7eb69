public import RecurrentLayers
import RecurrentTensors

/// RMSProp: each weight's step is divided by the root of the recent mean of its squared gradients.
///
/// ```
/// d = g + λ p
/// s = α s + (1 - α) d²
/// p = p - η d / (√s + ε)                       without momentum
/// v = μ v + d / (√s + ε);  p = p - η v         with
/// ```
///
/// Tieleman and Hinton 2012 (lecture 6e), with the ε and momentum of PyTorch's form. char-rnn uses α = 0.95 without
/// momentum. Memory: one model, two with momentum.
public struct RMSProp<Model: Module>: Optimizer {
  public typealias Scalar = Model.Scalar

  /// How much of the mean square stays, α.
  public let alpha: Double
  /// What is added to the root, ε.
  public let epsilon: Double
  /// The part of the velocity that stays, μ.
  public let momentum: Double
  /// The L2 weight decay, λ.
  public let weightDecay: Double
  public private(set) var progress = OptimizerProgress()
  private var square: Model
  private var velocity: Model?

  /// An optimizer at rest.
  ///
  /// - Precondition: `alpha` and `momentum` are in `0..<1`.
  public init(
    for model: Model, alpha: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0, weightDecay: Double = 0
  ) {
    check((0..<1).contains(alpha), "RMSProp: alpha, \(alpha), is not in 0..<1")
    check((0..<1).contains(momentum), "RMSProp: the momentum \(momentum) is not in 0..<1")
    self.alpha = alpha
    self.epsilon = epsilon
    self.momentum = momentum
    self.weightDecay = weightDecay
    square = model.zeros()
    velocity = momentum > 0 ? model.zeros() : nil
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&square, "square")
    visitor.visit(&velocity, "velocity")
  }

  public mutating func update(_ model: inout Model, along gradient: Model, scale: Double, rate: Double, following plan: ParameterPlan) {
    progress.stepCount += 1
    let (alpha, epsilon, momentum, weightDecay) = (Scalar(alpha), Scalar(epsilon), Scalar(momentum), weightDecay)
    func step(
      _ parameter: inout Tensor<Scalar>, _ gradient: Tensor<Scalar>, _ index: Int, _ square: inout Tensor<Scalar>,
      _ velocity: UnsafeMutablePointer<Scalar>?
    ) {
      let (rate, decay) = (Scalar(rate * plan[index].rate), Scalar(plan[index].decay ?? weightDecay))
      parameter.withUnsafeMutableScalars { p in
        square.withUnsafeMutableScalars { s in
          gradient.withUnsafeScalars { g in
            Scalar.kernels.table.rmsprop(
              p.baseAddress, g.baseAddress, s.baseAddress, velocity, p.count, Scalar(scale), rate, alpha,
              epsilon, momentum, decay)
          }
        }
      }
    }
    var moved = velocity.take()
    square.withParameters { squares in
      if moved == nil {
        model.updateParameters(along: gradient, following: plan) { parameter, gradient, index in
          step(&parameter, gradient, index, &squares[index], nil)
        }
      }
      moved?.withParameters { velocities in
        model.updateParameters(along: gradient, following: plan) { parameter, gradient, index in
          velocities[index].withUnsafeMutableScalars { v in
            step(&parameter, gradient, index, &squares[index], v.baseAddress)
          }
        }
      }
    }
    velocity = moved.take()
  }

  public mutating func restore(_ progress: OptimizerProgress, for model: Model) { self.progress = progress }
}
