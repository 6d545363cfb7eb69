import RecurrentKernels

infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence
infix operator .== : ComparisonPrecedence
infix operator .!= : ComparisonPrecedence

/// Elementwise comparisons, broadcast: 1 where true and 0 where false, as numbers, never tracked.
extension Tensor {
  public static func .< (a: Tensor, b: Tensor) -> Tensor { combine(".<", rk_less, a, b) }
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { combine(".<=", rk_less_equal, a, b) }
  public static func .> (a: Tensor, b: Tensor) -> Tensor { combine(".>", rk_greater, a, b) }
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { combine(".>=", rk_greater_equal, a, b) }
  public static func .== (a: Tensor, b: Tensor) -> Tensor { combine(".==", rk_equal, a, b) }
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { combine(".!=", rk_not_equal, a, b) }

  public static func .< (a: Tensor, b: Scalar) -> Tensor { a .< Tensor(b) }
  public static func .<= (a: Tensor, b: Scalar) -> Tensor { a .<= Tensor(b) }
  public static func .> (a: Tensor, b: Scalar) -> Tensor { a .> Tensor(b) }
  public static func .>= (a: Tensor, b: Scalar) -> Tensor { a .>= Tensor(b) }
  public static func .== (a: Tensor, b: Scalar) -> Tensor { a .== Tensor(b) }
  public static func .!= (a: Tensor, b: Scalar) -> Tensor { a .!= Tensor(b) }
}

extension Tensor {
  /// This tensor with the elements of `other` where `mask` is not 0. All three broadcast to one shape.
  ///
  /// Elements that were not chosen have no influence: not on the result, even as NaN, and not on the gradient.
  public func replacing(with other: Tensor, where mask: Tensor) -> Tensor {
    guard let pair = shape.broadcast(with: other.shape), let target = pair.broadcast(with: mask.shape) else {
      fatalError(
        "replacing(with:where:): the shapes \(shape), \(other.shape) and mask \(mask.shape) do not broadcast")
    }
    let chosen = mask.detached().broadcast(to: target)
    let (a, b) = (detached().broadcast(to: target), other.detached().broadcast(to: target))
    let (shapeA, shapeB) = (shape, other.shape)
    return Tensor.select(chosen, b, a).recorded(
      self, { Tensor.select(chosen, Tensor(zeros: target), $0).summed(to: shapeA) },
      other, { Tensor.select(chosen, $0, Tensor(zeros: target)).summed(to: shapeB) })
  }

  /// `a` where the mask is not 0, else `b`; all of one shape, detached.
  private static func select(_ mask: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    Tensor(uninitialized: mask.shape) { Scalar.kernels.table.select(mask.base, a.base, b.base, $0, mask.count) }
  }
}
