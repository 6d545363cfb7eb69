/// The look of a point. Forms as well as colours tell series apart, so that print without colour can be read.
public enum Symbol: String, Sendable, Hashable, CaseIterable {
  case dot, square, triangle, diamond, cross, ring

  /// The outline around a centre, as SVG path data.
  func path(at center: Point, radius: Double, _ number: (Double) -> String) -> String {
    func data(_ offsets: [(Double, Double)]) -> String {
      offsets.enumerated().map { index, offset in
        (index == 0 ? "M" : "L") + number(center.x + offset.0 * radius) + " " + number(center.y + offset.1 * radius)
      }.joined() + "Z"
    }
    return switch self {
    case .square: data([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case .triangle: data([(0, -1.2), (1.1, 0.8), (-1.1, 0.8)])
    case .diamond, .dot, .ring: data([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)])
    case .cross: data([(-0.9, -0.9), (0.9, 0.9)]) + data([(-0.9, 0.9), (0.9, -0.9)])
    }
  }
}
