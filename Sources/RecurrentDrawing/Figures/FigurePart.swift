/// A part of a figure: a plot, a heat map, a grid of images, or a drawing of one's own.
///
/// A part draws into a rectangle whose place the figure chooses, so that parts stand in line, and says how much room
/// it needs around it for titles and labels.
///
/// ```swift
/// import RecurrentDrawing
///
/// struct Dot: FigurePart {
///   let sides = (left: 0.0, right: 0.0)
///   func extent(width: Double) -> PartExtent { PartExtent(above: 0, height: 40, below: 0) }
///   func draw(in area: Rectangle, on canvas: inout Canvas) {
///     canvas.points([Point(x: area.left + 20, y: area.top + 20)], .dot, ink: .blue, radius: 10)
///   }
/// }
/// let svg = Figure("A dot", parts: [Dot()]).svg
/// ```
public protocol FigurePart: Sendable {
  /// The room that labels need on the left and on the right of the drawing.
  var sides: (left: Double, right: Double) { get }

  /// The height of the drawing, and the room for titles and labels above and below, where the drawing is `width` wide.
  func extent(width: Double) -> PartExtent

  /// Draws into an area of the height that `extent(width:)` gave for its width; labels go beyond its edges.
  func draw(in area: Rectangle, on canvas: inout Canvas)
}

/// How high a part of a figure is.
public struct PartExtent: Sendable, Hashable {
  /// The room above the drawing area, in pixels.
  public var above: Double
  /// The height of the drawing area, in pixels.
  public var height: Double
  /// The room below the drawing area, in pixels.
  public var below: Double

  /// The extent with the given heights in pixels.
  public init(above: Double, height: Double, below: Double) {
    self.above = above
    self.height = height
    self.below = below
  }
}
