/// What a plot shows: lines, bands, points, rules and words.
///
/// Marks of the same name are one series: they have the same colour and one entry in the legend. A mark without a name
/// has a colour of its own and no entry.
///
/// ```swift
/// import RecurrentDrawing
///
/// let measured = [Point(x: 1, y: 2.1), Point(x: 2, y: 1.4), Point(x: 3, y: 1.2)]
/// let plot = Plot(
///   marks: [
///     .band(measured.map { Interval(x: $0.x, low: $0.y - 0.2, high: $0.y + 0.2) }, name: "GRU"),
///     .line(measured, name: "GRU"),
///     .rule(y: 1, label: "chance"),
///     .text("best", at: measured[2]),
///   ])
/// ```
public struct Mark: Sendable {
  let shape: Shape
  let name: String?
  let ink: Ink?

  enum Shape: Sendable {
    case line([Point], width: Double, LineStyle)
    case band([Interval])
    case points([Point], Symbol?, radius: Double)
    case rule(isVertical: Bool, at: Double, label: String)
    case text(String, at: Point)
  }

  /// A line through points, from the first to the last. Where a number is NaN or infinite the line is interrupted.
  public static func line(
    _ points: [Point], name: String? = nil, ink: Ink? = nil, width: Double = 2, style: LineStyle = .automatic
  ) -> Mark {
    Mark(shape: .line(points, width: width, style), name: name, ink: ink)
  }

  /// An area from a lower to an upper line: an uncertainty, or the spread of several runs.
  public static func band(_ intervals: [Interval], name: String? = nil, ink: Ink? = nil) -> Mark {
    Mark(shape: .band(intervals), name: name, ink: ink)
  }

  /// Separate points.
  ///
  /// - Parameter symbol: The form of the points; nil: a different one for each series.
  public static func points(
    _ points: [Point], name: String? = nil, ink: Ink? = nil, symbol: Symbol? = nil, radius: Double = 3
  ) -> Mark {
    Mark(shape: .points(points, symbol, radius: radius), name: name, ink: ink)
  }

  /// A broken line across the plot at a height, with a label at its end.
  public static func rule(y: Double, label: String = "") -> Mark {
    Mark(shape: .rule(isVertical: false, at: y, label: label), name: nil, ink: nil)
  }

  /// A broken line from top to bottom at a place, with a label at its upper end.
  public static func rule(x: Double, label: String = "") -> Mark {
    Mark(shape: .rule(isVertical: true, at: x, label: label), name: nil, ink: nil)
  }

  /// Text beside a point.
  public static func text(_ text: String, at point: Point, ink: Ink? = nil) -> Mark {
    Mark(shape: .text(text, at: point), name: nil, ink: ink)
  }

  /// Whether it takes one of the colours that series get in turn.
  var isSeries: Bool {
    switch shape {
    case .line, .band, .points: true
    case .rule, .text: false
    }
  }

  /// The values that the axes must cover; words and rules stretch no axis beyond their own place.
  var extent: [Point] {
    switch shape {
    case .line(let points, _, _), .points(let points, _, _): points
    case .band(let intervals): intervals.flatMap { [Point(x: $0.x, y: $0.low), Point(x: $0.x, y: $0.high)] }
    case .rule(let isVertical, let value, _):
      [isVertical ? Point(x: value, y: .nan) : Point(x: .nan, y: value)]
    case .text(_, let point): [point]
    }
  }
}

/// A vertical interval at a place on the horizontal axis.
public struct Interval: Sendable, Hashable {
  /// The place on the horizontal axis.
  public var x: Double
  /// The lower end.
  public var low: Double
  /// The upper end.
  public var high: Double

  /// The interval with the given ends.
  public init(x: Double, low: Double, high: Double) {
    self.x = x
    self.low = low
    self.high = high
  }
}

/// How a line is broken. Strokes as well as colours tell series apart, so that print without colour can be read.
public enum LineStyle: Sendable, Hashable {
  /// A different style for each series.
  case automatic
  case solid, dashed, dotted, dashDotted

  /// The lengths of strokes and gaps of a series' line.
  func dashes(series: Int) -> [Double] {
    switch self {
    case .automatic: [LineStyle.solid, .dashed, .dotted, .dashDotted][series % 4].dashes(series: series)
    case .solid: []
    case .dashed: [8, 5]
    case .dotted: [1, 5]
    case .dashDotted: [9, 5, 1, 5]
    }
  }
}
