import RecurrentTensors

/// The regularizer of Pascanu, Mikolov and Bengio 2013, equation 9: it wants the gradient to keep its norm on its way back,
///
///     Omega = sum over k of (||d(k+1) dx(k+1)/dx(k)|| / ||d(k+1)|| - 1)^2,    d(k) = dE/dx(k)
///
/// and only the immediate derivative by `W` is taken, in which `d` and the states are constants. With
/// `v(k) = (d(k+1) W) * f'(x(k))` and the ratio `r(k) = ||v(k)|| / ||d(k+1)||`, this is
///
///     dOmega/dW = sum over k of 2 (r(k) - 1) / (||v(k)|| ||d(k+1)||) d(k+1)^T (v(k) * f'(x(k)))
///
/// Here as the mean over the sequences of a batch.
struct FlowRegularizer {
  /// The derivative by `W`, `[units, units]`.
  let gradient: Tensor<Float>
  /// Omega itself.
  let value: Double

  /// - Parameters:
  ///   - states: `f(x)` after every step, `[time, batch, units]`.
  ///   - lastCotangent: `dE/df(x(last))`, `[batch, units]`, scaled as one likes: only ratios matter.
  init(states: Tensor<Float>, recurrentWeight: Tensor<Float>, isLogistic: Bool, lastCotangent: Tensor<Float>) {
    let (time, batch, units) = (states.shape[0], states.shape[1], states.shape[2])
    let slopes = isLogistic ? states * (1 - states) : 1 - states.squared()
    var later = lastCotangent * slopes.index(time - 1)  // d(k+1), made 1 long in every row
    later = later * Self.inverseNorms(later).inverse
    var total = 0.0
    var (firsts, seconds): ([Tensor<Float>], [Tensor<Float>]) = ([], [])
    for k in (0..<time - 1).reversed() {
      let slope = slopes.index(k)
      let v = matmul(later, recurrentWeight) * slope
      let (norms, inverse) = Self.inverseNorms(v)
      total += (norms - 1).squared().sum().scalar.asDouble
      // 2 (r - 1) / (||v|| ||d||), where ||d|| is 1 and r is ||v||.
      let factor = (norms - 1) * inverse * (2 / Float(batch))
      firsts.append(later * factor)
      seconds.append(v * slope)
      later = v * inverse
    }
    value = total / Double(batch)
    guard !firsts.isEmpty else {
      gradient = Tensor(zeros: [units, units])
      return
    }
    gradient = matmul(Tensor(concatenating: firsts), Tensor(concatenating: seconds), transposingFirst: true)
  }

  /// The norm of each row, `[batch, 1]`, and one over it; 0 where it is 0.
  private static func inverseNorms(_ rows: Tensor<Float>) -> (norms: Tensor<Float>, inverse: Tensor<Float>) {
    let norms = rows.squared().sum(alongAxes: 1, keepingAxes: true).squareRoot()
    let inverse = Tensor(
      shape: norms.shape, scalars: norms.scalars.map { $0 > 1e-20 ? 1 / $0 : Float(0) })
    return (norms, inverse)
  }
}

extension Float {
  fileprivate var asDouble: Double { Double(self) }
}
