/// Whole numbers in a shape: token identifiers, class targets, row indices.
public struct IndexTensor: Sendable, Hashable {
  /// The extents of the axes.
  public var shape: Shape

  /// The numbers in row-major order.
  public var scalars: [Int32]

  /// The numbers `scalars` in the given shape.
  ///
  /// - Precondition: as many numbers as the shape has elements.
  public init(shape: Shape, scalars: [Int32]) {
    precondition(
      scalars.count == shape.elementCount, "IndexTensor: \(scalars.count) numbers for the shape \(shape)")
    self.shape = shape
    self.scalars = scalars
  }

  /// The number of elements.
  public var count: Int { scalars.count }

  /// The same numbers in another shape of as many elements.
  public func reshaped(to shape: Shape) -> IndexTensor { IndexTensor(shape: shape, scalars: scalars) }

  /// Traps unless every number is in `0 ..< bound`, or equals `except`.
  func check(_ operation: String, below bound: Int, except: Int32? = nil) {
    for (position, scalar) in scalars.enumerated() where scalar < 0 || scalar >= bound {
      precondition(scalar == except, "\(operation): index \(scalar) at position \(position) is not in 0 ..< \(bound)")
    }
  }
}
