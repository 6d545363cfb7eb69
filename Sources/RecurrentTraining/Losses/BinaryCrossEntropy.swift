public import RecurrentTensors

/// The binary cross-entropy of independent yes-or-no answers, from logits, in nats an answer.
///
/// ```
/// loss = Σ w (softplus(x) - t x) / Σ w  =  - Σ w (t log σ(x) + (1 - t) log(1 - σ(x))) / Σ w
/// ```
///
/// The first form neither overflows nor loses digits for large logits of either sign.
///
/// - Parameters:
///   - logits: x, any shape.
///   - targets: t, of that shape, from 0 to 1.
///   - mask: w, of that shape or broadcast to it: 1 where an answer counts and 0 where it does not (padding), or any
///     weight. Without it every answer counts. Where nothing counts the loss is 0.
///   - reduction: `.mean` as above, or `.sum` without the division.
/// - Returns: One element.
/// - Precondition: the shapes agree.
public func binaryCrossEntropy<Scalar>(
  logits: Tensor<Scalar>, targets: Tensor<Scalar>, mask: Tensor<Scalar>? = nil, reduction: Reduction = .mean
) -> Tensor<Scalar> {
  check(
    logits.shape == targets.shape,
    "binaryCrossEntropy: logits of the shape \(logits.shape) and targets of \(targets.shape)")
  let weights = mask.map { $0.detached().broadcast(to: logits.shape) }
  let (x, t) = (logits.zeroed(where: weights), targets.zeroed(where: weights))
  return reduced(x.softplus() - t * x, weights: weights, reduction)
}
