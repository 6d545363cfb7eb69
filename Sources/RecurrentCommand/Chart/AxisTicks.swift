import Foundation
import Recurrent

/// Round numbers along an axis.
struct AxisTicks {
  /// Where the axis begins and ends.
  let range: ClosedRange<Double>
  /// The marked values, within the range.
  let values: [Double]
  private let decimals: Int

  /// About `count` ticks at multiples of 1, 2, 2.5 or 5 times a power of ten over an interval; with `widening`, the
  /// interval is first widened to such multiples.
  init(covering interval: ClosedRange<Double>, count: Int, widening: Bool) {
    var (low, high) = (interval.lowerBound, interval.upperBound)
    if !(high > low) { (low, high) = (low - max(abs(low), 1) / 2, low + max(abs(low), 1) / 2) }
    let rough = (high - low) / Double(max(1, count))
    let power = pow(10, (log10(rough)).rounded(.down))
    let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
    if widening {
      low = (low / step + 1e-9).rounded(.down) * step
      high = (high / step - 1e-9).rounded(.up) * step
    }
    let first = Int((low / step - 1e-9).rounded(.up))
    let last = Int((high / step + 1e-9).rounded(.down))
    range = low...high
    values = first <= last ? (first...last).map { Double($0) * step } : []
    let mantissa = step / power
    decimals = max(0, -Int((log10(power)).rounded()) + (mantissa == 2.5 ? 1 : 0))
  }

  /// A value as it stands beside the axis.
  func label(_ value: Double) -> String {
    let largest = max(abs(range.lowerBound), abs(range.upperBound))
    if value == 0 { return "0" }
    if largest >= 1e6 { return Figures.short(value) }
    if largest >= 1e4 { return Figures.grouped(Int(value)) }
    return String(format: "%.\(decimals)f", value)
  }
}
