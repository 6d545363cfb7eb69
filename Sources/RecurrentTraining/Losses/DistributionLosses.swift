public import RecurrentTensors

/// The negative log-likelihood of numbers under normal distributions, in nats a number, without its constant `log(2π) / 2`:
///
/// ```
/// loss = Σ w s (log σ + (t - μ)² / (2 σ²)) / Σ w,   s = σ^(2 β), of which no gradient is taken
/// ```
///
/// With β = 0 it is the likelihood, under which numbers with a large deviation count little for the mean; with β = 1 the mean learns as from
/// squared errors (Seitzer et al. 2022, "On the pitfalls of heteroscedastic uncertainty estimation with probabilistic neural networks").
///
/// - Parameters:
///   - mean: μ, any shape.
///   - deviation: σ, of that shape, above 0.
///   - targets: t, of that shape.
///   - mask: w, of that shape or broadcast to it: 1 where a number counts and 0 where it does not. Without it every number counts. Where
///     nothing counts the loss is 0.
///   - beta: β, from 0 to 1.
/// - Returns: One element.
/// - Precondition: the shapes agree.
public func gaussianNegativeLogLikelihood<Scalar>(
  mean: Tensor<Scalar>, deviation: Tensor<Scalar>, targets: Tensor<Scalar>, mask: Tensor<Scalar>? = nil, beta: Scalar = 0
) -> Tensor<Scalar> {
  check(
    mean.shape == targets.shape && deviation.shape == targets.shape,
    "gaussianNegativeLogLikelihood: means \(mean.shape), deviations \(deviation.shape), targets \(targets.shape)")
  let weights = mask.map { $0.detached().broadcast(to: mean.shape) }
  // Where nothing counts the deviation is taken as 1: its logarithm must not be NaN.
  let sigma = weights.map { Tensor(ones: mean.shape).replacing(with: deviation, where: $0) } ?? deviation
  let scaled = (targets - mean).zeroed(where: weights) / sigma
  var losses = sigma.log() + scaled.squared() * 0.5
  if beta > 0 { losses = losses * (sigma.detached().log() * (2 * beta)).exp() }
  return reduced(losses, weights: weights, .mean)
}

/// The pinball loss of quantiles, `max(q (t - x), (q - 1) (t - x))`, the mean over levels and numbers (Koenker and Bassett 1978).
///
/// - Parameters:
///   - quantiles: x, `[..., levels]`.
///   - levels: q, each between 0 and 1.
///   - targets: t, `[...]`.
///   - mask: w, of the targets' shape: 1 where a number counts and 0 where it does not. Without it every number counts. Where nothing counts
///     the loss is 0.
/// - Returns: One element.
/// - Precondition: the shapes agree.
public func pinballLoss<Scalar>(
  quantiles: Tensor<Scalar>, levels: [Double], targets: Tensor<Scalar>, mask: Tensor<Scalar>? = nil
) -> Tensor<Scalar> {
  check(
    quantiles.shape == targets.shape.inserting(levels.count, at: targets.rank),
    "pinballLoss: quantiles \(quantiles.shape), \(levels.count) levels, targets \(targets.shape)")
  let weights = mask.map { $0.detached().expandingAxis(at: targets.rank).broadcast(to: quantiles.shape) }
  let level = Tensor<Scalar>(shape: [levels.count], converting: levels)
  let difference = (targets.detached().expandingAxis(at: targets.rank) - quantiles).zeroed(where: weights)
  return reduced(maximum(difference * level, difference * (level - 1)), weights: weights, .mean)
}
