/// The extents of a tensor's axes, slowest first: `[time, batch, feature]`.
///
/// At most eight axes, kept inline: making a shape allocates nothing.
public struct Shape: Hashable, Sendable {
  /// The most axes a shape can have.
  public static let maximumRank = 8

  private var extents: SIMD8<Int32> = .zero

  /// The number of axes.
  public private(set) var rank: Int = 0

  /// The shape with the given extents.
  ///
  /// - Precondition: at most eight extents, each from 0 to 2³¹ − 1.
  public init(_ extents: some Sequence<Int>) {
    for extent in extents { append(extent) }
  }

  /// Adds an axis after the last.
  public mutating func append(_ extent: Int) {
    check(rank < Self.maximumRank, "Shape: more than \(Self.maximumRank) axes")
    check(extent >= 0 && extent <= Int(Int32.max), "Shape: extent \(extent) is not in 0 ..< 2^31")
    extents[rank] = Int32(extent)
    rank += 1
  }

  /// The number of elements: the product of the extents, 1 for a scalar.
  public var elementCount: Int {
    var product = 1
    for axis in 0..<rank { product *= Int(extents[axis]) }
    return product
  }
}

extension Shape: RandomAccessCollection, MutableCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { rank }

  public subscript(axis: Int) -> Int {
    get {
      check(axis >= 0 && axis < rank, "Shape: axis \(axis) of a shape of rank \(rank)")
      return Int(extents[axis])
    }
    set {
      check(axis >= 0 && axis < rank, "Shape: axis \(axis) of a shape of rank \(rank)")
      check(newValue >= 0 && newValue <= Int(Int32.max), "Shape: extent \(newValue) is not in 0 ..< 2^31")
      extents[axis] = Int32(newValue)
    }
  }
}

extension Shape: ExpressibleByArrayLiteral {
  public init(arrayLiteral extents: Int...) { self.init(extents) }
}

extension Shape: CustomStringConvertible {
  public var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}

extension Shape {
  /// This shape with `extent` in place of the axis `axis`.
  public func replacing(axis: Int, with extent: Int) -> Shape {
    var result = self
    result[axis] = extent
    return result
  }

  /// This shape without the axis `axis`.
  public func removing(axis: Int) -> Shape {
    check(axis >= 0 && axis < rank, "Shape: axis \(axis) of \(self)")
    var result = Shape()
    for other in 0..<rank where other != axis { result.append(self[other]) }
    return result
  }

  /// This shape with a new axis of the given extent before the axis `axis` (or after the last).
  public func inserting(_ extent: Int, at axis: Int) -> Shape {
    check(axis >= 0 && axis <= rank, "Shape: no place \(axis) for an axis in \(self)")
    var result = Shape()
    for other in 0..<rank {
      if other == axis { result.append(extent) }
      result.append(self[other])
    }
    if axis == rank { result.append(extent) }
    return result
  }

  /// The product of the extents of the axes in `range`.
  func product(_ range: Range<Int>) -> Int {
    var product = 1
    for axis in range { product *= Int(extents[axis]) }
    return product
  }

  /// Row-major strides, in elements.
  var strides: Strides {
    var strides = Strides()
    var stride = 1
    for axis in (0..<rank).reversed() {
      strides[axis] = stride
      stride *= Int(extents[axis])
    }
    return strides
  }

  /// The shape that both broadcast to (NumPy's rule: aligned at the last axis, 1 stretches), or nil.
  func broadcast(with other: Shape) -> Shape? {
    if self == other { return self }
    var result = Shape()
    let rank = Swift.max(self.rank, other.rank)
    for axis in 0..<rank {
      let a = axis < rank - self.rank ? 1 : self[axis - (rank - self.rank)]
      let b = axis < rank - other.rank ? 1 : other[axis - (rank - other.rank)]
      guard a == b || a == 1 || b == 1 else { return nil }
      result.append(a == 1 ? b : a)
    }
    return result
  }

  /// Strides with which a contiguous tensor of this shape is read as one of shape `target`: 0 along stretched axes.
  func broadcastStrides(to target: Shape) -> Strides {
    let own = strides
    var result = Strides()
    for axis in 0..<target.rank {
      let source = axis - (target.rank - rank)
      result[axis] = source < 0 || (self[source] == 1 && target[axis] != 1) ? 0 : own[source]
    }
    return result
  }
}

/// One stride, in elements, for each of at most eight axes.
typealias Strides = SIMD8<Int>
