/// The two axes of a plot, with lines at round numbers.
struct Grid {
  private let x: Axis
  private let y: Axis
  let xTicks: AxisTicks
  let yTicks: AxisTicks

  init(
    x: Axis, y: Axis, xData: ClosedRange<Double>?, yData: ClosedRange<Double>?, width: Double, height: Double,
    isWidened: Bool = true
  ) {
    self.x = x
    self.y = y
    yTicks = y.ticks(for: yData, count: max(2, Int(height / 46)), isWidened: isWidened)
    var count = max(1, Int(width / 70))
    var ticks = x.ticks(for: xData, count: count, isWidened: false)
    // Fewer numbers where they would touch each other.
    while count > 1, Self.labelsTouch(ticks, width: width) {
      count -= 1
      ticks = x.ticks(for: xData, count: count, isWidened: false)
    }
    xTicks = ticks
  }

  private static func labelsTouch(_ ticks: AxisTicks, width: Double) -> Bool {
    var last = -Double.infinity
    for value in ticks.values {
      let (center, half) = (ticks.fraction(value) * width, Self.width(ticks.label(value)) / 2)
      if center - half < last + 14 { return true }
      last = center + half
    }
    return false
  }

  private static func width(_ label: String) -> Double { TextWidth.of(label, size: Canvas.TextRole.label.size) }

  /// The room on the left for numbers.
  var leftLabelWidth: Double { y.hasLabels ? (yTicks.labels.map(Self.width).max() ?? 0) + 10 : 2 }

  /// The width of the widest number below.
  var bottomLabelWidth: Double { x.hasLabels ? xTicks.labels.map(Self.width).max() ?? 0 : 0 }

  /// The room below for numbers and the title.
  var below: Double { (x.hasLabels ? 20 : 4) + (x.title.isEmpty ? 0 : 18) }

  /// Where a point of the data is in an area.
  func place(_ point: Point, in area: Rectangle) -> Point {
    Point(
      x: area.left + xTicks.fraction(point.x) * area.width, y: area.bottom - yTicks.fraction(point.y) * area.height)
  }

  /// Draws lines and labels.
  func draw(in area: Rectangle, on canvas: inout Canvas, hasLines: Bool = true) {
    func height(_ value: Double) -> Double { area.bottom - yTicks.fraction(value) * area.height }
    func place(_ value: Double) -> Double { area.left + xTicks.fraction(value) * area.width }
    if hasLines {
      let across = yTicks.values.map {
        (Point(x: area.left, y: height($0)), Point(x: area.right, y: height($0)))
      }
      let upward = xTicks.values.map { (Point(x: place($0), y: area.top), Point(x: place($0), y: area.bottom)) }
      canvas.lines(across + upward, name: "grid")
      canvas.lines(
        yTicks.minorValues.map { (Point(x: area.left - 4, y: height($0)), Point(x: area.left, y: height($0))) }
          + xTicks.minorValues.map { (Point(x: place($0), y: area.bottom), Point(x: place($0), y: area.bottom + 4)) },
        name: "axis")
    } else {
      // An axis without numbers has names in their place, which stand elsewhere.
      canvas.lines(
        (y.hasLabels ? yTicks.values : []).map { (Point(x: area.left - 4, y: height($0)), Point(x: area.left, y: height($0))) }
          + (x.hasLabels ? xTicks.values : []).map { (Point(x: place($0), y: area.bottom), Point(x: place($0), y: area.bottom + 4)) },
        name: "axis")
    }
    if y.hasLabels {
      for value in yTicks.values {
        canvas.text(yTicks.label(value), at: Point(x: area.left - 8, y: height(value) + 4), anchor: .end)
      }
    }
    if x.hasLabels {
      for value in xTicks.values {
        canvas.text(xTicks.label(value), at: Point(x: place(value), y: area.bottom + 17), anchor: .middle)
      }
    }
    canvas.text(x.title, at: Point(x: area.right, y: area.bottom + below - 3), anchor: .end)
  }
}
