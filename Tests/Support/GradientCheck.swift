public import RecurrentLayers
public import RecurrentTensors

/// The largest difference between the gradient from the tape and central differences, over every element of every input, relative to
/// the largest derivative (or to 1 if all are smaller).
///
/// The result of `function` may have any shape: it is weighted with fixed random numbers and summed, so that a wrong transpose or a
/// missing factor in one place cannot hide in a sum.
public func gradientError(
  at inputs: [Tensor<Double>], step: Double = 1e-5, _ function: ([Tensor<Double>]) -> Tensor<Double>
) -> Double {
  var generator = RandomGenerator(seed: 7)
  let weights = Tensor<Double>(
    uniform: -1...1, shape: function(inputs.map { $0.detached() }).shape, using: &generator)
  func loss(_ inputs: [Tensor<Double>]) -> Tensor<Double> { (function(inputs) * weights).sum() }

  let tape = Tape<Double>()
  let watched = inputs.map { tape.watch($0.detached()) }
  let gradients = tape.gradients(of: loss(watched), at: watched)

  var worst = 0.0
  var largest = 1.0
  for (position, input) in inputs.enumerated() {
    precondition(gradients[position].shape == input.shape, "the gradient's shape is not the input's")
    for element in 0..<input.count {
      func moved(by distance: Double) -> Double {
        var copies = inputs.map { $0.detached() }
        copies[position].withUnsafeMutableScalars { $0[element] += distance }
        return loss(copies).scalar
      }
      let numeric = (moved(by: step) - moved(by: -step)) / (2 * step)
      let analytic = gradients[position].scalars[element]
      guard numeric.isFinite, analytic.isFinite else { return .infinity }
      largest = max(largest, abs(numeric))
      worst = max(worst, abs(numeric - analytic))
    }
  }
  return worst / largest
}

/// `gradientError(at:_:)` with respect to the parameters of a module and further inputs at once.
public func gradientError<M: Module>(
  at module: M, _ inputs: [Tensor<Double>] = [], step: Double = 1e-5,
  _ function: (M, [Tensor<Double>]) -> Tensor<Double>
) -> Double where M.Scalar == Double {
  let parameters = module.parameters.map(\.tensor)
  return gradientError(at: parameters + inputs, step: step) { all in
    var moved = module
    moved.setParameters(Array(all.prefix(parameters.count)))
    return function(moved, Array(all.dropFirst(parameters.count)))
  }
}
