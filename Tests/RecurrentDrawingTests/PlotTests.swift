import Foundation
import RecurrentDrawing
import Testing

/// Lines, points, bands and bars are where they should be, whatever the data are.
@Suite struct PlotTests {
  private func xml(_ parts: any FigurePart..., columns: Int = 1) -> XML {
    XML(Figure("test", columns: columns, parts: parts).svg)
  }

  @Test func pointsLieWhereTheAxesSay() throws {
    let points = [Point(x: 0, y: 0), Point(x: 5, y: 20), Point(x: 10, y: 40)]
    let drawing = xml(
      Plot(
        x: Axis("time, s", range: 0...10), y: Axis("height, m", range: 0...40), height: 200,
        marks: [.points(points, symbol: .dot)]))
    #expect(drawing.problem == nil)
    let dots = drawing.elements("circle")
    #expect(dots.count == 3)
    let places = dots.map { (x: $0.number("cx") ?? .nan, y: $0.number("cy") ?? .nan) }
    // The numbers at the axes stand where the points with those values are: text is centred on its tick.
    func tick(_ label: String) -> Double? {
      drawing.elements("text").first { $0.text == label && $0.attributes["text-anchor"] == "middle" }?.number("x")
    }
    let zero = try #require(tick("0")), ten = try #require(tick("10"))
    #expect(abs(places[0].x - zero) < 0.02 && abs(places[2].x - ten) < 0.02)
    #expect(abs(places[1].x - (zero + ten) / 2) < 0.02)
    let forty = try #require(drawing.text("40")?.number("y"))
    #expect(abs(places[2].y + 4 - forty) < 0.02)
    #expect(abs(places[0].y - places[2].y - 200) < 0.02)
    #expect(abs(places[1].y - places[2].y - 100) < 0.02)
    #expect(drawing.text("time, s") != nil && drawing.text("height, m") != nil)
  }

  @Test func logarithmicAxesHaveEqualRatios() {
    let points = [1.0, 10, 100].map { Point(x: $0, y: $0) }
    let drawing = xml(
      Plot(
        x: Axis(scale: .logarithmic), y: Axis(scale: .logarithmic),
        marks: [.points(points + [Point(x: 0, y: 1), Point(x: 1, y: -1)], symbol: .dot)]))
    let places = drawing.elements("circle").map { ($0.number("cx") ?? .nan, $0.number("cy") ?? .nan) }
    #expect(places.count == 3, "what is not positive has no place")
    #expect(abs((places[1].0 - places[0].0) - (places[2].0 - places[1].0)) < 0.02)
    #expect(abs((places[1].1 - places[0].1) - (places[2].1 - places[1].1)) < 0.02)
  }

  @Test func linesAreInterruptedWhereThereIsNoNumber() {
    let values: [Double] = [1, 2, .nan, 4, .infinity, 6, 7, -Double.infinity, 9]
    let drawing = xml(Plot(marks: [.line(values.enumerated().map { Point(x: Double($0), y: $1) })]))
    #expect(drawing.problem == nil)
    #expect(drawing.elements("path", class: "line").count == 4)
  }

  @Test func bandsOfOneNameHaveTheColourOfTheirLine() throws {
    let points = (0..<5).map { Point(x: Double($0), y: Double($0)) }
    let drawing = xml(
      Plot(marks: [
        .line(points, name: "other"),
        .band(points.map { Interval(x: $0.x, low: $0.y - 1, high: $0.y + 1) }, name: "forecast"),
        .line(points, name: "forecast"),
      ]))
    let band = try #require(drawing.elements("path", class: "band").first?.classes.last)
    let lines = drawing.elements("path", class: "line").compactMap(\.classes.last)
    #expect(lines.contains("k" + band.dropFirst()))
    #expect(Set(lines).count == 2)
    #expect(drawing.texts.filter { $0 == "forecast" }.count == 1, "one entry in the legend")
  }

  @Test func colourIsNotAllThatTellsSeriesApart() {
    let drawing = xml(
      Plot(marks: (0..<4).map { line in .line([Point(x: 0, y: Double(line)), Point(x: 1, y: 2)], name: "\(line) th") }))
    let dashes = Set(drawing.elements("path", class: "line").map { $0.attributes["stroke-dasharray"] ?? "" })
    #expect(dashes.count == 4)
  }

  @Test(arguments: [
    [], [.nan], [.infinity, -.infinity], [3], [0, 0, 0], [1e300, -1e300], [.leastNonzeroMagnitude], (0..<20_000).map { sin(Double($0)) },
  ] as [[Double]])
  func anyDataMakeAPicture(values: [Double]) {
    let points = values.enumerated().map { Point(x: Double($0), y: $1) }
    for scale in [Axis.Scale.linear, .logarithmic] {
      let drawing = xml(
        Plot(
          "t", x: Axis("x"), y: Axis("y", scale: scale),
          marks: [
            .line(points, name: "line"), .points(points), .rule(y: values.first ?? 0, label: "rule"),
            .band(points.map { Interval(x: $0.x, low: $0.y - 1, high: $0.y) }), .text("word", at: Point(x: 0, y: 1)),
          ]),
        BarChart(categories: values.prefix(50).map { "\($0)" }, axis: Axis(scale: scale), bars: [.init(Array(values.prefix(50)))]))
      #expect(drawing.problem == nil)
      let svg = drawing.elements.flatMap { $0.attributes.values }.joined(separator: " ")
      #expect(!svg.contains("nan") && !svg.contains("inf"))
    }
    if !values.contains(where: \.isFinite) { #expect(xml(Plot(marks: [.line(points)])).text("no data") != nil) }
  }

  @Test func manyPointsAreThinnedToWhatIsSeen() throws {
    let points = (0..<100_000).map { Point(x: Double($0), y: $0 == 77_777 ? 100 : sin(Double($0))) }
    let drawing = xml(Plot(y: Axis(range: -1...100), height: 200, marks: [.line(points)]))
    let line = try #require(drawing.elements("path", class: "line").first)
    #expect(line.pathNumbers.count < 10_000)
    let heights = stride(from: 1, to: line.pathNumbers.count, by: 2).map { line.pathNumbers[$0] }
    let range = try #require(heights.max()) - (try #require(heights.min()))
    #expect(range > 199, "the single high point is still there")
  }

  @Test func numbersBesideAnAxisDoNotTouch() {
    for width in [120.0, 200, 400, 900] {
      let drawing = XML(
        Figure("", width: width, parts: [Plot(x: Axis(range: 0...123_456), marks: [])]).svg)
      let numbers = drawing.elements("text").filter { $0.attributes["text-anchor"] == "middle" && $0.text != "no data" }
        .map { (x: $0.number("x") ?? 0, half: Double($0.text.count) * 3.5) }.sorted { $0.x < $1.x }
      for (left, right) in zip(numbers, numbers.dropFirst()) { #expect(left.x + left.half < right.x - right.half) }
    }
  }

  @Test func curvesAreThinnedWithoutLosingTheirSpikes() {
    let samples = (0..<10_000).map { Point(x: Double($0), y: $0 == 5000 ? 99.0 : 1.0) } + [Point(x: 10_000, y: .nan)]
    let curve = ThinnedCurve(samples, limit: 100)
    #expect(curve.means.count == 100)
    #expect(curve.spreads.map(\.high).max() == 99)
    #expect(curve.spreads.allSatisfy { $0.low == 1 } && curve.means.allSatisfy(\.y.isFinite))
    #expect(curve.quantile(0.5) == 1)
    #expect(ThinnedCurve([], limit: 100).means.isEmpty)
    #expect(ThinnedCurve([], limit: 100).quantile(0.5) == nil)
  }

  @Test func barsReachTheirValues() throws {
    let drawing = xml(
      BarChart(categories: ["a", "b"], axis: Axis(range: -10...10), height: 200, bars: [.init([5, -10], name: "x")]))
    let bars = drawing.elements("rect").filter { $0.classes.count == 1 && $0.classes[0].hasPrefix("f") && $0.classes[0] != "frame" }
    #expect(bars.count == 2)
    #expect(bars.map { $0.number("height") ?? 0 } == [50, 100])
    let (up, down) = (bars[0], bars[1])
    #expect(abs((up.number("y") ?? 0) + 50 - (down.number("y") ?? 0)) < 0.02, "both begin at zero")
    #expect(drawing.text("a") != nil && drawing.text("5") != nil && drawing.text("−10") != nil)
  }

  @Test func partsOfAColumnBeginAtTheSamePlace() {
    let wide = Plot(y: Axis(range: 0...0.0001), marks: [.points([Point(x: 0, y: 0)], symbol: .dot)])
    let narrow = Plot(y: Axis(range: 0...1), marks: [.points([Point(x: 0, y: 0)], symbol: .dot)])
    let places = xml(wide, narrow).elements("circle").map { $0.number("cx") }
    #expect(places.count == 2 && places[0] == places[1])
  }
}
