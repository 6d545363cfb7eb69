/// A report: one HTML file with text, tables and pictures that needs nothing beside it and no network.
///
/// It is XHTML too, follows the viewer's light or dark colours, and prints on white. Only one with sound or a film has a script.
///
/// ```swift
/// import RecurrentDrawing
///
/// var page = Page("What the gates do")
/// page.append(.paragraph("The forget gate is open most of the time."))
/// page.append(.table(Page.Table(["gate", "open"], [["forget", "0.61"]])))
/// page.append(.figure(Figure(parts: [HeatMap(values: [[0, 1], [1, 0]])]), caption: "Two units over two steps."))
/// let file = page.html
/// ```
public struct Page: Sendable {
  /// The title of the page.
  public var title: String
  /// The blocks of the page, in order.
  public private(set) var blocks: [Block]

  /// A page of the given blocks.
  public init(_ title: String, _ blocks: [Block] = []) {
    self.title = title
    self.blocks = blocks
  }

  /// Adds a block at the end.
  public mutating func append(_ block: Block) { blocks.append(block) }

  /// A part of a page.
  public enum Block: Sendable {
    /// The head of a section.
    case heading(String)
    /// Text; what stands between two backticks is set as code.
    case paragraph(String)
    /// Lines with a mark before each; backticks as in paragraphs.
    case list([String])
    /// An equation, line by line, as plain text with the signs of mathematics.
    case equation(String)
    /// What a program prints or reads, line by line.
    case code(String)
    /// A table with a caption under it.
    case table(Table, caption: String = "")
    /// A figure with a caption under it.
    case figure(Figure, caption: String = "")
    /// A picture again and again, each time with words under it and another layer over it.
    case panels(Panels)
    /// Pictures side by side, each with words under it.
    case gallery([Exhibit])
    /// A player of sound over a picture of it, with a caption under it.
    case sound(Sound, caption: String = "")
    /// Pictures that follow each other, under a slider, with a caption under them.
    case film(Film, caption: String = "")
    /// Words on the colours of their values, as they follow each other in a text, with `separator` between them.
    case words([Word], ColorMap, range: ClosedRange<Double>, separator: String = "")
  }

  /// A word and its value, for the colour.
  public struct Word: Sendable, Hashable {
    /// The word as it is shown.
    public var text: String
    /// The value of the word, which the range of its block turns into a colour.
    public var value: Double
    /// The tooltip; empty: none.
    public var tip: String
    /// Whether the word is underlined with dots.
    public var isMarked: Bool

    /// A word, with the space around it that the text has.
    public init(_ text: String, value: Double, tip: String = "", isMarked: Bool = false) {
      self.text = text
      self.value = value
      self.tip = tip
      self.isMarked = isMarked
    }
  }

  /// The page as an HTML document.
  public var html: String {
    var styles = StyleSheet()
    var (body, pictures) = ("", "")
    for (index, block) in blocks.enumerated() { if case .panels(let panels) = block { pictures += panels.style("p\(index)") } }
    for (index, block) in blocks.enumerated() { body += Self.html(block, index, &styles) }
    let hasSound = blocks.contains { if case .sound = $0 { true } else { false } }
    let hasFilm = blocks.contains { if case .film = $0 { true } else { false } }
    let script = (hasSound ? Sound.script : "") + (hasFilm ? Film.script : "")
    return """
      <!DOCTYPE html>
      <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <title>\(title.escaped)</title>
      <style>
      \(Self.style)\(styles.css)\(pictures)</style>
      </head>
      <body>
      <main>
      <h1>\(title.escaped)</h1>
      \(body)</main>
      \(script.isEmpty ? "" : "<script>\n\(script)</script>\n")</body>
      </html>

      """
  }

  private static func html(_ block: Block, _ index: Int, _ styles: inout StyleSheet) -> String {
    switch block {
    case .heading(let text): return "<h2>\(text.escaped)</h2>\n"
    case .paragraph(let text): return "<p>\(marked(text))</p>\n"
    case .list(let items): return "<ul>\n\(items.map { "<li>\(marked($0))</li>\n" }.joined())</ul>\n"
    case .equation(let text): return "<pre class=\"equation\">\(text.escaped)</pre>\n"
    case .code(let text): return "<pre>\(text.escaped)</pre>\n"
    case .table(let table, let caption): return "<figure>\n\(table.html)\(self.caption(caption))</figure>\n"
    case .figure(let figure, let caption):
      let drawn = figure.inline(prefix: "f\(index)-")
      styles.formUnion(drawn.styles)
      return "<figure>\n\(drawn.svg)\(self.caption(caption))</figure>\n"
    case .panels(let panels): return panels.html("p\(index)")
    case .gallery(let exhibits): return "<div class=\"panels\">\(exhibits.map(\.html).joined(separator: "\n"))</div>\n"
    case .sound(let sound, let caption): return sound.html("f\(index)-", caption: self.caption(caption), &styles)
    case .film(let film, let caption): return film.html(caption: self.caption(caption))
    case .words(let words, let colors, let range, let separator):
      let scale = ColorScale([], colors, range)
      let spans = words.map { word in
        let style = scale.style(word.value)
        styles.use(style)
        var name = style.name
        if let level = colors.level(at: scale.fraction(word.value)) {
          styles.use(colors.textStyle(level: level))
          name += " " + colors.textStyle(level: level).name
        }
        if word.isMarked { name += " marked" }
        let tip = word.tip.isEmpty ? "" : " title=\"\(word.tip.escaped)\""
        return "<span class=\"\(name)\"\(tip)>\(word.text.escaped)</span>"
      }
      return "<p class=\"words\">\(spans.joined(separator: separator.escaped))</p>\n"
    }
  }

  private static func caption(_ text: String) -> String {
    text.isEmpty ? "" : "<figcaption>\(marked(text))</figcaption>\n"
  }

  /// Escaped text in which pairs of backticks have become code; one without a partner stays.
  private static func marked(_ text: String) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false).map { String($0).escaped }
    var result = parts[0]
    for (index, part) in parts.enumerated().dropFirst() {
      let isCode = index % 2 == 1
      if isCode { result += index < parts.count - 1 ? "<code>\(part)</code>" : "`\(part)" } else { result += part }
    }
    return result
  }

  private static let style = """
    body{margin:0;background:#fff;color:#262c33;font:16px/1.55 \(StyleSheet.fonts)}
    main{max-width:900px;margin:0 auto;padding:24px 20px 60px}
    h1{font-size:26px;line-height:1.25;margin:16px 0}h2{font-size:19px;margin:36px 0 8px}
    figure{margin:20px 0;overflow-x:auto}figcaption{font-size:14px;color:#5d6672;margin-top:4px}
    svg{display:block;height:auto}
    table{border-collapse:collapse;font-size:15px}th,td{padding:4px 14px 4px 0;text-align:left;vertical-align:top}
    th{border-bottom:1px solid #aeb6c0;font-weight:600}td{border-bottom:1px solid #e3e7ec}
    .number{text-align:right;font-variant-numeric:tabular-nums}
    code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;font-size:14px}
    pre{background:#f4f6f8;padding:10px 14px;overflow-x:auto;border-radius:4px}
    .words{white-space:pre-wrap;line-height:1.9}.words span{padding:2px 1px}.words .marked{text-decoration:underline dotted}
    .panels{display:flex;flex-wrap:wrap;gap:12px;margin:20px 0}.panel{margin:0;width:160px;overflow:visible}
    .exhibit{margin:0;width:200px;overflow:visible;break-inside:avoid}.exhibit img{display:block;width:100%;border-radius:3px}
    .panels figcaption{overflow-wrap:anywhere}
    .view{width:100%;background-size:100% 100%;isolation:isolate;border-radius:3px;overflow:hidden;print-color-adjust:exact}
    .view img{display:block;width:100%;height:100%;mix-blend-mode:multiply}
    .sound audio{display:block;position:sticky;left:0;width:100%;margin-bottom:8px}.sound svg{cursor:pointer}
    .film img{image-rendering:pixelated;max-width:100%}.film img[hidden]{display:none}.film div{display:flex;gap:12px;align-items:center;margin-top:8px}
    .film input{flex:1;max-width:420px}.film output{font-size:14px;font-variant-numeric:tabular-nums}
    .cursor{stroke:#d0570a;stroke-width:1.5;pointer-events:none}
    @media print{body{font-size:14px}figure,table,pre{break-inside:avoid}h2{break-after:avoid}main{max-width:none}svg{max-width:100%}
    pre{white-space:pre-wrap;font-size:11px}.words span{print-color-adjust:exact}.sound audio,.cursor,.film div{display:none}}
    @media screen and (prefers-color-scheme:dark){
    body{background:#14181d;color:#d5dbe3}figcaption{color:#a0aab6}th{border-color:#4b545f}td{border-color:#2a3038}
    pre{background:#1d232a}.cursor{stroke:#f2935a}}

    """
}
