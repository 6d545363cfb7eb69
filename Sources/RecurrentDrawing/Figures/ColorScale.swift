/// Which colour a value has.
struct ColorScale: Sendable {
  let colors: ColorMap
  /// What the ends of the map mean.
  let range: ClosedRange<Double>
  /// Whether some value is none.
  let hasMissing: Bool

  init(_ values: [[Double]], _ colors: ColorMap, _ range: ClosedRange<Double>?) {
    self.colors = colors
    let columns = values.map(\.count).max() ?? 0
    hasMissing = values.contains { $0.count < columns || $0.contains(where: \.isNaN) }
    if let range, range.upperBound > range.lowerBound {
      self.range = range
      return
    }
    var (low, high) = (Double.infinity, -Double.infinity)
    for row in values {
      for value in row where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
    }
    if !(low <= high) { (low, high) = (0, 1) }
    if colors == .diverging {
      let reach = max(abs(low), abs(high), 1e-300)
      (low, high) = (-reach, reach)
    }
    if !(high > low) { (low, high) = (low - max(abs(low), 1) / 2, high + max(abs(high), 1) / 2) }
    self.range = low...high
  }

  /// Where on the map a value is, NaN for one that is none.
  func fraction(_ value: Double) -> Double {
    if value.isInfinite { return value > 0 ? 1 : 0 }
    // Halves, because the difference of two numbers need not be one.
    let extent = range.upperBound / 2 - range.lowerBound / 2
    return (value / 2 - range.lowerBound / 2) / extent
  }

  /// The style of a value's cell.
  func style(_ value: Double) -> Style {
    colors.level(at: fraction(value)).map { colors.style(level: $0) } ?? ColorMap.missing
  }
}

/// What the colours of a map mean: a bar with numbers, to the right of it.
struct ColorBar {
  let scale: ColorScale
  let title: String
  let height: Double

  private static let thickness = 12.0

  private var ticks: AxisTicks {
    AxisTicks(covering: scale.range, count: height < 90 ? 2 : 4, widening: false)
  }

  /// The room that it needs.
  var width: Double {
    let missing = scale.hasMissing ? TextWidth.of("no value", size: 10) : 0
    return Self.thickness + 6 + max(labelWidth + (title.isEmpty ? 0 : 16), missing)
  }

  private var labelWidth: Double { ticks.labels.map { TextWidth.of($0, size: 10) }.max() ?? 0 }

  func draw(right left: Double, top: Double, on canvas: inout Canvas) {
    let bar = Rectangle(left: left, top: top, width: Self.thickness, height: height)
    let count = scale.colors.levelCount
    for level in 0..<count {
      let cell = height / Double(count)
      canvas.cell(
        Rectangle(left: left, top: bar.bottom - Double(level + 1) * cell, width: bar.width, height: cell),
        scale.colors.style(level: level))
    }
    canvas.frame(bar)
    let ticks = ticks
    for value in ticks.values {
      let y = bar.bottom - ticks.fraction(value) * height
      canvas.lines([(Point(x: bar.right, y: y), Point(x: bar.right + 3, y: y))], name: "axis")
      canvas.text(
        ticks.label(value), at: Point(x: bar.right + 6, y: min(max(y + 3.5, bar.top + 7), bar.bottom)), .small)
    }
    if !title.isEmpty {
      let x = bar.right + 6 + labelWidth + 13
      canvas.text(
        TextWidth.fitted(title, size: 10, width: max(height, 60)), at: Point(x: x, y: bar.top + height / 2), .small,
        anchor: .middle, isVertical: true)
    }
    guard scale.hasMissing else { return }
    let y = bar.bottom + 8
    canvas.cell(Rectangle(left: left, top: y, width: Self.thickness, height: 10), ColorMap.missing)
    canvas.text("no value", at: Point(x: bar.right + 6, y: y + 9), .small)
  }
}
