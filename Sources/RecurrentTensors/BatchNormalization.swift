import RecurrentKernels

extension Tensor {
  /// Each feature (the last axis) shifted to mean 0 and scaled to variance 1 over all other axes, then `gain · x + bias` (Ioffe and Szegedy
  /// 2015); and the mean and the variance that were found, whose gradient is in that of the result.
  ///
  /// - Parameters:
  ///   - gain: `[features]`.
  ///   - bias: `[features]`.
  ///   - epsilon: Added to the variance.
  /// - Returns: The result, as this tensor; the means and the variances (divided by the number of rows), `[features]`, untracked.
  /// - Precondition: there is at least one row.
  public func batchNormalized(
    gain: Tensor, bias: Tensor, epsilon: Scalar = 1e-5
  ) -> (result: Tensor, mean: Tensor, variance: Tensor) {
    let columns = checkedColumns("batchNormalized", gain, bias)
    let rows = count / columns
    check(rows > 0, "batchNormalized: no rows in \(shape)")
    let x = detached(), share = 1 / Scalar(rows), g = gain.detached(), b = bias.detached()
    let mean = x.columnSums(columns).sums * share
    let variance = x.columnSums(columns, center: mean).products * share
    let reciprocal = (variance + epsilon).squareRoot().reciprocal()  // 1 / standard deviation
    let scale = g * reciprocal
    let result = x.columnsMapped(scale: scale, shift: b - mean * scale)
    let recorded = Tensor.recorded(result: result, inputs: [self, gain, bias]) { cotangent in
      let (sums, products) = cotangent.columnSums(columns, of: x, center: mean)
      let gainGradient = products * reciprocal
      // dx = scale (dy - mean of dy - normalized x * mean of dy * normalized x)
      let slope = -(scale * reciprocal * gainGradient * share)
      let gradient = cotangent.columnsMapped(scale: scale, x, slope, shift: -(scale * sums * share) - mean * slope)
      return [gradient, gainGradient, sums]
    }
    return (recorded, mean, variance)
  }

  /// `scale · x + shift` with a number of each for every feature (the last axis).
  public func scaledAndShifted(scale: Tensor, shift: Tensor) -> Tensor {
    let columns = checkedColumns("scaledAndShifted", scale, shift)
    let x = detached(), factors = scale.detached()
    let result = x.columnsMapped(scale: factors, shift: shift.detached())
    let wanted = (x: isTracked, parameters: scale.isTracked || shift.isTracked)
    return Tensor.recorded(result: result, inputs: [self, scale, shift]) { cotangent in
      let sums = wanted.parameters ? cotangent.columnSums(columns, of: x, center: nil) : nil
      return [
        wanted.x ? cotangent.columnsMapped(scale: factors, shift: Tensor(zeros: [columns])) : nil, sums?.products, sums?.sums,
      ]
    }
  }

  private func checkedColumns(_ name: String, _ first: Tensor, _ second: Tensor) -> Int {
    let columns = rank == 0 ? 0 : shape[rank - 1]
    check(
      columns > 0 && first.shape == [columns] && second.shape == [columns],
      "\(name): features of \(shape), gain \(first.shape), bias \(second.shape)")
    return columns
  }

  /// The sums over rows of `x - center`, or where `values` is given of this tensor, and of its product with `x - center`; x is `values`, or this
  /// tensor.
  private func columnSums(
    _ columns: Int, of values: Tensor? = nil, center: Tensor? = nil
  ) -> (sums: Tensor, products: Tensor) {
    let (sums, products) = (Tensor(uninitialized: [columns]) { _ in }, Tensor(uninitialized: [columns]) { _ in })
    Scalar.kernels.table.columnSums(
      count / columns, columns, (values ?? self).base, center?.base, values == nil ? nil : base, sums.storage.base,
      products.storage.base)
    return (sums, products)
  }

  /// `scale · x + factor · other + shift`, a number of each for every feature.
  private func columnsMapped(scale: Tensor, _ other: Tensor? = nil, _ factor: Tensor? = nil, shift: Tensor) -> Tensor {
    Tensor(uninitialized: shape) {
      Scalar.kernels.table.columnMap(
        count / scale.count, scale.count, base, scale.base, other?.base, factor?.base, shift.base, $0)
    }
  }
}
