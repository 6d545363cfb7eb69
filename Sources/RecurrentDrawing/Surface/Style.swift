/// A class of the style sheet: what it is on white paper, and on a dark screen.
struct Style: Sendable, Hashable {
  let name: String
  let light: String
  let dark: String

  init(_ name: String, light: String, dark: String) {
    self.name = name
    self.light = light
    self.dark = dark
  }

  /// Lines in a colour.
  static func stroke(_ ink: Ink) -> Style {
    Style("k" + ink.light.css.dropFirst(), light: "stroke:\(ink.light.css)", dark: "stroke:\(ink.dark.css)")
  }

  /// Areas and text in a colour.
  static func fill(_ ink: Ink) -> Style {
    Style("f" + ink.light.css.dropFirst(), light: "fill:\(ink.light.css)", dark: "fill:\(ink.dark.css)")
  }
}

/// The style sheet of drawings and pages: what all have, and the styles that are used.
struct StyleSheet: Sendable {
  private var used: [String: Style] = [:]

  init() {}

  /// Notes that a style is used.
  mutating func use(_ style: Style) { used[style.name] = style }

  /// Notes what `other` uses.
  mutating func formUnion(_ other: StyleSheet) { used.merge(other.used) { old, _ in old } }

  /// The rules, in an order that depends on what is used alone.
  var css: String {
    let styles = used.values.sorted { $0.name < $1.name }
    // Paper is white: a printed page is light whatever the screen is. Styles come after what all have, and win.
    return Self.base + styles.map { ".\($0.name){\($0.light)}" }.joined()
      + "\n@media screen and (prefers-color-scheme:dark){\n" + Self.darkBase
      + styles.map { ".\($0.name){\($0.dark)}" }.joined() + "\n}\n"
  }

  static let fonts = #"system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif"#

  private static let base = """
    svg text{font-family:\(fonts);fill:#3b434d;font-size:12px}
    .page{fill:#fff}.frame{fill:none;stroke:#aeb6c0;stroke-width:1}
    .head{font-weight:600}svg .head{font-size:17px}.title{font-weight:600}svg .title{font-size:13px}.strong{font-weight:600}
    .label,.small{fill:#5d6672}svg .small{font-size:10px}
    .halo{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}
    .grid{stroke:#e3e7ec;stroke-width:1;fill:none}.axis{stroke:#8b95a1;stroke-width:1;fill:none}
    .rule{stroke:#5d6672;stroke-width:1;stroke-dasharray:5 4;fill:none}
    .error{stroke:#262c33;stroke-width:1.5;fill:none}
    .line{fill:none;stroke-linejoin:round;stroke-linecap:round}
    .band{stroke:none;opacity:.2}.ring{fill:none;stroke-width:1.5}
    .tip{fill:none;pointer-events:all}.cells{shape-rendering:crispEdges}

    """

  private static let darkBase = """
    svg text{fill:#d5dbe3}.page{fill:#14181d}.frame{stroke:#4b545f}.halo{stroke:#14181d}
    .label,.small{fill:#a0aab6}.grid{stroke:#2a3038}.axis{stroke:#6b7480}.rule{stroke:#a0aab6}.error{stroke:#d5dbe3}

    """
}
