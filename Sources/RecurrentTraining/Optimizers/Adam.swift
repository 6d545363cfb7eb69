public import RecurrentLayers
import RecurrentTensors

/// Adam: a step along the mean gradient, divided by the root of the mean square, both corrected for their start at
/// zero.
///
/// ```
/// d = g + λ p
/// m = β₁ m + (1 - β₁) d
/// v = β₂ v + (1 - β₂) d²
/// p = p - η (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)
/// ```
///
/// Kingma and Ba 2015, Algorithm 1. Weight decay is part of the gradient; ``AdamW`` keeps it apart. Memory: two models.
public struct Adam<Model: Module>: Optimizer {
  public typealias Scalar = Model.Scalar

  private var moments: AdamMoments<Model>
  /// The L2 weight decay, λ.
  public let weightDecay: Double

  public var progress: OptimizerProgress { OptimizerProgress(stepCount: moments.stepCount) }

  /// An optimizer at rest.
  ///
  /// - Precondition: `beta1` and `beta2` are in `0..<1`.
  public init(
    for model: Model, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    moments = AdamMoments(for: model, beta1: beta1, beta2: beta2, epsilon: epsilon)
    self.weightDecay = weightDecay
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&moments.first, "first")
    visitor.visit(&moments.second, "second")
  }

  public mutating func update(_ model: inout Model, along gradient: Model, scale: Double, rate: Double) {
    moments.update(
      &model, along: gradient, scale: scale, rate: rate, weightDecay: weightDecay, isDecoupled: false)
  }

  public mutating func restore(_ progress: OptimizerProgress, for model: Model) {
    moments.stepCount = progress.stepCount
  }
}

/// Adam with weight decay of its own: weights shrink by `η λ` however large their gradients are.
///
/// ```
/// p = p - η λ p
/// m = β₁ m + (1 - β₁) g
/// v = β₂ v + (1 - β₂) g²
/// p = p - η (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)
/// ```
///
/// Loshchilov and Hutter 2019. Memory: two models.
public struct AdamW<Model: Module>: Optimizer {
  public typealias Scalar = Model.Scalar

  private var moments: AdamMoments<Model>
  /// How fast weights shrink, λ.
  public let weightDecay: Double

  public var progress: OptimizerProgress { OptimizerProgress(stepCount: moments.stepCount) }

  /// An optimizer at rest.
  ///
  /// - Precondition: `beta1` and `beta2` are in `0..<1`.
  public init(
    for model: Model, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01
  ) {
    moments = AdamMoments(for: model, beta1: beta1, beta2: beta2, epsilon: epsilon)
    self.weightDecay = weightDecay
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&moments.first, "first")
    visitor.visit(&moments.second, "second")
  }

  public mutating func update(_ model: inout Model, along gradient: Model, scale: Double, rate: Double) {
    moments.update(&model, along: gradient, scale: scale, rate: rate, weightDecay: weightDecay, isDecoupled: true)
  }

  public mutating func restore(_ progress: OptimizerProgress, for model: Model) {
    moments.stepCount = progress.stepCount
  }
}

/// What Adam and AdamW share: two moments and the step that updates them.
private struct AdamMoments<Model: Module>: Sendable {
  let beta1: Double
  let beta2: Double
  let epsilon: Double
  var first: Model
  var second: Model
  var stepCount = 0

  init(for model: Model, beta1: Double, beta2: Double, epsilon: Double) {
    check((0..<1).contains(beta1), "Adam: beta1, \(beta1), is not in 0..<1")
    check((0..<1).contains(beta2), "Adam: beta2, \(beta2), is not in 0..<1")
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    first = model.zeros()
    second = model.zeros()
  }

  mutating func update(
    _ model: inout Model, along gradient: Model, scale: Double, rate: Double, weightDecay: Double, isDecoupled: Bool
  ) {
    typealias Scalar = Model.Scalar
    stepCount += 1
    // In Double, from the betas as the kernel has them: 1 - 0.999 in Float is off by 5 parts in 10⁵, and correction and
    // moment must be off together.
    let correction1 = Scalar(1 - pow(Double(Scalar(beta1)), stepCount))
    let correction2 = Scalar(1 - pow(Double(Scalar(beta2)), stepCount))
    let (scale, rate, epsilon, decay) = (Scalar(scale), Scalar(rate), Scalar(epsilon), Scalar(weightDecay))
    let (decay1, decay2) = (Scalar(beta1), Scalar(beta2))
    first.withParameters { firsts in
      second.withParameters { seconds in
        model.updateParameters(along: gradient) { parameter, gradient, index in
          parameter.withUnsafeMutableScalars { p in
            firsts[index].withUnsafeMutableScalars { m in
              seconds[index].withUnsafeMutableScalars { v in
                gradient.withUnsafeScalars { g in
                  Scalar.kernels.adam(
                    p.baseAddress, g.baseAddress, m.baseAddress, v.baseAddress, p.count, scale, rate, decay1, decay2,
                    correction1, correction2, epsilon, decay, isDecoupled)
                }
              }
            }
          }
        }
      }
    }
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
