/// What figures are drawn on: it turns shapes and text into SVG and notes the styles that they use.
///
/// A figure of one's own kind draws through it; see ``FigurePart``.
public struct Canvas: Sendable {
  private(set) var elements = ""
  private(set) var styles = StyleSheet()
  private let prefix: String
  private var clipCount = 0

  /// An empty canvas whose identifiers begin with `prefix`.
  init(prefix: String) { self.prefix = prefix }

  /// How text stands at its point.
  public enum Anchor: String, Sendable {
    case start, middle, end
  }

  /// The kinds of text.
  public enum TextRole: String, Sendable {
    /// Of a whole figure.
    case head
    /// Of a part.
    case title
    /// Of axes, legends and notes.
    case label
    /// Of places with little room.
    case small
    /// To be noticed.
    case strong

    /// The size of the letters in pixels.
    public var size: Double {
      switch self {
      case .head: 17
      case .title: 13
      case .label, .strong: 12
      case .small: 10
      }
    }
  }

  /// Writes a line of text at its base line.
  ///
  /// - Parameters:
  ///   - isVertical: Whether it runs upwards.
  ///   - hasHalo: Whether what lies under it is kept away from its letters.
  ///   - ink: Its colour; nil: that of its role.
  public mutating func text(
    _ text: String, at point: Point, _ role: TextRole = .label, anchor: Anchor = .start, isVertical: Bool = false,
    hasHalo: Bool = false, ink: Ink? = nil
  ) {
    write(
      text, at: point, role, anchor: anchor, isVertical: isVertical, hasHalo: hasHalo, style: ink.map(Style.fill))
  }

  mutating func write(
    _ text: String, at point: Point, _ role: TextRole, anchor: Anchor, isVertical: Bool = false,
    hasHalo: Bool = false, style: Style?
  ) {
    guard !text.isEmpty else { return }
    let (x, y) = (number(point.x), number(point.y))
    var attributes = " x=\"\(x)\" y=\"\(y)\""
    if anchor != .start { attributes += " text-anchor=\"\(anchor.rawValue)\"" }
    if isVertical { attributes += " transform=\"rotate(-90 \(x) \(y))\"" }
    if let style { styles.use(style) }
    let name = role.rawValue + (hasHalo ? " halo" : "") + (style.map { " " + $0.name } ?? "")
    elements += "<text class=\"\(name)\"\(attributes)>\(text.escaped)</text>\n"
  }

  /// Draws a line through points; nothing where there are none, a dot where there is one.
  ///
  /// - Parameter dashes: Lengths of strokes and gaps in pixels; empty: unbroken.
  public mutating func line(
    _ points: [Point], ink: Ink, width: Double = 2, dashes: [Double] = [], clippedTo clip: Clip? = nil
  ) {
    guard !points.isEmpty else { return }
    let style = used(.stroke(ink))
    let dash = dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes.map(number).joined(separator: " "))\""
    let data = path(points) + (points.count == 1 ? "h0.01" : "")
    add("<path class=\"line \(style)\" stroke-width=\"\(number(width))\"\(dash)\(attribute(clip)) d=\"\(data)\"/>")
  }

  /// Fills the area inside a line through points.
  ///
  /// - Parameter isFaint: Whether what lies under it shines through.
  public mutating func area(_ points: [Point], ink: Ink, isFaint: Bool = false, clippedTo clip: Clip? = nil) {
    guard points.count > 2 else { return }
    let style = used(.fill(ink))
    add("<path class=\"\(isFaint ? "band " : "")\(style)\"\(attribute(clip)) d=\"\(path(points))Z\"/>")
  }

  /// Fills a rectangle.
  public mutating func rectangle(_ rectangle: Rectangle, ink: Ink, clippedTo clip: Clip? = nil) {
    let style = used(.fill(ink))
    add("<rect class=\"\(style)\"\(attributes(rectangle))\(attribute(clip))/>")
  }

  /// Draws the edge of a rectangle.
  public mutating func frame(_ rectangle: Rectangle) {
    add("<rect class=\"frame\"\(attributes(rectangle))/>")
  }

  /// Words that are shown when a reader points into a rectangle.
  public mutating func tip(_ text: String, over rectangle: Rectangle) {
    guard !text.isEmpty else { return }
    add("<rect class=\"tip\"\(attributes(rectangle))><title>\(text.escaped)</title></rect>")
  }

  /// Draws points of one look.
  public mutating func points(
    _ points: [Point], _ symbol: Symbol, ink: Ink, radius: Double = 3, clippedTo clip: Clip? = nil
  ) {
    guard !points.isEmpty else { return }
    let isHollow = symbol == .ring || symbol == .cross
    let style = used(isHollow ? .stroke(ink) : .fill(ink))
    if symbol == .dot || symbol == .ring {
      let name = symbol == .ring ? "ring \(style)" : style
      for point in points {
        add(
          "<circle class=\"\(name)\"\(attribute(clip)) cx=\"\(number(point.x))\" cy=\"\(number(point.y))\" "
            + "r=\"\(number(radius))\"/>")
      }
      return
    }
    let data = points.map { symbol.path(at: $0, radius: radius, number) }.joined()
    add("<path class=\"\(isHollow ? "ring \(style)" : style)\"\(attribute(clip)) d=\"\(data)\"/>")
  }

  /// A part of the canvas to which shapes can be cut.
  public struct Clip: Sendable {
    let identifier: String
  }

  /// The part of the canvas inside a rectangle.
  public mutating func clip(_ rectangle: Rectangle) -> Clip {
    clipCount += 1
    let clip = Clip(identifier: "\(prefix)\(clipCount)")
    add("<clipPath id=\"\(clip.identifier)\"><rect\(attributes(rectangle))/></clipPath>")
    return clip
  }

  /// Draws thin lines of the background or of axes.
  mutating func lines(_ segments: [(from: Point, to: Point)], name: String, clippedTo clip: Clip? = nil) {
    guard !segments.isEmpty else { return }
    let data = segments.map { "M\(pair($0.from))L\(pair($0.to))" }.joined()
    add("<path class=\"\(name)\"\(attribute(clip)) d=\"\(data)\"/>")
  }

  /// Fills a rectangle with a style.
  mutating func cell(_ rectangle: Rectangle, _ style: Style) {
    styles.use(style)
    add("<rect class=\"cells \(style.name)\"\(attributes(rectangle))/>")
  }

  /// A run of cells of one row of a grid, or of several rows.
  struct CellRun {
    var column: Int
    var row: Int
    var width: Int
    var height: Int
  }

  /// Fills cells of a grid of `columns` by `rows` that covers an area: one element for each style.
  ///
  /// Cells are counted, not measured: whole numbers are short, and neighbours share their edges exactly.
  mutating func cells(_ runs: [(style: Style, cells: [CellRun])], columns: Int, rows: Int, in area: Rectangle) {
    let scale = [area.width / Double(columns), area.height / Double(rows)].map(Numerals.scale).joined(separator: " ")
    add("<g class=\"cells\" transform=\"translate(\(pair(Point(x: area.left, y: area.top)))) scale(\(scale))\">")
    for (style, cells) in runs where !cells.isEmpty {
      styles.use(style)
      let data = cells.map { "M\($0.column) \($0.row)h\($0.width)v\($0.height)h\(-$0.width)z" }.joined()
      add("<path class=\"\(style.name)\" d=\"\(data)\"/>")
    }
    add("</g>")
  }

  // MARK: Text of the elements

  private mutating func add(_ element: String) { elements += element + "\n" }

  private mutating func used(_ style: Style) -> String {
    styles.use(style)
    return style.name
  }

  private func attribute(_ clip: Clip?) -> String { clip.map { " clip-path=\"url(#\($0.identifier))\"" } ?? "" }

  private func attributes(_ rectangle: Rectangle) -> String {
    " x=\"\(number(rectangle.left))\" y=\"\(number(rectangle.top))\" "
      + "width=\"\(number(max(0, rectangle.width)))\" height=\"\(number(max(0, rectangle.height)))\""
  }

  private func path(_ points: [Point]) -> String {
    points.enumerated().map { ($0 == 0 ? "M" : "L") + pair($1) }.joined()
  }

  private func pair(_ point: Point) -> String { "\(number(point.x)) \(number(point.y))" }

  private func number(_ value: Double) -> String { Numerals.coordinate(value) }
}
