/// Words along an axis, each over a bar from where it begins to where it ends: what is said when.
///
/// Words that would touch each other stand in several rows.
///
/// ```swift
/// import RecurrentDrawing
///
/// let words = SpanChart(
///   "What is said", axis: Axis("seconds", range: 0...2), spans: [.init("good", from: 0.2, to: 0.5), .init("morning", from: 0.6, to: 1.1)])
/// let svg = Figure("Heard", parts: [words]).svg
/// ```
public struct SpanChart: FigurePart {
  /// A word and where it is.
  public struct Span: Sendable, Hashable {
    /// The word.
    public var text: String
    /// Where it begins.
    public var start: Double
    /// Where it ends.
    public var end: Double

    /// A word from `start` to `end`.
    public init(_ text: String, from start: Double, to end: Double) { (self.text, self.start, self.end) = (text, start, end) }
  }

  /// The title above the chart; empty: none.
  public var title: String
  /// The axis, from left to right.
  public var axis: Axis
  /// The words.
  public var spans: [Span]

  /// A chart of the given words.
  public init(_ title: String = "", axis: Axis = Axis(), spans: [Span]) { (self.title, self.axis, self.spans) = (title, axis, spans) }

  // MARK: Layout

  private static let (rowHeight, barHeight, gap) = (24.0, 5.0, 8.0)
  /// What is still without a row then is a bar without its word.
  private static let mostRows = 12

  /// A word with its place in an area.
  private struct Placed {
    var span: Span
    var row: Int
    /// The ends of its bar.
    var left: Double
    var right: Double
    /// Where the word begins; nil: there is no room for it.
    var textLeft: Double?
  }

  private func placed(width: Double) -> [Placed] {
    let ticks = grid(width: width).xTicks
    func place(_ value: Double) -> Double { min(max(ticks.fraction(value), 0), 1) * width }
    /// Where each row is free again.
    var ends: [Double] = []
    return spans.sorted { $0.start < $1.start }.map { span in
      let (left, textWidth) = (place(span.start), TextWidth.of(span.text, size: Canvas.TextRole.strong.size, isBold: true))
      let right = max(place(span.end), left + 2)
      let textLeft = max(0, min(left, width - textWidth))
      let end = max(right, textLeft + textWidth) + Self.gap
      if let row = ends.firstIndex(where: { $0 <= textLeft }) {
        ends[row] = end
        return Placed(span: span, row: row, left: left, right: right, textLeft: textLeft)
      }
      if ends.count < Self.mostRows {
        ends.append(end)
        return Placed(span: span, row: ends.count - 1, left: left, right: right, textLeft: textLeft)
      }
      return Placed(span: span, row: Self.mostRows - 1, left: left, right: right, textLeft: nil)
    }
  }

  private func grid(width: Double) -> Grid {
    let ends = spans.flatMap { [$0.start, $0.end] }.filter(axis.shows)
    let data = ends.min().flatMap { low in ends.max().map { low...$0 } }
    return Grid(x: axis, y: Axis(range: 0...1, hasLabels: false), xData: data, yData: nil, width: width, height: Self.rowHeight)
  }

  public var sides: (left: Double, right: Double) { (2, max(12, grid(width: 400).bottomLabelWidth / 2 + 4)) }

  public func extent(width: Double) -> PartExtent {
    let rowCount = (placed(width: width).map(\.row).max() ?? 0) + 1
    return PartExtent(
      above: Heading(title: title, axis: "", width: width).height, height: Double(rowCount) * Self.rowHeight + Self.gap, below: grid(width: width).below)
  }

  // MARK: Drawing

  public func draw(in area: Rectangle, on canvas: inout Canvas) {
    Heading(title: title, axis: "", width: area.width).draw(over: area, on: &canvas)
    canvas.frame(area)
    grid(width: area.width).draw(in: area, on: &canvas, hasLines: false)
    if spans.isEmpty { canvas.text("none", at: Point(x: area.left + area.width / 2, y: area.top + area.height / 2 + 4), anchor: .middle) }
    for placed in placed(width: area.width) {
      let top = area.top + Double(placed.row) * Self.rowHeight
      let bar = Rectangle(
        left: area.left + placed.left, top: top + Self.rowHeight - Self.barHeight, width: placed.right - placed.left, height: Self.barHeight)
      canvas.rectangle(bar, ink: .blue)
      if let left = placed.textLeft { canvas.text(placed.span.text, at: Point(x: area.left + left, y: bar.top - 4), .strong) }
      canvas.tip("\(placed.span.text): \(Numerals.significant(placed.span.start)) to \(Numerals.significant(placed.span.end))", over: bar)
    }
  }
}
