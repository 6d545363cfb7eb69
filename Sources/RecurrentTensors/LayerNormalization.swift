import RecurrentKernels

extension Tensor {
  /// Each row (the last axis) shifted to mean 0 and scaled to variance 1, then `gain · x + bias` (Ba, Kiros, Hinton 2016).
  ///
  /// - Parameters:
  ///   - gain: `[features]`.
  ///   - bias: `[features]`.
  ///   - epsilon: Added to the variance.
  public func layerNormalized(gain: Tensor, bias: Tensor, epsilon: Scalar = 1e-5) -> Tensor {
    let columns = rank == 0 ? 0 : shape[rank - 1]
    check(
      columns > 0 && gain.shape == [columns] && bias.shape == [columns],
      "layerNormalized: rows \(shape), gain \(gain.shape), bias \(bias.shape)")
    let rows = count / columns
    let (x, g, b) = (detached(), gain.detached(), bias.detached())
    let (means, scales) = (Storage<Scalar>(uninitialized: rows), Storage<Scalar>(uninitialized: rows))
    let result = Tensor(uninitialized: shape) {
      Scalar.kernels.table.layerNorm(rows, columns, x.base, g.base, b.base, epsilon, $0, means.base, scales.base)
    }
    return Tensor.recorded(result: result, inputs: [self, gain, bias]) { cotangent in
      let (gainGradient, biasGradient) = (Tensor(zeros: [columns]), Tensor(zeros: [columns]))
      let gradient = Tensor(uninitialized: x.shape) {
        Scalar.kernels.table.layerNormGradient(
          rows, columns, x.base, g.base, means.base, scales.base, cotangent.base, $0,
          gainGradient.storage.base, biasGradient.storage.base)
      }
      return [gradient, gainGradient, biasGradient]
    }
  }
}
