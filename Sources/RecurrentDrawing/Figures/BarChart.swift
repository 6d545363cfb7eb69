/// Bars: one number for each category, or several beside each other.
///
/// ```swift
/// import RecurrentDrawing
///
/// let chart = BarChart(
///   "Accuracy", categories: ["IMDB", "MR"], axis: Axis("accuracy, %"),
///   bars: [
///     BarChart.Bars([88.1, 77.0], name: "LSTM"),
///     BarChart.Bars([86.9, 75.8], name: "bag of words"),
///   ])
/// let svg = Figure("Text classification", parts: [chart]).svg
/// ```
public struct BarChart: FigurePart {
  /// The bars of one colour.
  public struct Bars: Sendable {
    /// The value of each category; NaN where there is none.
    public var values: [Double]
    /// The name of the bars in the legend; empty: no entry.
    public var name: String
    /// The half-length of the error bar of each category, in units of the axis; empty: no error bars.
    public var errors: [Double]
    /// The colour of the bars; nil: the next colour of the series.
    public var ink: Ink?

    /// Bars of the given lengths.
    public init(_ values: [Double], name: String = "", errors: [Double] = [], ink: Ink? = nil) {
      self.values = values
      self.name = name
      self.errors = errors
      self.ink = ink
    }
  }

  /// The title above the chart; empty: none.
  public var title: String
  /// The name of each group of bars.
  public var categories: [String]
  /// The axis of the values.
  public var axis: Axis
  /// Whether bars grow to the right, which leaves room for long names. Otherwise they grow upward.
  public var isHorizontal: Bool
  /// Whether each bar's value stands at its end.
  public var hasNumbers: Bool
  /// The height of the plot where bars grow upward, in pixels.
  public var height: Double
  /// The bars, beside each other in each category.
  public var bars: [Bars]

  /// A bar chart of the given bars.
  public init(
    _ title: String = "", categories: [String], axis: Axis = Axis(), isHorizontal: Bool = false,
    hasNumbers: Bool = true, height: Double = 220, bars: [Bars]
  ) {
    self.title = title
    self.categories = categories
    self.axis = axis
    self.isHorizontal = isHorizontal
    self.hasNumbers = hasNumbers
    self.height = height
    self.bars = bars
  }

  private static let barHeight = 18.0
  private static let longestName = 260.0

  public var sides: (left: Double, right: Double) {
    if isHorizontal {
      let names = categories.map { TextWidth.of($0, size: 12) }.max() ?? 0
      return (min(names, Self.longestName) + 12, hasNumbers ? 48 : 16)
    }
    return ((ticks.labels.map { TextWidth.of($0, size: 12) }.max() ?? 0) + 10, 8)
  }

  public func extent(width: Double) -> PartExtent {
    let heading = heading(width: width).height
    guard isHorizontal else {
      return PartExtent(above: heading + 8, height: height, below: Self.labels(categories, width).height)
    }
    let group = Self.barHeight * Double(max(1, bars.count)) + 10
    return PartExtent(
      above: heading, height: max(group * Double(categories.count), 40), below: axis.title.isEmpty ? 22 : 40)
  }

  public func draw(in area: Rectangle, on canvas: inout Canvas) {
    heading(width: area.width).draw(
      over: Rectangle(left: area.left, top: area.top - (isHorizontal ? 0 : 8), width: area.width, height: area.height),
      on: &canvas)
    drawAxis(in: area, on: &canvas)
    guard !categories.isEmpty, !bars.isEmpty else {
      canvas.text(
        "no data", at: Point(x: area.left + area.width / 2, y: area.top + area.height / 2 + 4), anchor: .middle)
      return
    }
    let room = (isHorizontal ? area.height : area.width) / Double(categories.count)
    let thickness = isHorizontal ? Self.barHeight : min(56, room * 0.8 / Double(bars.count))
    for (index, bars) in bars.enumerated() {
      for category in categories.indices where category < bars.values.count {
        let center =
          (Double(category) + 0.5) * room + (Double(index) + 0.5 - Double(self.bars.count) / 2) * thickness
        drawBar(bars, category, ink: ink(index), center: center, thickness: thickness, in: area, on: &canvas)
      }
    }
    if !isHorizontal {
      Self.labels(categories, area.width).draw(under: area, on: &canvas)
    } else {
      for (index, category) in categories.enumerated() {
        canvas.text(
          TextWidth.fitted(category, size: 12, width: Self.longestName),
          at: Point(x: area.left - 8, y: area.top + (Double(index) + 0.5) * room + 4), anchor: .end)
      }
    }
  }

  // MARK: Parts

  private func ink(_ index: Int) -> Ink { bars[index].ink ?? Ink.series[index % Ink.series.count] }

  private func heading(width: Double) -> Heading {
    let named = bars.indices.filter { !bars[$0].name.isEmpty }
    let series = Series.grouped(
      named.map { .points([], name: bars[$0].name, ink: ink($0), symbol: .square, radius: 6) })
    return Heading(title: title, axis: isHorizontal ? "" : axis.title, series: series, width: width)
  }

  private var ticks: AxisTicks {
    let all = bars.flatMap { bars in
      bars.values.enumerated().flatMap { index, value in
        let error = index < bars.errors.count && bars.errors[index].isFinite ? abs(bars.errors[index]) : 0
        return [value - error, value + error, value]
      }
    }.filter(axis.shows)
    var data: ClosedRange<Double>?
    if let low = all.min(), let high = all.max() {
      data = axis.scale == .linear ? min(0, low)...max(0, high) : low...high
    }
    return axis.ticks(for: data, count: isHorizontal ? 5 : max(2, Int(height / 46)), isWidened: true)
  }

  private static func labels(_ categories: [String], _ width: Double) -> ColumnLabels {
    ColumnLabels(labels: .names(categories), count: categories.count, width: width, role: .label)
  }

  private func drawAxis(in area: Rectangle, on canvas: inout Canvas) {
    let ticks = ticks
    for value in ticks.values {
      if isHorizontal {
        let x = area.left + ticks.fraction(value) * area.width
        canvas.lines([(Point(x: x, y: area.top), Point(x: x, y: area.bottom))], name: "grid")
        canvas.text(ticks.label(value), at: Point(x: x, y: area.bottom + 17), anchor: .middle)
      } else {
        let y = area.bottom - ticks.fraction(value) * area.height
        canvas.lines([(Point(x: area.left, y: y), Point(x: area.right, y: y))], name: "grid")
        canvas.text(ticks.label(value), at: Point(x: area.left - 8, y: y + 4), anchor: .end)
      }
    }
    if isHorizontal { canvas.text(axis.title, at: Point(x: area.right, y: area.bottom + 36), anchor: .end) }
  }

  private func drawBar(
    _ bars: Bars, _ category: Int, ink: Ink, center: Double, thickness: Double, in area: Rectangle,
    on canvas: inout Canvas
  ) {
    let ticks = ticks
    let value = bars.values[category]
    func fraction(_ value: Double) -> Double { min(max(ticks.fraction(value), 0), 1) }
    let base = axis.scale == .linear ? fraction(0) : 0
    guard axis.shows(value) else {
      let start = isHorizontal ? Point(x: area.left + base * area.width + 5, y: area.top + center + 4)
        : Point(x: area.left + center, y: area.bottom - base * area.height - 5)
      canvas.text("–", at: start, anchor: isHorizontal ? .start : .middle)
      return
    }
    let end = fraction(value)
    let (low, high) = (min(base, end), max(base, end))
    let shown = thickness > 4 ? thickness - 2 : thickness
    canvas.rectangle(
      isHorizontal
        ? Rectangle(
          left: area.left + low * area.width, top: area.top + center - shown / 2, width: (high - low) * area.width,
          height: shown)
        : Rectangle(
          left: area.left + center - shown / 2, top: area.bottom - high * area.height, width: shown,
          height: (high - low) * area.height), ink: ink)
    var reach = end
    if category < bars.errors.count, bars.errors[category].isFinite {
      let error = abs(bars.errors[category])
      let ends = [value - error, value + error].map { axis.shows($0) ? fraction($0) : 0 }
      canvas.lines(
        [
          isHorizontal
            ? (
              Point(x: area.left + ends[0] * area.width, y: area.top + center),
              Point(x: area.left + ends[1] * area.width, y: area.top + center)
            )
            : (
              Point(x: area.left + center, y: area.bottom - ends[0] * area.height),
              Point(x: area.left + center, y: area.bottom - ends[1] * area.height)
            )
        ], name: "error")
      reach = value < 0 ? min(reach, ends[0]) : max(reach, ends[1])
    }
    let number = Numerals.significant(value)
    guard hasNumbers, isHorizontal || TextWidth.of(number, size: 10) <= thickness + 6 else { return }
    let point =
      isHorizontal
      ? Point(x: area.left + reach * area.width + (value < 0 ? -4 : 4), y: area.top + center + 4)
      : Point(x: area.left + center, y: area.bottom - reach * area.height + (value < 0 ? 12 : -4))
    canvas.text(number, at: point, .small, anchor: isHorizontal ? (value < 0 ? .end : .start) : .middle, hasHalo: true)
  }
}
