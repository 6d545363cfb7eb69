public import RecurrentTensors

/// A value made of tensors with names: a recurrent state, the states of a stack, the state that one training step passes to the next. A ``Module``
/// is one too, and with it gradients and an optimizer's moments.
///
/// The one requirement names the tensors, a line a field, as a module names its parameters. Moving rows, cutting off the tape, saving
/// and restoring follow from it.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// /// What a model that paints carries from step to step.
/// struct PaintingState: TensorTree {
///   typealias Scalar = Float
///   var cell: LSTMState<Float>
///   var canvas: Tensor<Float>  // [batch, height, width]
///
///   mutating func visitTensors(_ visitor: inout some ParameterVisitor<Float>) {
///     visitor.visit(&cell, "cell")
///     visitor.visit(&canvas, "canvas")
///   }
/// }
/// ```
public protocol TensorTree<Scalar>: Sendable {
  /// The kind of number that the tensors hold.
  associatedtype Scalar: TensorScalar

  /// Shows each tensor and each tree inside to the visitor, always in the same order, under its own name.
  mutating func visitTensors(_ visitor: inout some ParameterVisitor<Scalar>)
}

extension TensorTree {
  /// The tensors with their paths, in order of visit: `("cell.hidden", ...)`.
  public var namedTensors: [(path: String, tensor: Tensor<Scalar>)] {
    var collector = NamedTensorCollector<Scalar>()
    var copy = self
    copy.visitTensors(&collector)
    return collector.found
  }

  /// The tensors in order of visit, without the cost of making their paths.
  public var tensors: [Tensor<Scalar>] {
    var collector = TensorCollector<Scalar>()
    var copy = self
    copy.visitTensors(&collector)
    return collector.found
  }

  /// This tree with other tensors, given in order of visit. Their shapes may differ from those of the tensors that they replace.
  ///
  /// - Precondition: as many tensors as the tree has.
  public func replacingTensors(with tensors: [Tensor<Scalar>]) -> Self {
    var replacer = TensorReplacer(tensors)
    var copy = self
    copy.visitTensors(&replacer)
    check(
      replacer.position == tensors.count,
      "\(Self.self).replacingTensors: \(tensors.count) tensors for \(replacer.position)")
    return copy
  }

  /// This tree with each tensor replaced by `transform` of it.
  public func map(_ transform: (Tensor<Scalar>) -> Tensor<Scalar>) -> Self {
    replacingTensors(with: tensors.map(transform))
  }

  /// This tree with each tensor replaced by `combine` of it and the tensor in the same place of `other`.
  ///
  /// - Precondition: both have as many tensors.
  public func merging(
    _ other: Self, _ combine: (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>
  ) -> Self {
    let (own, others) = (tensors, other.tensors)
    check(own.count == others.count, "\(Self.self).merging: \(own.count) tensors and \(others.count)")
    return replacingTensors(with: zip(own, others).map(combine))
  }

  /// The same values off the tape: a gradient ends here.
  public func detached() -> Self { map { $0.detached() } }

  /// This tree with the given rows of each tensor, in the given order: the first axis of all of them is the batch. A search chooses
  /// and repeats hypotheses so.
  ///
  /// - Parameter rows: `[rows]`, each from 0 to the batch less one.
  public func gatheringRows(at rows: IndexTensor) -> Self {
    map { tensor in
      if tensor.rank == 2 { return tensor.gatheringRows(at: rows) }
      check(tensor.rank >= 1, "\(Self.self).gatheringRows(at:): a tensor without a batch")
      let (batch, rest) = (tensor.shape[0], tensor.shape.dropFirst().reduce(1, *))
      return tensor.reshaped(to: [batch, rest]).gatheringRows(at: rows)
        .reshaped(to: tensor.shape.replacing(axis: 0, with: rows.count))
    }
  }
}

private struct NamedTensorCollector<Scalar: TensorScalar>: ParameterVisitor {
  var path: [String] = []
  var found: [(path: String, tensor: Tensor<Scalar>)] = []

  mutating func visit(_ tensor: inout Tensor<Scalar>, _ name: String) { found.append((fullPath(name), tensor)) }
}

private struct TensorCollector<Scalar: TensorScalar>: ParameterVisitor {
  var path: [String] = []
  var found: [Tensor<Scalar>] = []

  mutating func visit(_ tensor: inout Tensor<Scalar>, _ name: String) { found.append(tensor) }
}

private struct TensorReplacer<Scalar: TensorScalar>: ParameterVisitor {
  var path: [String] = []
  var position = 0
  let tensors: [Tensor<Scalar>]

  init(_ tensors: [Tensor<Scalar>]) { self.tensors = tensors }

  mutating func visit(_ tensor: inout Tensor<Scalar>, _ name: String) {
    check(position < tensors.count, "replacingTensors: \(tensors.count) tensors, and none for \(fullPath(name))")
    tensor = tensors[position]
    position += 1
  }
}
