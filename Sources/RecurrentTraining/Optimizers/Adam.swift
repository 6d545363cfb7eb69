public import RecurrentLayers
import RecurrentTensors

/// Adam: a step along the mean gradient, divided by the root of the mean square, both corrected for their start at
/// zero.
///
/// ```
/// d = g + λ p                                        with L2 decay, else d = g
/// p = p - η λ p                                      with decoupled decay
/// m = β₁ m + (1 - β₁) d
/// v = β₂ v + (1 - β₂) d²
/// p = p - η (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)
/// ```
///
/// `t` counts the updates of the parameter itself: one that was frozen at first begins as at the start of a run.
///
/// Kingma and Ba 2015, Algorithm 1; with decoupled decay AdamW, Loshchilov and Hutter 2019. Memory: two models.
///
/// ```swift
/// var optimizer = Adam.adamW(for: model)  // or Adam(for: model)
/// optimizer.update(&model, along: gradient, rate: 0.001)
/// ```
public struct Adam<Model: Module>: Optimizer {
  public typealias Scalar = Model.Scalar

  /// What weight decay does.
  public enum Decay: Sendable {
    /// It is part of the gradient: the square of the weights is part of the loss.
    case l2
    /// Weights shrink by `η λ` however large their gradients are: AdamW.
    case decoupled
  }

  /// The decay of the mean gradient.
  public let beta1: Double
  /// The decay of the mean squared gradient.
  public let beta2: Double
  /// What is added to the root of the mean squared gradient.
  public let epsilon: Double
  /// The weight decay, λ.
  public let weightDecay: Double
  /// What weight decay does.
  public let decay: Decay
  private var first: Model
  private var second: Model
  private var stepCount = 0
  /// Updates of each parameter, at most ``stepCount``.
  private var counts: [Int]

  public var progress: OptimizerProgress {
    OptimizerProgress(stepCount: stepCount, parameterStepCounts: counts.allSatisfy { $0 == stepCount } ? nil : counts)
  }

  /// An optimizer whose moments are zero.
  ///
  /// - Precondition: `beta1` and `beta2` are in `0..<1`.
  public init(
    for model: Model, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0, decay: Decay = .l2
  ) {
    check((0..<1).contains(beta1), "Adam: beta1, \(beta1), is not in 0..<1")
    check((0..<1).contains(beta2), "Adam: beta2, \(beta2), is not in 0..<1")
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
    (self.weightDecay, self.decay) = (weightDecay, decay)
    (first, second) = (model.zeros(), model.zeros())
    counts = Array(repeating: 0, count: model.tensors.count)
  }

  /// AdamW (Loshchilov and Hutter 2019): Adam whose weight decay is decoupled, by default 0.01.
  ///
  /// - Precondition: `beta1` and `beta2` are in `0..<1`.
  public static func adamW(
    for model: Model, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01
  ) -> Self {
    Self(for: model, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay, decay: .decoupled)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&first, "first")
    visitor.visit(&second, "second")
  }

  public mutating func restore(_ progress: OptimizerProgress, for model: Model) {
    stepCount = progress.stepCount
    counts = progress.parameterStepCounts ?? Array(repeating: stepCount, count: model.tensors.count)
  }

  public mutating func update(_ model: inout Model, along gradient: Model, scale: Double, rate: Double, following plan: ParameterPlan) {
    stepCount += 1
    var counts = counts
    let (scale, epsilon, weightDecay) = (Scalar(scale), Scalar(epsilon), weightDecay)
    let (decay1, decay2, isDecoupled) = (Scalar(beta1), Scalar(beta2), decay == .decoupled)
    first.withParameters { firsts in
      second.withParameters { seconds in
        model.updateParameters(along: gradient, following: plan) { parameter, gradient, index in
          let (rate, weightDecay) = (Scalar(rate * plan[index].rate), Scalar(plan[index].decay ?? weightDecay))
          counts[index] += 1
          // In Double, from the betas as the kernel has them: 1 - 0.999 in Float is off by 5 parts in 10⁵, and correction
          // and moment must be off together.
          let correction1 = Scalar(1 - pow(Double(decay1), counts[index]))
          let correction2 = Scalar(1 - pow(Double(decay2), counts[index]))
          parameter.withUnsafeMutableScalars { p in
            firsts[index].withUnsafeMutableScalars { m in
              seconds[index].withUnsafeMutableScalars { v in
                gradient.withUnsafeScalars { g in
                  Scalar.kernels.table.adam(
                    p.baseAddress, g.baseAddress, m.baseAddress, v.baseAddress, p.count, scale, rate, decay1, decay2,
                    correction1, correction2, epsilon, weightDecay, isDecoupled)
                }
              }
            }
          }
        }
      }
    }
    self.counts = counts
  }
}

/// `base` to a whole power, by repeated squaring: the same bits on every platform, unlike the C library's `pow`.
private func pow(_ base: Double, _ exponent: Int) -> Double {
  var result = 1.0
  var square = base
  var rest = exponent
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
