import RecurrentTensors

extension Tensor {
  /// Measurements as a network of this precision reads them: the same tensor where it is theirs already.
  init(_ measurements: Tensor<Float>) {
    self = measurements as? Self ?? Self(shape: measurements.shape, converting: measurements.scalars.map { Double($0) })
  }
}
