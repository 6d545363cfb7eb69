import RecurrentKernels

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
  check(shape.rank >= 1, "crossEntropy: logits of rank 0")
  let (rows, columns) = (shape.product(0..<(shape.rank - 1)), shape[shape.rank - 1])
  check(
    targets.shape == shape.removing(axis: shape.rank - 1), "crossEntropy: logits \(shape), targets \(targets.shape)")
  let targets = CrossEntropyTargets<Scalar>(targets, columns, ignored, labelSmoothing, reduction)
  let x = logits.detached()
  let logSums = Storage<Scalar>(uninitialized: rows)
  let losses = Tensor<Scalar>(uninitialized: [rows]) {
    Scalar.kernels.table.crossEntropy(
      rows, columns, x.base, targets.scalars, targets.ignored, targets.smoothing, $0, logSums.base)
  }
  return (losses.sum() * targets.weight).recorded(logits) { cotangent in
    Tensor(uninitialized: shape) {
      Scalar.kernels.table.crossEntropyGradient(
        rows, columns, x.base, targets.scalars, targets.ignored, targets.smoothing, logSums.base,
        cotangent.scalar * targets.weight, $0)
    }
  }
}

/// The cross-entropy behind an output layer, `crossEntropy(logits: x W^T + bias, ...)`, for large vocabularies: the logits are
/// written once, and where gradients are wanted, theirs is made where they stand while a row is in the cache. Otherwise
/// they are made for some rows at a time and never stand in memory all together.
///
/// - Parameters:
///   - x: `[..., features]`.
///   - weight: `[classes, features]`.
///   - bias: `[classes]`, or nil.
///   - targets: `[...]`, each in `0 ..< classes` or equal to `ignored`.
///   - ignored: Targets of this value count for nothing.
///   - labelSmoothing: From 0 up to but not including 1.
///   - reduction: The mean (0 if no target counts) or the sum over the targets that count.
public func crossEntropy<Scalar>(
  ofOutputs x: Tensor<Scalar>, weight: Tensor<Scalar>, bias: Tensor<Scalar>?, targets: IndexTensor,
  ignoring ignored: Int32? = nil, labelSmoothing: Double = 0, reduction: Reduction = .mean
) -> Tensor<Scalar> {
  let (shape, features) = (x.shape, x.shape.last ?? 0)
  check(
    shape.rank >= 1 && weight.rank == 2 && weight.shape[1] == features
      && (bias.map { $0.shape == [weight.shape[0]] } ?? true),
    "crossEntropy: outputs \(shape), weight \(weight.shape), bias \(bias?.shape ?? [])")
  let (rows, classes) = (shape.product(0..<(shape.rank - 1)), weight.shape[0])
  check(
    targets.shape == shape.removing(axis: shape.rank - 1), "crossEntropy: outputs \(shape), targets \(targets.shape)")
  let targets = CrossEntropyTargets<Scalar>(targets, classes, ignored, labelSmoothing, reduction)
  let wanted = (x: x.isTracked, weight: weight.isTracked, bias: bias?.isTracked ?? false)
  let wantsGradient = wanted.x || wanted.weight || wanted.bias

  let (values, w, b) = (x.detached(), weight.detached(), bias?.detached())
  // Without gradients the rows come in blocks of 32 MB of Float: large enough for the weights to be packed few times.
  let block = wantsGradient ? rows : min(rows, max(1, (1 << 23) / max(1, classes)))
  let losses = Tensor<Scalar>(uninitialized: [rows]) { _ in }
  let gradient = Tensor<Scalar>(uninitialized: [block, classes]) { logits in
    for first in stride(from: 0, to: rows, by: max(1, block)) {
      let count = min(block, rows - first)
      Scalar.kernels.table.matmul(
        false, true, count, classes, features, values.base + first * features, features, w.base, features, logits,
        classes, false)
      targets.scalars.withUnsafeBufferPointer {
        Scalar.kernels.table.outputCrossEntropy(
          count, classes, logits, b?.base, $0.baseAddress.map { $0 + first }, targets.ignored, targets.smoothing,
          targets.weight, wantsGradient, losses.storage.base + first)
      }
    }
  }
  let loss = losses.sum() * targets.weight
  guard wantsGradient else { return loss }
  return Tensor.recorded(result: loss, inputs: [x, weight] + (bias.map { [$0] } ?? [])) { cotangent in
    let rowsOfX = values.reshaped(to: [rows, features])
    func scaled(_ part: Tensor<Scalar>) -> Tensor<Scalar> {
      cotangent.scalar == 1 ? part : part * cotangent.scalar
    }
    var parts = [
      wanted.x ? scaled(matmul(gradient, w)).reshaped(to: shape) : nil,
      wanted.weight ? scaled(matmul(gradient, rowsOfX, transposingFirst: true)) : nil,
    ]
    if b != nil { parts.append(wanted.bias ? scaled(gradient.summed(to: [classes])) : nil) }
    return parts
  }
}

/// The targets of a cross-entropy, checked, and what each row weighs.
private struct CrossEntropyTargets<Scalar: TensorScalar> {
  let scalars: [Int32]
  let ignored: Int32
  let smoothing: Scalar
  /// What a row's loss counts in the result.
  let weight: Scalar

  init(_ targets: IndexTensor, _ classes: Int, _ ignored: Int32?, _ labelSmoothing: Double, _ reduction: Reduction) {
    check(labelSmoothing >= 0 && labelSmoothing < 1, "crossEntropy: label smoothing \(labelSmoothing)")
    targets.checkIndices(of: "crossEntropy", below: classes, except: ignored)
    let ignored = ignored ?? -1  // no valid target is negative
    let counted = targets.scalars.reduce(into: 0) { $0 += $1 == ignored ? 0 : 1 }
    scalars = targets.scalars
    self.ignored = ignored
    smoothing = Scalar(labelSmoothing)
    weight = reduction == .sum ? 1 : counted == 0 ? 0 : 1 / Scalar(counted)
  }
}
