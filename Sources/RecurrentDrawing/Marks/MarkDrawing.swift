/// Marks on their way to the canvas: in their places, cut at the plot's edges, thinned to what can be seen.
struct MarkDrawing {
  let marks: [Mark]
  let x: Axis
  let y: Axis
  let grid: Grid
  let area: Rectangle

  func draw(on canvas: inout Canvas) {
    // A little more than the plot, so that lines along its edge are whole.
    let clip = canvas.clip(
      Rectangle(left: area.left - 1, top: area.top - 2, width: area.width + 2, height: area.height + 4))
    let series = Series.grouped(marks)
    var unnamed = series.filter { $0.name == nil }[...]
    for mark in marks where mark.isSeries {
      let own = mark.name == nil ? unnamed.popFirst() : series.first { $0.name == mark.name }
      if let own { draw(mark, own, clip, on: &canvas) }
    }
    for mark in marks { annotate(mark, on: &canvas) }
  }

  private func draw(_ mark: Mark, _ series: Series, _ clip: Canvas.Clip, on canvas: inout Canvas) {
    switch mark.shape {
    case .line(let points, let width, let style):
      for run in runs(points) {
        canvas.line(
          Self.thinned(run), ink: mark.ink ?? series.ink, width: width, dashes: style.dashes(series: series.index),
          clippedTo: clip)
      }
    case .band(let intervals):
      let upper = runs(intervals.map { Point(x: $0.x, y: bounded($0.high, other: $0.low)) })
      let lower = runs(intervals.map { Point(x: $0.x, y: bounded($0.low, other: $0.high)) })
      for (high, low) in zip(upper, lower) {
        canvas.area(high + low.reversed(), ink: mark.ink ?? series.ink, isFaint: true, clippedTo: clip)
      }
    case .points(let points, let symbol, let radius):
      let shown = runs(points).joined().filter {
        $0.x >= area.left - 1 && $0.x <= area.right + 1 && $0.y >= area.top - 1 && $0.y <= area.bottom + 1
      }
      canvas.points(Array(shown), series.symbol(symbol), ink: mark.ink ?? series.ink, radius: radius)
    case .rule, .text: break
    }
  }

  /// One end of an interval, where the other can be shown and it cannot, as a number that is out of the picture:
  /// both lines of a band must be interrupted at the same places.
  private func bounded(_ value: Double, other: Double) -> Double {
    guard y.shows(other) else { return .nan }
    if y.shows(value) { return value }
    if value.isNaN { return .nan }
    return value > 0 ? grid.yTicks.range.upperBound : grid.yTicks.range.lowerBound
  }

  private func annotate(_ mark: Mark, on canvas: inout Canvas) {
    switch mark.shape {
    case .rule(let isVertical, let value, let label):
      guard isVertical ? x.shows(value) : y.shows(value) else { return }
      let place = grid.place(Point(x: isVertical ? value : 1, y: isVertical ? 1 : value), in: area)
      if isVertical, place.x >= area.left - 1, place.x <= area.right + 1 {
        canvas.lines([(Point(x: place.x, y: area.top), Point(x: place.x, y: area.bottom))], name: "rule")
        let isRight = place.x > area.left + area.width * 0.7
        canvas.text(
          label, at: Point(x: place.x + (isRight ? -5 : 5), y: area.top + 13), anchor: isRight ? .end : .start,
          hasHalo: true)
      } else if !isVertical, place.y >= area.top - 1, place.y <= area.bottom + 1 {
        canvas.lines([(Point(x: area.left, y: place.y), Point(x: area.right, y: place.y))], name: "rule")
        canvas.text(
          label, at: Point(x: area.right - 4, y: place.y < area.top + 16 ? place.y + 14 : place.y - 5), anchor: .end,
          hasHalo: true)
      }
    case .text(let text, let point):
      guard x.shows(point.x), y.shows(point.y) else { return }
      let place = grid.place(point, in: area)
      let isRight = place.x > area.left + area.width * 0.6
      let isHigh = place.y < area.top + 24
      canvas.text(
        text, at: Point(x: place.x + (isRight ? -4 : 4), y: min(place.y + (isHigh ? 22 : -11), area.bottom - 4)), .strong,
        anchor: isRight ? .end : .start, hasHalo: true, ink: mark.ink)
    case .line, .band, .points: break
    }
  }

  /// The stretches of points that can be shown, in their places.
  private func runs(_ points: [Point]) -> [[Point]] {
    points.split { !x.shows($0.x) || !y.shows($0.y) }.map { $0.map { grid.place($0, in: area) } }
  }

  /// Of many points over one pixel the first, the lowest, the highest and the last: the picture is the same.
  static func thinned(_ points: [Point]) -> [Point] {
    guard points.count > 1000 else { return points }
    var result: [Point] = []
    var start = 0
    while start < points.count {
      let column = points[start].x.rounded(.down)
      var end = start
      while end < points.count, points[end].x.rounded(.down) == column { end += 1 }
      let group = points[start..<end]
      if group.count > 4 {
        let extremes = [
          group.indices.min { points[$0].y < points[$1].y } ?? start,
          group.indices.max { points[$0].y < points[$1].y } ?? start,
        ]
        result += Set([start, end - 1] + extremes).sorted().map { points[$0] }
      } else {
        result += group
      }
      start = end
    }
    return result
  }
}
