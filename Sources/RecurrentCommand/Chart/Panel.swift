import Foundation

/// One plot of a chart: a rectangle with a vertical axis of its own, over the epochs that all plots share.
struct Panel {
  let left: Double
  let top: Double
  let width: Double
  let height: Double
  /// The epochs from the left edge to the right.
  let horizontal: ClosedRange<Double>
  let vertical: AxisTicks
  /// What is drawn, in words, at the head.
  let title: String
  /// Distinguishes clipping paths.
  let identifier: String

  /// Where an epoch is.
  func x(_ value: Double) -> Double {
    left + (value - horizontal.lowerBound) / (horizontal.upperBound - horizontal.lowerBound) * width
  }

  /// Where a value is.
  func y(_ value: Double) -> Double {
    let share = (value - vertical.range.lowerBound) / (vertical.range.upperBound - vertical.range.lowerBound)
    return top + (1 - share) * height
  }

  /// The grid, the labels of the vertical axis, and the title.
  func frame() -> String {
    var svg = "<clipPath id=\"\(identifier)\"><rect x=\"\(n(left))\" y=\"\(n(top - 1))\" width=\"\(n(width))\" "
    svg += "height=\"\(n(height + 2))\"/></clipPath>\n"
    svg += "<text class=\"title\" x=\"\(n(left))\" y=\"\(n(top - 10))\">\(title)</text>\n"
    for value in vertical.values {
      let level = n(y(value))
      svg += "<path class=\"grid\" d=\"M\(n(left)) \(level)H\(n(left + width))\"/>"
      svg += "<text class=\"label\" text-anchor=\"end\" x=\"\(n(left - 8))\" y=\"\(n(y(value) + 4))\">"
      svg += "\(vertical.label(value))</text>\n"
    }
    return svg
  }

  /// The vertical lines at epochs, and their labels below where `labelled`.
  func marks(at ticks: AxisTicks, labelled: Bool) -> String {
    var svg = ""
    for value in ticks.values {
      let place = n(x(value))
      svg += "<path class=\"grid\" d=\"M\(place) \(n(top))V\(n(top + height))\"/>"
      if labelled {
        svg += "<text class=\"label\" text-anchor=\"middle\" x=\"\(place)\" y=\"\(n(top + height + 18))\">"
        svg += "\(ticks.label(value))</text>"
      }
      svg += "\n"
    }
    return svg
  }

  /// The means of a curve as a line.
  func line(_ curve: Curve, style: String) -> String {
    path(curve.points.map { ($0.x, $0.mean) }, style: style)
  }

  /// Points joined by a line.
  func path(_ points: [(Double, Double)], style: String) -> String {
    guard let first = points.first else { return "" }
    var data = "M\(n(x(first.0))) \(n(y(first.1)))"
    for point in points.dropFirst() { data += "L\(n(x(point.0))) \(n(y(point.1)))" }
    if points.count == 1 { data += "h0.01" }
    return "<path class=\"line \(style)\" clip-path=\"url(#\(identifier))\" d=\"\(data)\"/>\n"
  }

  /// From the lowest to the highest of each group of a curve, as an area.
  func band(_ curve: Curve, style: String) -> String {
    guard curve.points.count > 1, curve.points.contains(where: { $0.high > $0.low }) else { return "" }
    var data = ""
    for point in curve.points { data += "\(data.isEmpty ? "M" : "L")\(n(x(point.x))) \(n(y(point.high)))" }
    for point in curve.points.reversed() { data += "L\(n(x(point.x))) \(n(y(point.low)))" }
    return "<path class=\"band \(style)\" clip-path=\"url(#\(identifier))\" d=\"\(data)Z\"/>\n"
  }

  /// A coordinate, in tenths: more would only make the file larger.
  func n(_ value: Double) -> String {
    let bounded = min(max(value, -1e5), 1e5)
    let tenths = (bounded * 10).rounded() / 10
    return tenths == tenths.rounded() ? String(Int(tenths)) : String(format: "%.1f", tenths)
  }
}
