/// A point: of a drawing in pixels from its top left corner, or of a plot in the units of its axes.
public struct Point: Sendable, Hashable {
  public var x: Double
  public var y: Double

  /// The point with the given coordinates.
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// A rectangle in a drawing, in pixels, from the top left corner.
public struct Rectangle: Sendable, Hashable {
  public var left: Double
  public var top: Double
  public var width: Double
  public var height: Double

  /// The rectangle with the given corner and size.
  public init(left: Double, top: Double, width: Double, height: Double) {
    self.left = left
    self.top = top
    self.width = width
    self.height = height
  }

  /// The right edge.
  public var right: Double { left + width }
  /// The lower edge.
  public var bottom: Double { top + height }
}
