import RecurrentKernels

extension Tensor {
  /// The same elements in another shape of as many.
  public func reshaped(to target: Shape) -> Tensor {
    check(
      target.elementCount == count, "reshaped(to:): \(shape) has \(count) elements, \(target) \(target.elementCount)")
    var result = detached()
    result.shape = target
    result.filledRows = nil
    let source = shape
    return result.recorded(self) { $0.reshaped(to: source) }
  }

  /// The tensor with a new axis of extent 1 before the axis `axis` (or after the last).
  public func expandingAxis(at axis: Int) -> Tensor { reshaped(to: shape.inserting(1, at: axis)) }

  /// The tensor without the axis `axis`, whose extent is 1.
  public func squeezingAxis(at axis: Int) -> Tensor {
    check(shape[axis] == 1, "squeezingAxis(at:): axis \(axis) of \(shape) is not 1")
    return reshaped(to: shape.removing(axis: axis))
  }

  /// The tensor whose axis `i` is this one's axis `permutation[i]`.
  public func transposed(permutation: [Int]) -> Tensor {
    check(
      permutation.sorted() == Array(0..<rank), "transposed(permutation:): \(permutation) does not permute \(shape)")
    let own = shape.strides
    var strides = Strides()
    var inverse = [Int](repeating: 0, count: rank)
    for (axis, source) in permutation.enumerated() {
      strides[axis] = own[source]
      inverse[source] = axis
    }
    let target = Shape(permutation.map { shape[$0] })
    let back = inverse
    return strided(target, strides: strides).recorded(self) { $0.transposed(permutation: back) }
  }

  /// The transpose of a matrix.
  public func transposed() -> Tensor {
    check(rank == 2, "transposed(): the shape \(shape) is not a matrix")
    return transposed(permutation: [1, 0])
  }

  /// The elements in reverse order along `axis`.
  public func reversed(alongAxis axis: Int) -> Tensor {
    check(axis >= 0 && axis < rank, "reversed(alongAxis:): axis \(axis) of \(shape)")
    var strides = shape.strides
    let start = Swift.max(0, shape[axis] - 1) * strides[axis]
    strides[axis] = -strides[axis]
    return strided(shape, strides: strides, start: start).recorded(self) { $0.reversed(alongAxis: axis) }
  }

  /// The tensor stretched to `target` by NumPy's rule: aligned at the last axis, extents of 1 repeated.
  public func broadcast(to target: Shape) -> Tensor {
    guard shape != target else { return self }
    check(
      shape.broadcast(with: target) == target, "broadcast(to:): \(shape) does not broadcast to \(target)")
    let source = shape
    return strided(target, strides: shape.broadcastStrides(to: target)).recorded(self) { $0.summed(to: source) }
  }

  /// The elements `range` along `axis`. A slice of the first axis shares its parent's memory.
  public func sliced(_ range: Range<Int>, alongAxis axis: Int = 0) -> Tensor {
    check(
      axis >= 0 && axis < rank && range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "sliced(_:alongAxis:): \(range) along axis \(axis) of \(shape)")
    let target = shape.replacing(axis: axis, with: range.count)
    let strides = shape.strides
    let start = range.lowerBound * strides[axis]
    let part: Tensor
    if axis == 0 {
      part = Tensor(shape: target, storage: storage, offset: offset + start)
    } else {
      part = strided(target, strides: strides, start: start)
    }
    return part.recordedAccumulation(self) { cotangent, total in
      total.makeUnique()
      withExtents(target, target.strides, strides) {
        Scalar.kernels.table.copy(
          target.rank, $0, cotangent.base, $1, total.storage.base + total.offset + start, $2, true)
      }
    }
  }

  /// The element at `position` along `axis`, without that axis.
  public func index(_ position: Int, alongAxis axis: Int = 0) -> Tensor {
    sliced(position..<(position + 1), alongAxis: axis).reshaped(to: shape.removing(axis: axis))
  }

  /// A contiguous copy of the elements at `start` + index · strides.
  private func strided(_ target: Shape, strides: Strides, start: Int = 0) -> Tensor {
    Tensor(uninitialized: target) { pointer in
      withExtents(target, strides, target.strides) {
        Scalar.kernels.table.copy(target.rank, $0, base + start, $1, pointer, $2, false)
      }
    }
  }
}
