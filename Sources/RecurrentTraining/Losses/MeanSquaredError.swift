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
  check(
    predictions.shape == targets.shape,
    "meanSquaredError: predictions of the shape \(predictions.shape) and targets of \(targets.shape)")
  let weights = mask.map { $0.detached().broadcast(to: predictions.shape) }
  return reduced((predictions - targets).zeroed(where: weights).squared(), weights: weights, reduction)
}

/// The weighted mean or the sum of a loss per element; 0 where nothing counts.
func reduced<Scalar>(_ losses: Tensor<Scalar>, weights: Tensor<Scalar>?, _ reduction: Reduction) -> Tensor<Scalar> {
  guard let weights else { return reduction == .mean ? losses.mean() : losses.sum() }
  let sum = (losses * weights).sum()
  let total = reduction == .mean ? weights.sum().scalar : 1
  return total > 0 ? sum * (1 / total) : sum
}

extension Tensor {
  /// Zeros where the weight is 0. Padding may hold anything, NaN included, and neither the loss nor a gradient sees it.
  func zeroed(where weights: Tensor?) -> Tensor {
    guard let weights else { return self }
    return Tensor(zeros: shape).replacing(with: self, where: weights)
  }
}
