import RecurrentKernels

extension Tensor {
  /// The sum of all elements, of rank 0.
  public func sum() -> Tensor {
    let source = shape
    let total = Scalar(Scalar.kernels.table.sum(base, count))
    return Tensor(total).recorded(self) { $0.broadcast(to: source) }
  }

  /// The mean of all elements, of rank 0; NaN if there are none.
  public func mean() -> Tensor { sum() * (1 / Scalar(count)) }

  /// The sum of the squares of all elements, accumulated in `Double`. Not tracked.
  public var sumOfSquares: Double { Scalar.kernels.table.sumOfSquares(base, count) }

  /// Whether no element is infinite or NaN.
  public var isFinite: Bool { Scalar.kernels.table.allFinite(base, count) }

  /// The sum over the given axes, which are dropped or kept with extent 1.
  public func sum(alongAxes axes: Int..., keepingAxes: Bool = false) -> Tensor {
    sum(axes, keepingAxes: keepingAxes)
  }

  /// The mean over the given axes, which are dropped or kept with extent 1.
  public func mean(alongAxes axes: Int..., keepingAxes: Bool = false) -> Tensor {
    mean(axes, keepingAxes: keepingAxes)
  }

  /// The variance (divided by the number of elements, not one less) over the given axes.
  public func variance(alongAxes axes: Int..., keepingAxes: Bool = false) -> Tensor {
    (self - mean(axes, keepingAxes: true)).squared().mean(axes, keepingAxes: keepingAxes)
  }

  private func mean(_ axes: [Int], keepingAxes: Bool) -> Tensor {
    let extent = axes.reduce(1) { $0 * shape[$1] }
    return sum(axes, keepingAxes: keepingAxes) * (1 / Scalar(extent))
  }

  private func sum(_ axes: [Int], keepingAxes: Bool) -> Tensor {
    var kept = shape
    var dropped = Shape()
    for axis in axes { kept[axis] = 1 }
    for axis in 0..<rank where !axes.contains(axis) { dropped.append(shape[axis]) }
    let source = shape
    let sums = detached().summed(to: kept).recorded(self) { $0.broadcast(to: source) }
    return keepingAxes ? sums : sums.reshaped(to: dropped)
  }

  /// The largest element along `axis`; among equals the gradient goes to the first.
  public func maximum(alongAxis axis: Int, keepingAxis: Bool = false) -> Tensor {
    extremum("maximum(alongAxis:)", rk_reduce_max, axis, keepingAxis) { $0.indexOfMaximum(alongAxis: axis) }
  }

  /// The smallest element along `axis`; among equals the gradient goes to the first.
  public func minimum(alongAxis axis: Int, keepingAxis: Bool = false) -> Tensor {
    extremum("minimum(alongAxis:)", rk_reduce_min, axis, keepingAxis) { (-$0).indexOfMaximum(alongAxis: axis) }
  }

  /// The position of the largest element along `axis`, the first of equals.
  public func indexOfMaximum(alongAxis axis: Int) -> IndexTensor {
    let (outer, extent, inner) = axisExtents("indexOfMaximum(alongAxis:)", axis)
    let positions = [Int32](unsafeUninitializedCapacity: outer * inner) { buffer, initialized in
      Scalar.kernels.table.indexOfMax(outer, extent, inner, base, buffer.baseAddress)
      initialized = outer * inner
    }
    return IndexTensor(shape: shape.removing(axis: axis), scalars: positions)
  }

  /// `log(sum(exp(x)))` along `axis`, without overflow.
  public func logSumExp(alongAxis axis: Int, keepingAxis: Bool = false) -> Tensor {
    let largest = detached().maximum(alongAxis: axis, keepingAxis: true)
    // Where all are -infinity the shift is 0, so that no NaN arises.
    let shift = largest.replacing(with: Tensor(zeros: []), where: largest .== (-Scalar.infinity))
    let result = (self - shift).exp().sum([axis], keepingAxes: true).log() + shift
    return keepingAxis ? result : result.squeezingAxis(at: axis)
  }

  private func extremum(
    _ name: String, _ operation: rk_reduction, _ axis: Int, _ keepingAxis: Bool,
    positions: @escaping @Sendable (Tensor) -> IndexTensor
  ) -> Tensor {
    let (outer, extent, inner) = axisExtents(name, axis)
    let target = keepingAxis ? shape.replacing(axis: axis, with: 1) : shape.removing(axis: axis)
    let x = detached()
    let result = Tensor(uninitialized: target) { Scalar.kernels.table.reduce(operation, outer, extent, inner, x.base, $0) }
    return result.recorded(self) { cotangent in
      let chosen = positions(x).scalars
      var gradient = Tensor(zeros: x.shape)
      gradient.withUnsafeMutableScalars { target in
        cotangent.withUnsafeScalars { source in
          for index in 0..<(outer * inner) {
            target[(index / inner * extent + Int(chosen[index])) * inner + index % inner] = source[index]
          }
        }
      }
      return gradient
    }
  }

  private func axisExtents(_ name: String, _ axis: Int) -> (outer: Int, extent: Int, inner: Int) {
    check(axis >= 0 && axis < rank, "\(name): axis \(axis) of \(shape)")
    check(shape[axis] > 0, "\(name): axis \(axis) of \(shape) is empty")
    return (shape.product(0..<axis), shape[axis], shape.product((axis + 1)..<rank))
  }
}
