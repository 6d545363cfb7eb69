public import RecurrentTensors

/// Cross entropy in which each class has a weight, divided by the sum of the weights of the targets, in nats: PyTorch's
/// `CrossEntropyLoss(weight=...)`. Smoothing spreads part of a target's probability evenly and leaves its weight as it is.
///
/// - Parameters:
///   - logits: `[..., classes]`.
///   - targets: `[...]`, each a class or equal to `ignored`.
///   - ignored: Targets of this value count for nothing.
///   - weights: One for each class.
///   - labelSmoothing: From 0 up to but not including 1.
/// - Returns: one number; 0 where no target counts.
public func weightedCrossEntropy<Scalar: TensorScalar>(
  logits: Tensor<Scalar>, targets: IndexTensor, ignoring ignored: Int32? = nil, weights: [Scalar],
  labelSmoothing: Double = 0
) -> Tensor<Scalar> {
  let classCount = logits.shape[logits.rank - 1]
  check(
    weights.count == classCount, "weightedCrossEntropy: \(weights.count) weights for logits \(logits.shape)")
  let scores = logits.reshaped(to: [targets.count, classCount]).logSoftmax()
  let counts = targets.scalars.map { $0 != ignored }
  let places = IndexTensor(shape: [targets.count], scalars: zip(targets.scalars, counts).map { $1 ? $0 : 0 })
  var losses = -scores.gathering(at: places)
  if labelSmoothing > 0 {
    losses = losses * Scalar(1 - labelSmoothing) - scores.mean(alongAxes: 1) * Scalar(labelSmoothing)
  }
  let own = zip(targets.scalars, counts).map { $1 ? weights[Int($0)] : 0 }
  let total = own.reduce(0, +)
  return (losses * Tensor(shape: [own.count], scalars: own)).sum() * (total > 0 ? 1 / total : 0)
}
