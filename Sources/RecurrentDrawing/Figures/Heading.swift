/// What stands over a plot: its title, what its vertical axis measures, and the legend.
struct Heading {
  private let title: String
  private let axis: String
  private let legend: Legend
  private let width: Double

  init(title: String, axis: String, series: [Series] = [], width: Double) {
    self.title = title
    self.axis = axis
    self.width = width
    legend = Legend(series, width: width)
  }

  /// Whether the legend stands in the line of the axis' title.
  private var isOneLine: Bool {
    let needed = TextWidth.of(axis, size: Canvas.TextRole.label.size)
    return legend.rows.count == 1 && (axis.isEmpty || needed + 20 + legend.width <= width)
  }

  private var rowCount: Int { legend.rows.count + (axis.isEmpty || isOneLine ? 0 : 1) }

  /// The room that it needs.
  var height: Double { 8 + Double(rowCount) * Legend.rowHeight + (title.isEmpty ? 0 : 20) }

  /// Draws it over an area: the axis' title next to the axis, the legend over it or beside it.
  func draw(over area: Rectangle, on canvas: inout Canvas) {
    let bottom = area.top - 10
    let top = bottom - Double(rowCount - 1) * Legend.rowHeight  // the base line of the highest row
    canvas.text(axis, at: Point(x: area.left, y: bottom))
    legend.draw(
      left: isOneLine ? max(area.left, area.right - legend.width) : area.left, baseline: top, on: &canvas)
    canvas.text(title, at: Point(x: area.left, y: top - Legend.rowHeight - 1), .title)
  }
}
