/// A curve thinned to what a picture can show: the mean of each group of neighbouring points, the lowest and the
/// highest, so that thousands of noisy points show as a line in a band.
///
/// ```swift
/// import RecurrentDrawing
///
/// let losses = (0..<10_000).map { Point(x: Double($0), y: 1 / Double($0 + 1)) }
/// let plot = Plot(marks: ThinnedCurve(losses, limit: 300).marks(name: "training"))
/// ```
public struct ThinnedCurve: Sendable {
  /// The mean of each group, from left to right; groups without a finite value are omitted.
  public let means: [Point]
  /// The interval from the lowest to the highest value of each group.
  public let spreads: [Interval]

  /// The curve of `samples` in at most `limit` groups with equal numbers of finite points.
  public init(_ samples: [Point], limit: Int) {
    let finite = samples.filter { $0.x.isFinite && $0.y.isFinite }
    let limit = max(1, limit)
    let size = max(1, (finite.count + limit - 1) / limit)
    let groups = stride(from: 0, to: finite.count, by: size).map { finite[$0..<min($0 + size, finite.count)] }
    means = groups.map { group in
      let count = Double(group.count)
      return Point(x: group.reduce(0) { $0 + $1.x } / count, y: group.reduce(0) { $0 + $1.y } / count)
    }
    spreads = zip(groups, means).map { group, mean in
      Interval(
        x: mean.x, low: group.reduce(.infinity) { min($0, $1.y) }, high: group.reduce(-.infinity) { max($0, $1.y) })
    }
  }

  /// The quantile `fraction` (0 to 1) of the means; nil where there are none.
  public func quantile(_ fraction: Double) -> Double? {
    let sorted = means.map(\.y).sorted()
    guard !sorted.isEmpty else { return nil }
    return sorted[min(sorted.count - 1, max(0, Int(fraction * Double(sorted.count))))]
  }

  /// The band, where there is one, and the line.
  public func marks(name: String? = nil, ink: Ink? = nil, width: Double = 2) -> [Mark] {
    let line = Mark.line(means, name: name, ink: ink, width: width, style: .solid)
    return spreads.contains { $0.high > $0.low } ? [.band(spreads, name: name, ink: ink), line] : [line]
  }
}
