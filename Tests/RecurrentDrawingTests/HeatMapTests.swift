import Foundation
import RecurrentDrawing
import Testing

/// Cells have the colours and places of their values.
@Suite struct HeatMapTests {
  private func xml(_ part: any FigurePart, width: Double = 860) -> XML {
    XML(Figure("", width: width, parts: [part]).svg)
  }

  /// The rectangles of the cells by class: left, top, right, bottom.
  private func cells(_ drawing: XML) -> [String: [[Double]]] {
    var result: [String: [[Double]]] = [:]
    var transform: [Double] = []
    for element in drawing.elements {
      if element.name == "g", element.classes == ["cells"] {
        // translate(left top) scale(width height)
        transform = (element.attributes["transform"] ?? "").split { !"0123456789.-".contains($0) }.compactMap { Double($0) }
        #expect(transform.count == 4)
      }
      guard element.name == "path", transform.count == 4, element.classes.count == 1, element.classes[0] == "missing" || element.classes[0].dropFirst().allSatisfy(\.isNumber)
      else { continue }
      // M column row h width v height h -width z: five numbers a run.
      let numbers: [Double] = element.pathNumbers
      for start in stride(from: 0, to: numbers.count, by: 5) {
        let (left, top) = (transform[0] + transform[2] * numbers[start], transform[1] + transform[3] * numbers[start + 1])
        result[element.classes[0], default: []].append(
          [left, top, left + transform[2] * numbers[start + 2], top + transform[3] * numbers[start + 3]])
      }
    }
    return result
  }

  @Test func cellsHaveTheColourOfTheirValue() throws {
    let drawing = xml(
      HeatMap(
        values: [[0, 1], [0.5, .nan]], rows: ["up", "down"], columns: ["l", "r"], range: 0...1, rowHeight: 10,
        greatestColumnWidth: 20, hasColorBar: false))
    #expect(drawing.problem == nil)
    let cells = cells(drawing)
    #expect(Set(cells.keys) == ["a0", "a63", "a32", "missing"])
    let low = try #require(cells["a0"]?.first), high = try #require(cells["a63"]?.first)
    let middle = try #require(cells["a32"]?.first), none = try #require(cells["missing"]?.first)
    #expect(abs(high[0] - low[2]) < 0.02 && high[1] == low[1], "to the right of it")
    #expect(abs(middle[1] - low[3]) < 0.02 && middle[0] == low[0], "below it")
    #expect(none[0] == high[0] && none[1] == middle[1])
    #expect(abs(low[2] - low[0] - 20) < 0.02 && abs(low[3] - low[1] - 10) < 0.02)
    // The words stand at the middle of their columns.
    #expect(abs((drawing.text("r")?.number("x") ?? 0) - (high[0] + high[2]) / 2) < 0.02)
  }

  @Test func infiniteValuesHaveTheColoursOfTheEnds() {
    let cells = cells(
      xml(HeatMap(values: [[-.infinity, 0, .infinity]], colors: .diverging, range: -1...1, hasColorBar: false)))
    #expect(Set(cells.keys) == ["d0", "d32", "d64"])
  }

  @Test func divergingMapsHaveZeroInTheMiddle() {
    let cells = cells(xml(HeatMap(values: [[-1, 0, 4]], colors: .diverging, hasColorBar: false)))
    #expect(Set(cells.keys) == ["d24", "d32", "d64"])
  }

  @Test func rangesGoUpward() throws {
    let cells = cells(
      xml(HeatMap(values: [[0], [1]], rows: .range(0...1), columns: .range(0...1), hasColorBar: false)))
    let low = try #require(cells["a0"]?.first), high = try #require(cells["a63"]?.first)
    #expect(high[1] < low[1])
  }

  @Test func thousandsOfColumnsAreDrawnAsMeans() throws {
    let values = (0..<4).map { row in (0..<10_000).map { Double(($0 + row) % 2) } }
    let svg = Figure("", parts: [HeatMap(values: values, columns: .numbers(from: 0), range: 0...1)]).svg
    #expect(svg.utf8.count < 100_000)
    let drawing = XML(svg)
    #expect(drawing.problem == nil)
    #expect(drawing.texts.contains { $0.contains("mean of 1 × ") })
    // 860 less margins of 48 leave 812 pixels: groups of 13, of which 6 or 7 are 1.
    let even = HeatMap(values: [(0..<10_000).map { Double($0 % 2) }], range: 0...1, hasColorBar: false)
    #expect(Set(cells(xml(even)).keys).subtracting(["a29", "a34"]).count <= 1, "but for the rest at the end")
  }

  @Test func hugeMatricesStaySmallFiles() {
    let values = (0..<600).map { row in (0..<6000).map { sin(Double(row * 31 + $0 * $0)) } }
    let svg = Figure("", width: 2600, parts: [HeatMap(values: values, rowHeight: 1)]).svg
    #expect(XML(svg).problem == nil)
    #expect(svg.utf8.count < 4_000_000)
  }

  @Test func neighboursOfOneColourAreOneRectangle() {
    let cells = cells(
      xml(HeatMap(values: [[Double](repeating: 0.5, count: 500)], range: 0...1, hasColorBar: false)))
    #expect(cells.count == 1 && cells.values.first?.count == 1)
  }

  @Test(arguments: [[], [[]], [[1]], [[.nan]], [[1, 2], [3]], [[1e308, -1e308]]] as [[[Double]]])
  func anyMatrixMakesAPicture(values: [[Double]]) {
    for colors in ColorMap.allCases {
      for labels in [Labels.none, .numbers(from: 0), .names(["a"]), .range(0...1)] {
        let svg = Figure(
          "", parts: [HeatMap("t", values: values, rows: labels, columns: labels, colors: colors, texts: [["x"]])]).svg
        #expect(XML(svg).problem == nil)
        #expect(!svg.contains("nan") && !svg.contains("inf"))
      }
    }
    let images = Figure("", parts: [ImageGrid("t", images: [.init(values, caption: "c")]), ImageGrid(images: [])]).svg
    #expect(XML(images).problem == nil)
  }

  @Test func confusionMatricesSayTheirNumbers() {
    let drawing = xml(ConfusionMap(counts: [[12_345, 5], [0, 0]], labels: ["no", "yes"]))
    #expect(drawing.problem == nil)
    #expect(drawing.text("12,345") != nil && drawing.text("5") != nil)
    #expect(drawing.texts.filter { $0 == "0" }.count >= 2)
    #expect(drawing.texts.filter { $0 == "yes" }.count == 2)
    #expect(drawing.elements("title").map(\.text).contains("no as yes: 5 of 12,350"))
    // The row's share decides the colour; an empty row has none of it.
    let cells = cells(drawing)
    #expect(cells["a63"] != nil && cells["a0"] != nil)
    #expect(xml(ConfusionMap(counts: [], labels: [])).problem == nil)
  }

  @Test func labelsThatWouldTouchStandUprightOrAreLeftOut() {
    let words = (0..<400).map { "w\($0)" }
    let drawing = xml(HeatMap(values: [[Double](repeating: 0, count: 400)], columns: .names(words), hasColorBar: false))
    let upright = drawing.elements("text").filter { ($0.attributes["transform"] ?? "").hasPrefix("rotate(-90") }
    #expect(upright.count > 20 && upright.count < 100)
    let places = upright.compactMap { $0.number("x") }
    for (left, right) in zip(places, places.dropFirst()) { #expect(right - left >= 9) }
  }
}
