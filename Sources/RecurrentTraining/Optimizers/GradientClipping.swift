public import RecurrentLayers
import RecurrentTensors

/// What is done to a gradient that is too large.
public enum GradientClipping: Sendable, Equatable {
  /// Nothing.
  case none
  /// The whole gradient is scaled down to the norm `threshold` where its global norm is larger:
  /// `if ‖g‖ > threshold { g = threshold / ‖g‖ · g }` (Pascanu, Mikolov and Bengio 2013, Algorithm 1).
  case norm(Double)
  /// Each element is cut to `-threshold ... threshold` (Mikolov 2012; char-rnn).
  case value(Double)

  /// Clips `gradient` in place.
  ///
  /// ```swift
  /// let clipped = GradientClipping.norm(1).clip(&gradient)
  /// optimizer.update(&model, along: gradient, rate: 0.01)
  /// if clipped.isClipped { print("the norm was", clipped.norm) }
  /// ```
  ///
  /// - Returns: The norm before clipping (not finite exactly where an element is not), a scale of 1, and whether anything was cut.
  @discardableResult
  public func clip<M: Module>(_ gradient: inout M) -> ClippedGradient {
    var clipped = factor(for: &gradient)
    if clipped.scale != 1 {
      let scale = M.Scalar(clipped.scale)
      gradient = gradient.mapParameters { $0 * scale }
      clipped.scale = 1
    }
    return clipped
  }

  /// Measures `gradient`, and gives the factor that clips it, for an optimizer to fold into its one pass over memory
  /// (`update(_:along:scale:rate:)`).
  ///
  /// Clipping by norm leaves the gradient as it is: the returned scale must be passed on. Clipping by value has no factor; it cuts the
  /// elements in place.
  ///
  /// - Returns: The norm before clipping (not finite exactly where an element is not), the factor, and whether
  ///   anything is cut.
  public func factor<M: Module>(for gradient: inout M) -> ClippedGradient {
    let norm = globalNorm(of: gradient)
    switch self {
    case .none:
      return ClippedGradient(norm: norm, scale: 1, isClipped: false)
    case .norm(let threshold):
      guard norm.isFinite, norm > threshold else { return ClippedGradient(norm: norm, scale: 1, isClipped: false) }
      return ClippedGradient(norm: norm, scale: threshold / norm, isClipped: true)
    case .value(let threshold):
      // No element of a gradient is larger than its norm.
      guard norm.isFinite, norm > threshold else { return ClippedGradient(norm: norm, scale: 1, isClipped: false) }
      let limit = M.Scalar(threshold)
      gradient.withParameters { tensors in
        for index in tensors.indices {
          tensors[index].withUnsafeMutableScalars { g in
            M.Scalar.kernels.table.clamp(-limit, limit, g.baseAddress, g.baseAddress, g.count)
          }
        }
      }
      return ClippedGradient(norm: norm, scale: 1, isClipped: globalNorm(of: gradient) != norm)
    }
  }
}

/// What clipping found.
public struct ClippedGradient: Sendable, Equatable {
  /// The global norm before clipping.
  public var norm: Double
  /// The factor that the gradient is still to be multiplied by.
  public var scale: Double
  /// Whether the gradient is smaller now than it was.
  public var isClipped: Bool
}

/// The Euclidean norm of all parameters of `module` as one vector, in the order of visit, so that the same gradient
/// always gives the same bits. Not finite exactly where an element is not.
public func globalNorm<M: Module>(of module: M) -> Double {
  let tensors = module.tensors
  let norm = tensors.reduce(0) { $0 + $1.sumOfSquares }.squareRoot()
  guard !norm.isFinite && tensors.allSatisfy(\.isFinite) else { return norm }
  // The square of an element above 10¹⁹ has no place in a Float. Such a gradient is still one that clipping can save.
  return tensors.reduce(0) { $0 + ($1.detached() * 0x1p-100).sumOfSquares }.squareRoot() * 0x1p100
}

/// The path of the first parameter, in order of visit, that has an element which is NaN or infinite.
public func firstNotFinite<M: Module>(in module: M) -> String? {
  module.parameters.first { !$0.tensor.isFinite }?.path
}
