/// A matrix as coloured cells: activations over time, an error surface, attention.
///
/// More cells than pixels are drawn as means of neighbours, and the picture says so. A cell without a value (NaN) has a
/// colour of its own; infinite values have those of the map's ends.
///
/// ```swift
/// import RecurrentDrawing
///
/// let map = HeatMap(
///   "Forget gate", values: [[0.1, 0.9, 0.8], [0.5, 0.4, 0.0]], rows: .numbers(from: 0), columns: ["the", "old", "sea"],
///   range: 0...1, rowTitle: "unit", columnTitle: "word")
/// let svg = Figure("What is kept", parts: [map]).svg
/// ```
public struct HeatMap: FigurePart {
  /// The title above the map; empty: none.
  public var title: String
  /// The rows, of the same length; what a shorter one lacks has no value.
  public var values: [[Double]]
  /// The labels beside the rows.
  public var rows: Labels
  /// The labels under the columns.
  public var columns: Labels
  /// The colours of the values.
  public var colors: ColorMap
  /// The values at both ends of the colours; nil: the least and the greatest value, symmetric about zero for a diverging map.
  public var range: ClosedRange<Double>?
  /// The title of the rows.
  public var rowTitle: String
  /// The title of the columns.
  public var columnTitle: String
  /// The quantity of the values, and its unit.
  public var valueTitle: String
  /// The text in each cell, which is omitted where it does not fit; empty: none.
  public var texts: [[String]]
  /// The tooltip of each cell; empty: none. Tooltips are omitted where there are thousands of cells.
  public var tips: [[String]]
  /// The height of a row in pixels; nil: so that the map has a pleasant height.
  public var rowHeight: Double?
  /// The greatest width of a column, in pixels.
  public var greatestColumnWidth: Double
  /// Whether the meaning of the colours is shown beside the map.
  public var hasColorBar: Bool
  /// Marks that are drawn over the cells where rows and columns are ranges: paths, contours, points.
  public var marks: [Mark]

  /// A heat map of the given values.
  public init(
    _ title: String = "", values: [[Double]], rows: Labels = .none, columns: Labels = .none,
    colors: ColorMap = .sequential, range: ClosedRange<Double>? = nil, rowTitle: String = "", columnTitle: String = "",
    valueTitle: String = "", texts: [[String]] = [], tips: [[String]] = [], rowHeight: Double? = nil, greatestColumnWidth: Double = 40,
    hasColorBar: Bool = true, marks: [Mark] = []
  ) {
    self.title = title
    self.values = values
    self.rows = rows
    self.columns = columns
    self.colors = colors
    self.range = range
    self.rowTitle = rowTitle
    self.columnTitle = columnTitle
    self.valueTitle = valueTitle
    self.texts = texts
    self.tips = tips
    self.rowHeight = rowHeight
    self.greatestColumnWidth = greatestColumnWidth
    self.hasColorBar = hasColorBar
    self.marks = marks
  }

  // MARK: Layout

  var columnCount: Int { values.map(\.count).max() ?? 0 }

  /// The width of the map itself in a part that is `width` wide.
  private func mapWidth(_ width: Double) -> Double {
    if case .range = columns { return width }
    // Without columns, room for the words that say so.
    return min(width, columnCount == 0 ? 120 : greatestColumnWidth * Double(columnCount))
  }

  private var mapHeight: Double {
    let count = Double(max(1, values.count))
    if let rowHeight { return max(1, rowHeight * count) }
    if case .range = rows { return 320 }
    return max(24, (count * min(max(420 / count, 2), 16)).rounded())
  }

  private var scale: ColorScale { ColorScale(values, colors, range) }

  private var bar: ColorBar {
    ColorBar(scale: scale, title: valueTitle, height: min(mapHeight, 180))
  }

  public var sides: (left: Double, right: Double) {
    let right = hasColorBar ? bar.width + 14 : 8
    if case .range = rows { return (axes(width: 300).leftLabelWidth + 2, right) }
    return (min(rows.width(count: values.count, size: 10), Self.longestRowName) + 8, right)
  }

  private static let longestRowName = 180.0

  public func extent(width: Double) -> PartExtent {
    let below: Double
    if case .range = columns {
      below = axes(width: width).below
    } else {
      let labels = ColumnLabels(labels: columns, count: columnCount, width: mapWidth(width))
      below = labels.height + (columnTitle.isEmpty ? 2 : 18)
    }
    return PartExtent(above: heading(width: width).height, height: mapHeight, below: below)
  }

  private func heading(width: Double) -> Heading {
    let note = Pooling(rows: values.count, columns: columnCount, width: mapWidth(width), height: mapHeight).note
    let axis = [rowTitle, note].filter { !$0.isEmpty }.joined(separator: "; ")
    return Heading(title: title, axis: axis, width: width)
  }

  /// The axes where rows or columns are ranges.
  private func axes(width: Double) -> Grid {
    func axis(_ labels: Labels, _ title: String) -> Axis {
      guard case .range(let range) = labels else { return Axis(title, range: 0...1, hasLabels: false) }
      return Axis(title, range: range)
    }
    return Grid(
      x: axis(columns, columnTitle), y: axis(rows, ""), xData: nil, yData: nil, width: width, height: mapHeight)
  }

  // MARK: Drawing

  public func draw(in area: Rectangle, on canvas: inout Canvas) {
    heading(width: area.width).draw(over: area, on: &canvas)
    let map = Rectangle(left: area.left, top: area.top, width: mapWidth(area.width), height: mapHeight)
    if columnCount == 0 {
      canvas.frame(map)
      canvas.text("no data", at: Point(x: map.left + map.width / 2, y: map.top + map.height / 2 + 4), anchor: .middle)
      return
    }
    var isUpward = false
    if case .range = rows { isUpward = true }
    let scale = scale
    CellDrawing(values: isUpward ? values.reversed() : values, columnCount: columnCount, scale: scale, area: map)
      .draw(on: &canvas)
    drawTexts(in: map, scale, isUpward, on: &canvas)
    canvas.frame(map)
    drawTips(in: map, isUpward, on: &canvas)
    drawLabels(in: map, on: &canvas)
    if hasColorBar { bar.draw(right: map.right + 14, top: map.top, on: &canvas) }
    if !marks.isEmpty {
      let grid = axes(width: map.width)
      MarkDrawing(marks: marks, x: Axis(), y: Axis(), grid: grid, area: map).draw(on: &canvas)
    }
  }

  private func drawLabels(in map: Rectangle, on canvas: inout Canvas) {
    let isRange: (Labels) -> Bool = { if case .range = $0 { true } else { false } }
    if isRange(rows) || isRange(columns) { axes(width: map.width).draw(in: map, on: &canvas, hasLines: false) }
    let cell = map.height / Double(values.count)
    let step = rows.step(cell: cell, room: 11)
    for index in values.indices {
      guard let text = rows.text(at: index, step: step) else { continue }
      canvas.text(
        TextWidth.fitted(text, size: 10, width: Self.longestRowName),
        at: Point(x: map.left - 6, y: map.top + (Double(index) + 0.5) * cell + 3.5), .small, anchor: .end)
    }
    guard !isRange(columns) else { return }
    let labels = ColumnLabels(labels: columns, count: columnCount, width: map.width)
    labels.draw(under: map, on: &canvas)
    canvas.text(columnTitle, at: Point(x: map.right, y: map.bottom + labels.height + 13), anchor: .end)
  }

  private func drawTips(in map: Rectangle, _ isUpward: Bool, on canvas: inout Canvas) {
    guard columnCount * values.count <= 2500 else { return }
    let (width, height) = (map.width / Double(columnCount), map.height / Double(values.count))
    for (row, tips) in tips.enumerated() where row < values.count {
      let place = Double(isUpward ? values.count - 1 - row : row)
      for (column, tip) in tips.enumerated() where column < columnCount {
        let cell = Rectangle(
          left: map.left + Double(column) * width, top: map.top + place * height, width: width, height: height)
        canvas.tip(tip, over: cell)
      }
    }
  }

  private func drawTexts(in map: Rectangle, _ scale: ColorScale, _ isUpward: Bool, on canvas: inout Canvas) {
    let (width, height) = (map.width / Double(columnCount), map.height / Double(values.count))
    for (row, texts) in texts.enumerated() where row < values.count {
      for (column, text) in texts.enumerated() where column < columnCount {
        let role = [Canvas.TextRole.label, .small].first {
          TextWidth.of(text, size: $0.size) <= width - 4 && $0.size <= height - 2
        }
        guard let role else { continue }
        let value = column < values[row].count ? values[row][column] : .nan
        let level = colors.level(at: scale.fraction(value))
        let place = isUpward ? values.count - 1 - row : row
        canvas.write(
          text,
          at: Point(
            x: map.left + (Double(column) + 0.5) * width, y: map.top + (Double(place) + 0.5) * height + role.size * 0.36),
          role, anchor: .middle, style: level.map { colors.textStyle(level: $0) })
      }
    }
  }
}
