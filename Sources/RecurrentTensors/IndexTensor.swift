/// Whole numbers in a shape: token identifiers, class targets, row indices.
public struct IndexTensor: Sendable, Hashable {
  /// The extents of the axes.
  public let shape: Shape

  /// The numbers in row-major order, as many as the shape has elements. A single number is set through the subscript.
  public private(set) var scalars: [Int32]

  /// The numbers `scalars` in the given shape.
  ///
  /// - Precondition: as many numbers as the shape has elements.
  public init(shape: Shape, scalars: [Int32]) {
    check(
      scalars.count == shape.elementCount, "IndexTensor: \(scalars.count) numbers for the shape \(shape)")
    self.shape = shape
    self.scalars = scalars
  }

  /// The number at a position in row-major order.
  ///
  /// - Precondition: `position` is in `0 ..< count`.
  public subscript(position: Int) -> Int32 {
    get { scalars[position] }
    set { scalars[position] = newValue }
  }

  /// The number of elements.
  public var count: Int { scalars.count }

  /// The same numbers in another shape of as many elements.
  public func reshaped(to shape: Shape) -> IndexTensor { IndexTensor(shape: shape, scalars: scalars) }

  /// Traps unless every number is in `0 ..< bound`, or equals `except`.
  func checkIndices(of operation: String, below bound: Int, except: Int32? = nil) {
    for (position, scalar) in scalars.enumerated() where scalar < 0 || scalar >= bound {
      check(scalar == except, "\(operation): index \(scalar) at position \(position) is not in 0 ..< \(bound)")
    }
  }
}

extension IndexTensor {
  /// The number that stands for no target: padding, or a label that is not known. Losses can be asked to ignore it.
  public static let ignored: Int32 = -1

  /// The number of elements that are not ``ignored``.
  public var countedCount: Int { scalars.count { $0 != Self.ignored } }
}
