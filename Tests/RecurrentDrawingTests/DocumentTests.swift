import Foundation
import RecurrentDrawing
import Testing

/// Whole files: escaped, self-contained, the same each time.
@Suite struct DocumentTests {
  private let nasty = "a <b> & \"c\" 'd' \u{1}\u{1B}[2J\u{FFFF} é 漢字 ]]>"
  private let clean = "a <b> & \"c\" 'd' \u{FFFD}\u{FFFD}[2J\u{FFFD} é 漢字 ]]>"

  private var figure: Figure {
    Figure(
      nasty, note: nasty, columns: 2,
      parts: [
        Plot(nasty, x: Axis(nasty), y: Axis(nasty), marks: [.line([Point(x: 0, y: 0), Point(x: 1, y: 1)], name: nasty)]),
        HeatMap(nasty, values: [[0, 1]], rows: .names([nasty]), columns: .names([nasty, "x"]), valueTitle: "v"),
        BarChart(nasty, categories: [nasty, "b"], bars: [.init([1, 2], name: nasty)]),
        ImageGrid(nasty, images: [.init([[1]], caption: "c")]),
      ])
  }

  private var page: Page {
    Page(
      nasty,
      [
        .heading(nasty), .paragraph(nasty + " `code <x>` and ` alone"), .list([nasty]), .equation(nasty), .code(nasty),
        .table(Page.Table([nasty, "n"], [[nasty, "1.5"], ["x", "−2"]]), caption: nasty), .figure(figure, caption: nasty),
        .figure(figure), .words(
          [.init(nasty, value: 0.4, tip: nasty, isMarked: true), .init("x", value: .nan)], .diverging, range: -1...1,
          separator: " "),
      ])
  }

  @Test func textIsEscapedEverywhere() {
    let drawing = XML(figure.svg)
    #expect(drawing.problem == nil)
    #expect(drawing.elements.first?.attributes["aria-label"] == clean)
    #expect(drawing.texts.filter { $0 == clean }.count >= 6)
    #expect(drawing.elements.allSatisfy { $0.name != "b" })
    let document = XML(page.html)
    #expect(document.problem == nil)
    #expect(document.elements("title").first?.text == clean)
    #expect(document.elements("h1").first?.text == clean && document.elements("h2").first?.text == clean)
    #expect(document.elements("pre").allSatisfy { $0.text == clean })
    #expect(document.elements("code").map(\.text) == ["code <x>"])
    #expect(document.elements("p").first?.text.contains("` alone") == true)
    let words = document.elements("span")
    #expect(words.map(\.text) == [clean, "x"] && words[0].attributes["title"] == clean && words[1].attributes["title"] == nil)
    #expect(words[0].classes.contains("marked") && words[1].classes == ["missing"])
    #expect(document.elements("td", class: "number").map(\.text) == ["1.5", "−2"])
  }

  @Test func filesNeedNothingBesideThem() {
    for text in [figure.svg, page.html] {
      for tag in ["<script", "<link", "src=", "href=", "@import", "url(http"] { #expect(!text.contains(tag)) }
      #expect(text.contains("@media screen and (prefers-color-scheme:dark)"))
    }
    #expect(page.html.hasPrefix("<!DOCTYPE html>\n"))
  }

  @Test func identifiersAreUniqueAndStylesThere() throws {
    let html = page.html
    let document = XML(html)
    let identifiers = document.elements.compactMap { $0.attributes["id"] }
    #expect(identifiers.count >= 2 && Set(identifiers).count == identifiers.count)
    for element in document.elements {
      if let clip = element.attributes["clip-path"] {
        #expect(identifiers.contains(String(clip.dropFirst(5).dropLast())))
      }
      // Every colour that is used is in the one style sheet of the page.
      for name in element.classes where name.first.map({ "adgkf".contains($0) }) == true && name.count > 1 {
        if name.dropFirst().allSatisfy(\.isHexDigit) { #expect(html.contains(".\(name){"), "\(name)") }
      }
    }
    #expect(document.elements("style").count == 1)
  }

  @Test func theSameFigureHasTheSameBytes() {
    let first = (figure.svg, page.html)
    for _ in 0..<3 { #expect(figure.svg == first.0 && page.html == first.1) }
  }

  @Test func numbersHaveAPointInEveryLocale() throws {
    // The C library's locale is the only one that formatting could follow without being asked.
    let old = setlocale(LC_ALL, nil).map { String(cString: $0) }
    defer { _ = setlocale(LC_ALL, old ?? "C") }
    let plot = Figure("", parts: [Plot(y: Axis(range: 0...0.5), marks: [.points([Point(x: 0.125, y: 0.25)])])])
    let expected = plot.svg
    for locale in ["de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"] where setlocale(LC_ALL, locale) != nil {
      #expect(plot.svg == expected)
    }
    #expect(XML(expected).texts.contains("0.5") || XML(expected).texts.contains("0.50"))
  }

  @Test func everythingLiesWithinThePage() throws {
    let drawing = XML(figure.svg)
    let root = try #require(drawing.elements.first)
    let width = try #require(root.number("width")), height = try #require(root.number("height"))
    for text in drawing.elements("text") {
      let x = try #require(text.number("x")), y = try #require(text.number("y"))
      #expect(x >= 0 && x <= width && y >= 0 && y <= height, "\(text.text) is at \(x), \(y)")
    }
  }

  @Test func emptyFiguresAndPagesAreFiles() {
    #expect(XML(Figure(parts: []).svg).problem == nil)
    #expect(XML(Page("", []).html).problem == nil)
    #expect(XML(Page("t", [.table(Page.Table([], []))]).html).problem == nil)
  }

  @Test func lightnessIsMonotoneAlongTheMaps() {
    // Read back from the style sheet: what print and colour-blind readers have is lightness alone.
    for colors in [ColorMap.sequential, .gray] {
      let values = (0..<64).map { Double($0) / 63 }
      let svg = Figure("", parts: [HeatMap(values: [values], colors: colors, range: 0...1)]).svg
      let parts = svg.components(separatedBy: "@media")
      for (sheet, sign) in [(parts[0], -1.0), (parts[1], 1.0)] {
        let prefix = colors == .gray ? "g" : "a"
        let levels = (0..<64).map { level -> Double in
          guard let rule = sheet.range(of: ".\(prefix)\(level){fill:#") else { return .nan }
          let code = Int(sheet[rule.upperBound...].prefix(6), radix: 16) ?? 0
          let channels = [code >> 16 & 0xFF, code >> 8 & 0xFF, code & 0xFF].map { pow(Double($0) / 255, 2.2) }
          return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
        }
        for (a, b) in zip(levels, levels.dropFirst()) { #expect(sign * (b - a) >= 0, "\(colors)") }
        #expect(abs(levels[63] - levels[0]) > 0.6)
      }
    }
  }
}
