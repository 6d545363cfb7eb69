public import RecurrentTensors

/// The mean squared error, `Σ w (x - t)² / Σ w`.
///
/// - Parameters:
///   - predictions: x, any shape.
///   - targets: t, of that shape.
///   - mask: w, of that shape or broadcast to it: 1 where an element counts and 0 where it does not (padding), or any
///     weight. Without it every element counts. Where nothing counts the loss is 0.
///   - reduction: `.mean` as above, or `.sum` for `Σ w (x - t)²`.
/// - Returns: One element.
/// - Precondition: the shapes agree.
public func meanSquaredError<Scalar>(
  _ predictions: Tensor<Scalar>, targets: Tensor<Scalar>, mask: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Tensor<Scalar> {
  precondition(
    predictions.shape == targets.shape,
    "meanSquaredError: predictions of the shape \(predictions.shape) and targets of \(targets.shape)")
  return reduced((predictions - targets).squared(), mask: mask, reduction)
}

/// The weighted mean or the sum of a loss per element.
///
/// An element whose weight is 0 adds nothing, even where its loss is infinite or NaN: padding may hold anything.
func reduced<Scalar>(_ losses: Tensor<Scalar>, mask: Tensor<Scalar>?, _ reduction: Reduction) -> Tensor<Scalar> {
  guard let mask else { return reduction == .mean ? losses.mean() : losses.sum() }
  let weights = mask.detached().broadcast(to: losses.shape)
  let counted = Tensor<Scalar>(zeros: losses.shape).replacing(with: losses, where: weights) * weights
  guard reduction == .mean else { return counted.sum() }
  let total = weights.sum().scalar
  return total > 0 ? counted.sum() * (1 / total) : counted.sum()
}
