/// A curve thinned to what a picture can show: the mean of each group of neighbouring points, the lowest and the highest.
struct Curve {
  /// One group.
  struct Point: Equatable {
    var x: Double
    var mean: Double
    var low: Double
    var high: Double
  }

  /// The groups from left to right; those without a finite value are left out.
  let points: [Point]

  /// At most `limit` groups, equally many points each.
  init(_ samples: [(x: Double, y: Double)], limit: Int) {
    let finite = samples.filter { $0.y.isFinite }
    let size = max(1, (finite.count + limit - 1) / limit)
    points = stride(from: 0, to: finite.count, by: size).map { start in
      let group = finite[start..<min(start + size, finite.count)]
      let count = Double(group.count)
      return Point(
        x: group.reduce(0) { $0 + $1.x } / count, mean: group.reduce(0) { $0 + $1.y } / count,
        low: group.reduce(.infinity) { min($0, $1.y) }, high: group.reduce(-.infinity) { max($0, $1.y) })
    }
  }

  /// The value below which the part `fraction` of the means lies.
  func quantile(_ fraction: Double) -> Double? {
    let sorted = points.map(\.mean).sorted()
    guard !sorted.isEmpty else { return nil }
    return sorted[min(sorted.count - 1, Int(fraction * Double(sorted.count)))]
  }
}
