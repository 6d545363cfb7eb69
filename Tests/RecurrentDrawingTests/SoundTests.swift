import Foundation
import RecurrentDrawing
import Testing

/// Sound in pages, and words along its time.
@Suite struct SoundTests {
  private let words = SpanChart(
    "Words", axis: Axis("seconds", range: 0...10),
    spans: [.init("one", from: 1, to: 2), .init("two & three", from: 3, to: 3.1), .init("four", from: 3.15, to: 4), .init("last", from: 9.99, to: 12)])

  private var figure: Figure {
    Figure(
      width: 600, parts: [HeatMap(values: [[0, 1, 0.5]], rows: ["row"], columns: .range(0...10)), words])
  }

  @Test func wordsStandOverTheirTimes() throws {
    let drawing = XML(figure.svg)
    #expect(drawing.problem == nil)
    // Each bar has words for who points at it.
    let bars = drawing.elements("rect", class: "tip")
    let map = try #require(drawing.elements("rect", class: "frame").first), left = try #require(map.number("x")), width = try #require(map.number("width"))
    #expect(bars.count == 4)
    for (bar, (start, end)) in zip(bars, [(1.0, 2.0), (3, 3.1), (3.15, 4), (9.99, 10)]) {
      let x = try #require(bar.number("x")), length = try #require(bar.number("width"))
      #expect(abs(x - left - start / 10 * width) < 0.02 && abs(length - max(2, (end - start) / 10 * width)) < 0.02)
    }
    // Words that are near each other are not in one row; the last does not leave the picture.
    let heights = try ["one", "two & three", "four"].map { try #require(drawing.text($0)?.number("y")) }
    #expect(heights[0] == heights[1] && heights[2] > heights[1])
    #expect(try #require(drawing.text("last")?.number("x")) < left + width - 15)
    #expect(drawing.text("seconds") != nil)
  }

  @Test func wordsWithoutRoomAreBars() {
    let crowd = SpanChart(axis: Axis(range: 0...1), spans: (0..<40).map { SpanChart.Span("word \($0)", from: 0.5, to: 0.6) })
    let drawing = XML(Figure(parts: [crowd]).svg)
    #expect(drawing.texts.count { $0.hasPrefix("word") } == 12 && drawing.elements("rect", class: "tip").count == 40)
    #expect(XML(Figure(parts: [SpanChart(spans: [])]).svg).texts.contains("none"))
  }

  @Test func theAxisOfThePlayerIsThatOfThePicture() throws {
    let page = Page("Sound", [.sound(Page.Sound(wav: [1, 2, 3], range: 0...10, figure: figure), caption: "what `is` heard"), .figure(figure)])
    let document = XML(page.html)
    #expect(document.problem == nil)
    let view = try #require(document.elements("figure", class: "sound").first)
    let axis = try #require(view.attributes["data-axis"]).split(separator: " ").compactMap { Double($0) }
    let map = try #require(document.elements("rect", class: "frame").first), left = try #require(map.number("x")), width = try #require(map.number("width"))
    #expect(axis.count == 4 && abs(axis[0] - left) < 0.01 && abs(axis[1] - width) < 0.01 && axis[2...] == [0, 10])
    #expect(document.elements("audio").first?.attributes["src"] == "data:audio/wav;base64,AQID")
    // One script, whatever there is; the line only where there is sound.
    #expect(document.elements("script").count == 1 && document.elements("path", class: "cursor").count == 1)
    #expect(document.elements("figcaption").count == 1)
    let two = XML(Page("Two", page.blocks + page.blocks).html)
    #expect(two.elements("script").count == 1 && two.elements("path", class: "cursor").count == 2)
    #expect(XML(Page("None", [.figure(figure)]).html).elements("script").isEmpty)
  }

  /// Names beside rows stand in the middle of these; an axis that is not drawn has no ticks.
  @Test func namesHaveNoTicks() {
    func tickCount(_ rows: Labels) -> Int {
      let drawing = XML(Figure(parts: [HeatMap(values: [[0, 1], [1, 0]], rows: rows, columns: .range(0...1), hasColorBar: false)]).svg)
      return drawing.elements("path", class: "axis").reduce(0) { $0 + ($1.attributes["d"] ?? "").count { $0 == "M" } }
    }
    #expect(tickCount(["a", "b"]) > 0 && tickCount(["a", "b"]) < tickCount(.range(0...1)))
  }
}
