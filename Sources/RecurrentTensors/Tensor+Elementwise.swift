import RecurrentKernels

extension Tensor {
  /// `e` to the power of each element.
  public func exp() -> Tensor { map(rk_exp, keepingResult: true) }

  /// The natural logarithm of each element.
  public func log() -> Tensor { map(rk_log) }

  /// The hyperbolic tangent of each element.
  public func tanh() -> Tensor { map(rk_tanh, keepingResult: true) }

  /// The logistic function `1 / (1 + exp(-x))` of each element.
  public func sigmoid() -> Tensor { map(rk_sigmoid, keepingResult: true) }

  /// `max(0, x)` of each element; the gradient at 0 is 0.
  public func relu() -> Tensor { map(rk_relu) }

  /// The square root of each element.
  public func squareRoot() -> Tensor { map(rk_sqrt, keepingResult: true) }

  /// The square of each element.
  public func squared() -> Tensor { map(rk_square) }

  /// The absolute value of each element; the gradient at 0 is 0.
  public func absolute() -> Tensor { map(rk_abs) }

  /// `1 / x` of each element.
  public func reciprocal() -> Tensor { map(rk_reciprocal, keepingResult: true) }

  /// `log(1 + exp(x))` of each element, without overflow.
  public func softplus() -> Tensor { map(rk_softplus) }

  public static prefix func - (x: Tensor) -> Tensor { x.map(rk_negate) }

  /// Each element, or the nearer bound where it lies outside `range`; the gradient passes inside the range only.
  public func clamped(to range: ClosedRange<Scalar>) -> Tensor {
    let x = detached()
    let result = Tensor(uninitialized: shape) {
      Scalar.kernels.table.clamp(range.lowerBound, range.upperBound, x.base, $0, count)
    }
    return result.recorded(self) { cotangent in
      cotangent * ((x .>= Tensor(range.lowerBound)) * (x .<= Tensor(range.upperBound)))
    }
  }

  /// An elementwise function whose derivative the kernels compute from the result or from the argument.
  private func map(_ operation: rk_unary, keepingResult: Bool = false) -> Tensor {
    let x = detached()
    let result = Tensor(uninitialized: shape) { Scalar.kernels.table.map(operation, x.base, $0, count) }
    guard isTracked else { return result }
    let kept = keepingResult ? result : x
    return result.recorded(self) { cotangent in
      Tensor(uninitialized: kept.shape) {
        Scalar.kernels.table.mapGradient(operation, kept.base, cotangent.base, $0, kept.count)
      }
    }
  }
}

// MARK: Arithmetic with broadcasting

extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    let (shapeA, shapeB) = (a.shape, b.shape)
    return combine("+", rk_add, a, b)
      .recorded(a, { $0.summed(to: shapeA) }, b, { $0.summed(to: shapeB) })
  }

  public static func - (a: Tensor, b: Tensor) -> Tensor {
    let (shapeA, shapeB) = (a.shape, b.shape)
    return combine("-", rk_subtract, a, b)
      .recorded(a, { $0.summed(to: shapeA) }, b, { -$0.summed(to: shapeB) })
  }

  public static func * (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = (a.detached(), b.detached())
    return combine("*", rk_multiply, a, b)
      .recorded(a, { ($0 * y).summed(to: x.shape) }, b, { ($0 * x).summed(to: y.shape) })
  }

  public static func / (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = (a.detached(), b.detached())
    return combine("/", rk_divide, a, b)
      .recorded(a, { ($0 / y).summed(to: x.shape) }, b, { (-$0 * x / (y * y)).summed(to: y.shape) })
  }

  public static func * (a: Tensor, b: Scalar) -> Tensor {
    let x = a.detached()
    return Tensor(uninitialized: a.shape) { Scalar.kernels.table.scale(b, x.base, $0, x.count) }.recorded(a) { $0 * b }
  }

  public static func * (a: Scalar, b: Tensor) -> Tensor { b * a }
  public static func + (a: Tensor, b: Scalar) -> Tensor { a + Tensor(b) }
  public static func + (a: Scalar, b: Tensor) -> Tensor { Tensor(a) + b }
  public static func - (a: Tensor, b: Scalar) -> Tensor { a - Tensor(b) }
  public static func - (a: Scalar, b: Tensor) -> Tensor { Tensor(a) - b }
  public static func / (a: Tensor, b: Scalar) -> Tensor { a / Tensor(b) }
  public static func / (a: Scalar, b: Tensor) -> Tensor { Tensor(a) / b }

  public static func += (a: inout Tensor, b: Tensor) { a = a + b }
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
  public static func /= (a: inout Tensor, b: Tensor) { a = a / b }
  public static func *= (a: inout Tensor, b: Scalar) { a = a * b }

  /// The detached result of an elementwise operation on two tensors, broadcast to one shape.
  static func combine(_ name: String, _ operation: rk_binary, _ a: Tensor, _ b: Tensor) -> Tensor {
    guard let shape = a.shape.broadcast(with: b.shape) else {
      fatalError("\(name): the shapes \(a.shape) and \(b.shape) do not broadcast")
    }
    return Tensor(uninitialized: shape) { target in
      withExtendedLifetime((a, b)) {
        withExtents(shape, a.shape.broadcastStrides(to: shape), b.shape.broadcastStrides(to: shape)) {
          Scalar.kernels.table.zip(operation, shape.rank, $0, a.base, $1, b.base, $2, target)
        }
      }
    }
  }

  /// The sum of this cotangent over the axes along which a tensor of the given shape was stretched.
  func summed(to target: Shape) -> Tensor {
    guard shape != target else { return self }
    var result = Tensor(zeros: target)
    withExtents(shape, shape.strides, target.broadcastStrides(to: shape)) {
      Scalar.kernels.table.copy(shape.rank, $0, base, $1, result.storage.base, $2, true)
    }
    result.offset = 0
    return result
  }
}

/// The elementwise larger of two tensors, broadcast; where they are equal the gradient goes to the first.
public func maximum<Scalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) -> Tensor<Scalar> {
  extremum("maximum", rk_maximum, a, b) { $0 .>= $1 }
}

/// The elementwise smaller of two tensors, broadcast; where they are equal the gradient goes to the first.
public func minimum<Scalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) -> Tensor<Scalar> {
  extremum("minimum", rk_minimum, a, b) { $0 .<= $1 }
}

private func extremum<Scalar>(
  _ name: String, _ operation: rk_binary, _ a: Tensor<Scalar>, _ b: Tensor<Scalar>,
  firstWins: @escaping @Sendable (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>
) -> Tensor<Scalar> {
  let (x, y) = (a.detached(), b.detached())
  return Tensor.combine(name, operation, a, b)
    .recorded(
      a, { ($0 * firstWins(x, y)).summed(to: x.shape) },
      b, { ($0 * (1 - firstWins(x, y))).summed(to: y.shape) })
}

/// Calls `body` with pointers to the extents of `shape` and to two sets of strides.
func withExtents<Result>(
  _ shape: Shape, _ first: Strides, _ second: Strides,
  _ body: (UnsafePointer<Int>, UnsafePointer<Int>, UnsafePointer<Int>) -> Result
) -> Result {
  var extents = Strides()
  for axis in 0..<shape.rank { extents[axis] = shape[axis] }
  return withUnsafePointer(to: (extents, first, second)) { pointer in
    pointer.withMemoryRebound(to: Int.self, capacity: 24) { body($0, $0 + 8, $0 + 16) }
  }
}
