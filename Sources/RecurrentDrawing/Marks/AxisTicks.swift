import Foundation

/// Round numbers along an axis, and where each value lies on it.
struct AxisTicks: Sendable {
  /// Where the axis begins and ends.
  let range: ClosedRange<Double>
  /// The marked values, within the range.
  let values: [Double]
  /// Between them, values with a line of the grid and no number.
  let minorValues: [Double]
  private let scale: Axis.Scale
  private let writing: Writing

  /// How the numbers are written, all in one way.
  private enum Writing {
    case fixed(decimals: Int)
    case significant
    case scientific(digits: Int)
  }

  /// About `count` ticks over an interval: at multiples of 1, 2, 2.5 or 5 times a power of ten, or on a logarithmic
  /// axis at powers of ten; with `widening`, the interval is first widened to round numbers.
  init(covering interval: ClosedRange<Double>, scale: Axis.Scale = .linear, count: Int, widening: Bool) {
    switch scale {
    case .linear: self.init(linearCovering: interval, count, widening)
    case .logarithmic: self.init(logarithmicCovering: interval, count, widening)
    }
  }

  /// Where a value lies between the ends: 0 at the first, 1 at the last.
  func fraction(_ value: Double) -> Double {
    switch scale {
    case .linear: (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    case .logarithmic: log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
    }
  }

  /// A value as it stands beside the axis.
  func label(_ value: Double) -> String {
    if value == 0 { return "0" }
    switch writing {
    case .fixed(let decimals): return Numerals.fixed(value, decimals: decimals)
    case .significant: return Numerals.significant(value)
    case .scientific(let digits): return Numerals.scientific(value, digits: digits)
    }
  }

  /// The labels of the marked values.
  var labels: [String] { values.map(label) }

  // MARK: Linear

  private init(linearCovering interval: ClosedRange<Double>, _ count: Int, _ widening: Bool) {
    // Larger ranges have no difference that is a number.
    var low = min(max(interval.lowerBound, -1e300), 1e300)
    var high = min(max(interval.upperBound, -1e300), 1e300)
    let magnitude = max(abs(low), abs(high))
    if !(high - low > max(magnitude * 1e-12, 1e-300)) {
      let center = (low + high) / 2
      let reach = center == 0 ? 0.5 : abs(center) / 2
      (low, high) = (center - reach, center + reach)
    }
    let rough = (high - low) / Double(max(1, count))
    var power = pow(10, (log10(rough)).rounded(.down))
    if rough * 0.999 > 5 * power { power *= 10 }
    let step = [1, 2, 2.5, 5].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 5 * power
    if widening {
      low = (low / step + 1e-9).rounded(.down) * step
      high = (high / step - 1e-9).rounded(.up) * step
    }
    let first = Int((low / step - 1e-9).rounded(.up))
    let last = Int((high / step + 1e-9).rounded(.down))
    scale = .linear
    range = low...high
    values = first <= last ? (first...last).map { Double($0) * step } : []
    minorValues = []
    let largest = max(abs(low), abs(high))
    let isQuarter = abs(step / power - 2.5) < 1e-6
    writing =
      largest >= 1e6 || step < 0.99e-4
      ? .scientific(digits: 1 + max(0, Int(log10(largest / step).rounded(.up)) + (isQuarter ? 1 : 0)))
      : .fixed(decimals: max(0, -Int((log10(power)).rounded()) + (isQuarter ? 1 : 0)))
  }

  // MARK: Logarithmic

  private init(logarithmicCovering interval: ClosedRange<Double>, _ count: Int, _ widening: Bool) {
    var (low, high) = (max(interval.lowerBound, 1e-300), min(interval.upperBound, 1e300))
    if !(high / low > 1 + 1e-9) { (low, high) = (low / 2, low * 2) }
    if widening {
      low = Self.round(low * (1 + 1e-9), .down)
      high = Self.round(high * (1 - 1e-9), .up)
    }
    let first = Int(log10(low * (1 - 1e-9)).rounded(.up)), last = Int(log10(high * (1 + 1e-9)).rounded(.down))
    let decades = first <= last ? Array(first...last) : []
    func multiples(_ factors: [Double]) -> [Double] {
      let all = ((first - 1)...max(first - 1, last)).flatMap { decade in factors.map { $0 * pow(10, Double(decade)) } }
      return all.filter { $0 >= low * (1 - 1e-9) && $0 <= high * (1 + 1e-9) }
    }
    let every = max(1, Int((Double(decades.count) / Double(max(1, count))).rounded(.up)))
    var marked = decades.filter { $0.isMultiple(of: every) }.map { pow(10, Double($0)) }
    if decades.count < 3 {
      let finer = [multiples([1, 2, 5]), multiples((1...9).map(Double.init))]
      if let enough = finer.first(where: { $0.count > 1 }), enough.count <= max(5, count) { marked = enough }
    }
    if marked.count < 2 { marked = AxisTicks(linearCovering: low...high, min(count, 4), false).values }
    scale = .logarithmic
    range = low...high
    values = marked
    minorValues = decades.count <= 7 ? multiples((2...9).map(Double.init)).filter { !marked.contains($0) } : []
    let exponents = marked.filter { $0 > 0 }.map { log10($0).rounded(.down) }
    let isPlain = exponents.allSatisfy { (-3...4).contains($0) }
    writing = isPlain ? .significant : .scientific(digits: 3)
  }

  /// The next of 1, 2 and 5 times a power of ten.
  private static func round(_ value: Double, _ rule: FloatingPointRoundingRule) -> Double {
    let power = pow(10, log10(value).rounded(.down))
    let steps = [1, 2, 5, 10].map { $0 * power }
    return rule == .down ? steps.last { $0 <= value } ?? power : steps.first { $0 >= value } ?? 10 * power
  }
}
