/// Numbers in a shape: contiguous, row-major, a value that copies on write.
///
/// A tensor may know its place on a `Tape`; then operations on it are recorded, so that `valueAndGradient` can sweep back over
/// them. A tensor that is not tracked records nothing, and inference is the same code at no cost.
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// The extents of the axes.
  public internal(set) var shape: Shape

  var storage: Storage<Scalar>

  /// Where in the storage the elements begin: a slice of the first axis shares its parent's storage.
  var offset: Int

  /// The place on a tape, if tracked.
  var node: Node<Scalar>?

  /// The rows of a matrix, ascending, outside of which it is known to hold zeros only; nil where nothing is known. The gradient of a
  /// table of which few rows were used knows them. Writing to the tensor forgets it.
  package internal(set) var filledRows: [Int32]?

  init(shape: Shape, storage: Storage<Scalar>, offset: Int = 0) {
    self.shape = shape
    self.storage = storage
    self.offset = offset
  }

  /// A tensor with undefined content, filled by `body`.
  package init(uninitialized shape: Shape, _ body: (UnsafeMutablePointer<Scalar>) -> Void) {
    let storage = Storage<Scalar>(uninitialized: shape.elementCount)
    body(storage.base)
    self.init(shape: shape, storage: storage)
  }

  /// The first element. Valid while this tensor lives: use inside `withExtendedLifetime`, or through the closures below.
  var base: UnsafePointer<Scalar> { UnsafePointer(storage.base + offset) }

  /// The number of axes.
  public var rank: Int { shape.rank }

  /// The number of elements.
  public var count: Int { shape.elementCount }

  /// Whether operations on this tensor are recorded on a tape.
  public var isTracked: Bool { node != nil }

  /// The same numbers, cut off from any tape.
  public func detached() -> Tensor {
    var result = self
    result.node = nil
    return result
  }

  /// The elements in row-major order.
  public var scalars: [Scalar] { withUnsafeScalars { Array($0) } }

  /// The only element.
  ///
  /// - Precondition: the tensor has exactly one element.
  public var scalar: Scalar {
    check(count == 1, "Tensor.scalar: the shape \(shape) has \(count) elements")
    return withUnsafeScalars { $0[0] }
  }

  /// Calls `body` with the elements in row-major order.
  public func withUnsafeScalars<Result>(
    _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(storage) { try body(UnsafeBufferPointer(start: base, count: count)) }
  }

  /// Calls `body` with the elements for writing. Copies them first if another tensor shares them.
  ///
  /// - Precondition: the tensor is not tracked: a tape cannot see such a change.
  public mutating func withUnsafeMutableScalars<Result>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    check(node == nil, "withUnsafeMutableScalars: the tensor is tracked by a tape; use detached()")
    makeUnique()
    return try withExtendedLifetime(storage) {
      try body(UnsafeMutableBufferPointer(start: storage.base + offset, count: count))
    }
  }

  /// Makes this tensor the only owner of its elements, before they are written.
  mutating func makeUnique() {
    filledRows = nil
    if !isKnownUniquelyReferenced(&storage) {
      let copy = Storage<Scalar>(uninitialized: count)
      copy.base.update(from: base, count: count)
      storage = copy
      offset = 0
    }
  }
}

extension Tensor: Equatable {
  /// Whether shapes and elements are equal (as numbers: -0 equals 0, NaN equals nothing).
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape && a.withUnsafeScalars { x in b.withUnsafeScalars { y in x.elementsEqual(y) } }
  }

  /// Whether shapes are equal and elements have the same bits.
  public func isBitwiseEqual(to other: Tensor) -> Bool {
    shape == other.shape
      && withUnsafeScalars { x in
        other.withUnsafeScalars { y in
          UnsafeRawBufferPointer(x).elementsEqual(UnsafeRawBufferPointer(y))
        }
      }
  }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    let shown = scalars.prefix(16).map { "\($0)" }.joined(separator: ", ")
    return "Tensor\(shape)(\(shown)\(count > 16 ? ", ..." : ""))"
  }
}
