import RecurrentKernels

extension Tensor {
  /// `exp(x) / sum(exp(x))` along the last axis, without overflow.
  public func softmax() -> Tensor {
    rowwise("softmax", Scalar.kernels.table.softmax, gradient: Scalar.kernels.table.softmaxGradient)
  }

  /// The logarithm of `softmax()`, computed as `x - logSumExp(x)`.
  public func logSoftmax() -> Tensor {
    rowwise("logSoftmax", Scalar.kernels.table.logSoftmax, gradient: Scalar.kernels.table.logSoftmaxGradient)
  }

  private func rowwise(
    _ name: String, _ operation: @escaping Kernels<Scalar>.Table.Rows, gradient: @escaping Kernels<Scalar>.Table.RowsGradient
  ) -> Tensor {
    check(rank >= 1 && shape[rank - 1] > 0, "\(name): no elements along the last axis of \(shape)")
    let (rows, columns) = (shape.product(0..<(rank - 1)), shape[rank - 1])
    let x = detached()
    let result = Tensor(uninitialized: shape) { operation(rows, columns, x.base, $0) }
    return result.recorded(self) { cotangent in
      Tensor(uninitialized: result.shape) { gradient(rows, columns, result.base, cotangent.base, $0) }
    }
  }
}
