/// An axis of a plot: what it says, and how its values are spread.
///
/// ```swift
/// import RecurrentDrawing
///
/// let steps = Axis("Steps back, k")
/// let norm = Axis("Gradient norm", scale: .logarithmic, range: 1e-8...1e2)
/// ```
public struct Axis: Sendable, Hashable {
  /// How values are spread along an axis.
  public enum Scale: Sendable, Hashable {
    /// Equal distances are equal differences.
    case linear
    /// Equal distances are equal ratios; values that are not positive cannot be shown.
    case logarithmic
  }

  /// The quantity and its unit: "Loss, nats a character".
  public var title: String
  /// Linear or logarithmic.
  public var scale: Scale
  /// The first and the last value of the axis; nil: those of the data, or of `focus`.
  public var range: ClosedRange<Double>?
  /// The values that must be visible; nil: all. The axis reaches from there to round numbers, and values beyond are
  /// cut off.
  public var focus: ClosedRange<Double>?
  /// Whether numbers stand beside it. Of plots that share an axis only one needs them.
  public var hasLabels: Bool

  /// An axis with the given title.
  public init(
    _ title: String = "", scale: Scale = .linear, range: ClosedRange<Double>? = nil,
    focus: ClosedRange<Double>? = nil, hasLabels: Bool = true
  ) {
    self.title = title
    self.scale = scale
    self.range = range
    self.focus = focus
    self.hasLabels = hasLabels
  }

  /// Whether a value can be shown on it.
  func shows(_ value: Double) -> Bool { value.isFinite && (scale == .linear || value > 0) }

  /// Its ticks, about `count`, for data that reach over `data`.
  ///
  /// - Parameter isWidened: Whether it begins and ends at a round number, where its range is not given.
  func ticks(for data: ClosedRange<Double>?, count: Int, isWidened: Bool) -> AxisTicks {
    var interval = range ?? focus ?? data ?? (scale == .linear ? 0...1 : 1...10)
    if scale == .logarithmic, interval.lowerBound <= 0 || !interval.upperBound.isFinite { interval = 1...10 }
    if !interval.lowerBound.isFinite || !interval.upperBound.isFinite { interval = 0...1 }
    return AxisTicks(covering: interval, scale: scale, count: count, widening: isWidened && range == nil)
  }
}
