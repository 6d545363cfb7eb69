import RecurrentKernels

extension Tensor {
  /// `exp(x) / sum(exp(x))` along the last axis, without overflow.
  public func softmax() -> Tensor {
    rowwise("softmax", Scalar.kernels.softmax, gradient: Scalar.kernels.softmaxGradient)
  }

  /// The logarithm of `softmax()`, computed as `x - logSumExp(x)`.
  public func logSoftmax() -> Tensor {
    rowwise("logSoftmax", Scalar.kernels.logSoftmax, gradient: Scalar.kernels.logSoftmaxGradient)
  }

  private func rowwise(
    _ name: String, _ operation: @escaping Kernels<Scalar>.Rows, gradient: @escaping Kernels<Scalar>.RowsGradient
  ) -> Tensor {
    precondition(rank >= 1 && shape[rank - 1] > 0, "\(name): no elements along the last axis of \(shape)")
    let (rows, columns) = (shape.product(0..<(rank - 1)), shape[rank - 1])
    let x = detached()
    let result = Tensor(uninitialized: shape) { operation(rows, columns, x.base, $0) }
    return result.recorded(self) { cotangent in
      Tensor(uninitialized: result.shape) { gradient(rows, columns, result.base, cotangent.base, $0) }
    }
  }
}

/// How the losses of several targets become one number.
public enum Reduction: String, Sendable, Codable {
  /// The mean over the targets that count.
  case mean
  /// The sum over the targets that count.
  case sum
}

/// The cross-entropy of `softmax(logits)` with whole-number targets, in nats, as one record: the probabilities are never stored.
///
/// With label smoothing `s` the target distribution is `1 - s` on the target plus `s / classes` everywhere (Szegedy et al. 2016).
///
/// - Parameters:
///   - logits: `[..., classes]`.
///   - targets: `[...]`, each in `0 ..< classes` or equal to `ignored`.
///   - ignored: Targets of this value, for example padding, count for nothing.
///   - labelSmoothing: From 0 up to but not including 1.
///   - reduction: The mean (0 if no target counts) or the sum over the targets that count.
public func crossEntropy<Scalar>(
  logits: Tensor<Scalar>, targets: IndexTensor, ignoring ignored: Int32? = nil, labelSmoothing: Double = 0,
  reduction: Reduction = .mean
) -> Tensor<Scalar> {
  let shape = logits.shape
  precondition(shape.rank >= 1, "crossEntropy: logits of rank 0")
  let (rows, columns) = (shape.product(0..<(shape.rank - 1)), shape[shape.rank - 1])
  precondition(
    targets.shape == shape.removing(axis: shape.rank - 1), "crossEntropy: logits \(shape), targets \(targets.shape)")
  precondition(labelSmoothing >= 0 && labelSmoothing < 1, "crossEntropy: label smoothing \(labelSmoothing)")
  targets.check("crossEntropy", below: columns, except: ignored)
  let ignored = ignored ?? -1  // no valid target is negative
  let (x, smoothing) = (logits.detached(), Scalar(labelSmoothing))
  let logSums = Storage<Scalar>(uninitialized: rows)
  let losses = Tensor<Scalar>(uninitialized: [rows]) {
    Scalar.kernels.crossEntropy(rows, columns, x.base, targets.scalars, ignored, smoothing, $0, logSums.base)
  }
  let counted = targets.scalars.reduce(into: 0) { $0 += $1 == ignored ? 0 : 1 }
  let weight: Scalar = reduction == .sum ? 1 : counted == 0 ? 0 : 1 / Scalar(counted)
  return (losses.sum() * weight).recorded(logits) { cotangent in
    Tensor(uninitialized: shape) {
      Scalar.kernels.crossEntropyGradient(
        rows, columns, x.base, targets.scalars, ignored, smoothing, logSums.base, cotangent.scalar * weight, $0)
    }
  }
}
