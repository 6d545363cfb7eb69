/// Lines, bands and points over two axes.
///
/// ```swift
/// import RecurrentDrawing
///
/// let forecast = (0..<24).map { Point(x: Double($0), y: Double($0 % 7)) }
/// let plot = Plot(
///   "Oil temperature", x: Axis("hours ahead"), y: Axis("temperature, °C"),
///   marks: [
///     .band(forecast.map { Interval(x: $0.x, low: $0.y - 1, high: $0.y + 1) }, name: "forecast, 90 %"),
///     .line(forecast, name: "forecast, 90 %"),
///   ])
/// let svg = Figure("ETTh1", parts: [plot]).svg
/// ```
public struct Plot: FigurePart {
  /// The title above the plot; empty: none.
  public var title: String
  /// The horizontal axis, from left to right.
  public var x: Axis
  /// The vertical axis, from bottom to top.
  public var y: Axis
  /// The height between the axes' ends, in pixels.
  public var height: Double
  /// Whether the names of the series are shown.
  public var hasLegend: Bool
  /// The marks, the first at the back.
  public var marks: [Mark]

  /// A plot of the given marks.
  public init(
    _ title: String = "", x: Axis = Axis(), y: Axis = Axis(), height: Double = 260, hasLegend: Bool = true,
    marks: [Mark]
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.height = height
    self.hasLegend = hasLegend
    self.marks = marks
  }

  public var sides: (left: Double, right: Double) {
    let spot = grid(width: 400)
    return (spot.leftLabelWidth, max(12, spot.bottomLabelWidth / 2 + 4))
  }

  public func extent(width: Double) -> PartExtent {
    PartExtent(above: heading(width: width).height, height: height, below: grid(width: width).below)
  }

  public func draw(in area: Rectangle, on canvas: inout Canvas) {
    heading(width: area.width).draw(over: area, on: &canvas)
    let grid = grid(width: area.width)
    grid.draw(in: area, on: &canvas)
    MarkDrawing(marks: marks, x: x, y: y, grid: grid, area: area).draw(on: &canvas)
    if marks.allSatisfy({ !$0.isSeries || $0.extent.allSatisfy { !x.shows($0.x) || !y.shows($0.y) } }) {
      canvas.text(
        "no data", at: Point(x: area.left + area.width / 2, y: area.top + area.height / 2 + 4), anchor: .middle)
    }
  }

  private func heading(width: Double) -> Heading {
    Heading(title: title, axis: y.title, series: hasLegend ? Series.grouped(marks) : [], width: width)
  }

  private func grid(width: Double) -> Grid {
    // What cannot be shown on one axis must not stretch the other.
    let points = marks.flatMap(\.extent).filter { (x.shows($0.x) || $0.x.isNaN) && (y.shows($0.y) || $0.y.isNaN) }
    return Grid(
      x: x, y: y, xData: Self.range(points.map(\.x).filter(x.shows)), yData: Self.range(points.map(\.y).filter(y.shows)),
      width: width, height: height)
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double>? {
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }
}
