/// A picture: parts in rows and columns under a title, as one SVG document that needs nothing beside it.
///
/// It follows the viewer's light or dark colours, prints on white, uses the fonts of the system, and its bytes depend on
/// what is drawn alone.
///
/// ```swift
/// import RecurrentDrawing
///
/// let radii = [0.5, 1, 1.5]
/// let lines = radii.enumerated().map { index, radius in
///   let norms = (0..<50).map { Point(x: Double($0), y: (0..<$0).reduce(1) { norm, _ in norm * radius }) }
///   return Mark.line(norms, name: "radius \(radius)", ink: .ordered(index, of: radii.count))
/// }
/// let plot = Plot(x: Axis("steps back"), y: Axis("gradient norm", scale: .logarithmic), marks: lines)
/// let svg = Figure("Gradients vanish or explode", parts: [plot]).svg
/// ```
public struct Figure: Sendable {
  /// The title above the figure; empty: none.
  public var title: String
  /// The text under the picture: what to notice, how it was made; empty: none.
  public var note: String
  /// The width in pixels.
  public var width: Double
  /// How many parts stand beside each other: several make small multiples.
  public var columns: Int
  /// The parts, row by row.
  public var parts: [any FigurePart]

  /// A figure of the given parts.
  public init(
    _ title: String = "", note: String = "", width: Double = 860, columns: Int = 1, parts: [any FigurePart]
  ) {
    self.title = title
    self.note = note
    self.width = width
    self.columns = columns
    self.parts = parts
  }

  /// The figure as an SVG document.
  public var svg: String {
    let (canvas, height) = drawn(prefix: "c")
    return element(canvas, height, style: "<style>\n\(canvas.styles.css)</style>\n", over: "")
  }

  /// The element for a page that has the style sheet, and the styles that it uses.
  ///
  /// - Parameters:
  ///   - prefix: Begins its identifiers, which must be unique in a page.
  ///   - hasCursor: Whether a line from top to bottom stands at the beginning of ``firstColumn``, for a script to move.
  func inline(prefix: String, hasCursor: Bool = false) -> (svg: String, styles: StyleSheet) {
    let (canvas, height) = drawn(prefix: prefix)
    let (left, bottom) = (Numerals.coordinate(firstColumn.left), Numerals.coordinate(height))
    let cursor = hasCursor ? "<path class=\"cursor\" transform=\"translate(\(left) 0)\" d=\"M0 0V\(bottom)\"/>\n" : ""
    return (element(canvas, height, style: "", over: cursor), canvas.styles)
  }

  private func element(_ canvas: Canvas, _ height: Double, style: String, over: String) -> String {
    let (w, h) = (Numerals.coordinate(width), Numerals.coordinate(height))
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(w) \(h)" width="\(w)" height="\(h)" role="img" \
      aria-label="\(title.escaped)">
      \(style)<rect class="page" width="\(w)" height="\(h)"/>
      \(canvas.elements)\(over)</svg>

      """
  }

  // MARK: Layout

  private static let outerMargin = 16.0
  private static let gap = 20.0

  /// The room on both sides of each column, and the width of the drawing areas between.
  private var layout: (sides: [(left: Double, right: Double)], partWidth: Double) {
    let columns = max(1, min(self.columns, parts.count))
    // All parts of a column begin at the same place, all have the same width: one can compare them.
    let sides = (0..<columns).map { column in
      let own = stride(from: column, to: parts.count, by: columns).map { parts[$0].sides }
      return (left: own.map(\.left).max() ?? 0, right: own.map(\.right).max() ?? 0)
    }
    let margins = sides.reduce(0) { $0 + $1.left + $1.right }
    let free = width - 2 * Self.outerMargin - margins - Self.gap * Double(columns - 1)
    return (sides, max(20, free / Double(columns)))
  }

  /// Where the drawing areas of the first column begin, and how wide they are.
  var firstColumn: (left: Double, width: Double) {
    let (sides, partWidth) = layout
    return (Self.outerMargin + sides[0].left, partWidth)
  }

  /// Everything but the page itself, and how high the page is.
  private func drawn(prefix: String) -> (canvas: Canvas, height: Double) {
    var canvas = Canvas(prefix: prefix)
    let (sides, partWidth) = layout
    let columns = sides.count

    var y = Self.outerMargin
    for line in TextWidth.lines(title, size: 18.5, width: width - 2 * Self.outerMargin) {
      canvas.text(line, at: Point(x: Self.outerMargin, y: y + 15), .head)
      y += 24
    }
    if !title.isEmpty { y += 6 }
    for row in stride(from: 0, to: parts.count, by: columns) {
      let inRow = Array(parts[row..<min(row + columns, parts.count)])
      let extents = inRow.map { $0.extent(width: partWidth) }
      let above = extents.map(\.above).max() ?? 0
      var x = Self.outerMargin
      for (index, part) in inRow.enumerated() {
        x += sides[index].left
        part.draw(
          in: Rectangle(left: x, top: y + above, width: partWidth, height: extents[index].height), on: &canvas)
        x += partWidth + sides[index].right + Self.gap
      }
      y += above + (extents.map { $0.height + $0.below }.max() ?? 0) + Self.gap / 2
    }
    if !note.isEmpty { y += 4 }
    for line in TextWidth.lines(note, size: 12, width: width - 2 * Self.outerMargin) {
      canvas.text(line, at: Point(x: Self.outerMargin, y: y + 10))
      y += 17
    }
    return (canvas, (y + Self.outerMargin / 2).rounded(.up))
  }
}
