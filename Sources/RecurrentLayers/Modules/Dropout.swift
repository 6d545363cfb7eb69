public import RecurrentTensors

/// Dropout: each number is zero with probability `rate`, else scaled by `1 / (1 - rate)`, so that its mean stays
/// (Srivastava et al. 2014). There is no training mode: who does not want dropout does not call it.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let dropout = Dropout(rate: 0.5, sharing: .acrossTime)
/// let y = dropout(Tensor<Float>(ones: [7, 2, 4]), using: &generator)  // the same columns are zero at all seven times
/// ```
public struct Dropout: Sendable, Hashable {
  /// What shares one draw.
  public enum Sharing: String, Sendable, Hashable, CaseIterable {
    /// Nothing: each number has its own.
    case nothing
    /// All time steps of a sequence: variational dropout (Gal and Ghahramani 2016, "A theoretically grounded
    /// application of dropout in recurrent neural networks"). The first axis is time.
    case acrossTime
  }

  /// The probability of zero.
  public let rate: Double
  /// What shares one draw.
  public let sharing: Sharing

  /// - Precondition: `0 <= rate < 1`.
  public init(rate: Double, sharing: Sharing = .nothing) {
    check(rate >= 0 && rate < 1, "Dropout: the rate \(rate) is not in [0, 1)")
    self.rate = rate
    self.sharing = sharing
  }

  /// `x` with numbers dropped; `[time, batch, feature]` where time shares a draw.
  public func callAsFunction<Scalar>(
    _ x: Tensor<Scalar>, using generator: inout RandomGenerator
  ) -> Tensor<Scalar> {
    guard rate > 0 else { return x }
    let maskShape: Shape
    switch sharing {
    case .nothing: maskShape = x.shape
    case .acrossTime:
      check(x.rank >= 2, "Dropout across time: the shape \(x.shape) has no axis besides time")
      maskShape = x.shape.replacing(axis: 0, with: 1)
    }
    return x * Tensor(dropoutMask: 1 - rate, shape: maskShape, using: &generator)
  }
}

/// What a model does where it has dropout: nothing in use, a draw in training.
///
/// A model has one function for both. It says where which dropout stands, and whoever trains says what it draws from:
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// func answers(to x: Tensor<Float>, drop: Dropping<Float> = { $1 }) -> Tensor<Float> { drop(Dropout(rate: 0.5), x).tanh() }
///
/// var generator = RandomGenerator(seed: 1)
/// let inputs = Tensor<Float>(ones: [2, 3])
/// let used = answers(to: inputs)
/// let trained = answers(to: inputs) { dropout, x in dropout(x, using: &generator) }
/// ```
public typealias Dropping<Scalar: TensorScalar> = (_ dropout: Dropout, _ x: Tensor<Scalar>) -> Tensor<Scalar>
