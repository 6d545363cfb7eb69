import Foundation

extension String {
  /// The text with spaces after it, `width` characters in all.
  package func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

/// Numbers as people read them.
package enum Figures {
  /// Thousands with separators: "1,115,394".
  package static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return value < 0 ? "-" + result : result
  }

  /// Two to three significant digits with a unit: "71.2k", "1.24M".
  package static func short(_ value: Double) -> String {
    switch value {
    case ..<0: "-"
    case ..<1000: String(format: "%.0f", value)
    case ..<99_950: String(format: "%.1fk", value / 1e3)
    case ..<999_500: String(format: "%.0fk", value / 1e3)
    default: String(format: "%.2fM", value / 1e6)
    }
  }

  /// A duration: "42 s", "3:07", "1:02:09".
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return String(format: "%d:%02d", whole / 60, whole % 60) }
    return String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
  }

  /// A loss: three decimals, or fewer digits where it is large.
  package static func loss(_ value: Double) -> String {
    guard value.isFinite else { return "not finite" }
    return abs(value) < 100 ? String(format: "%.3f", value) : String(format: "%.4g", value)
  }

  /// A perplexity: two decimals, or fewer digits where it is large.
  package static func perplexity(_ value: Double) -> String { String(format: value < 1e6 ? "%.2f" : "%.4g", value) }

  /// Three significant digits.
  package static func significant(_ value: Double) -> String {
    value.isFinite ? String(format: "%.3g", value) : "not finite"
  }

  /// "1 epoch", "3 epochs".
  package static func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(grouped(count)) \(noun)s"
  }

  /// A share from 0 to 1 as "87.52 %".
  package static func percent(_ share: Double) -> String {
    share.isFinite ? String(format: "%.2f %%", 100 * share) : "not finite"
  }

  /// Four decimals.
  package static func exact(_ value: Double) -> String {
    value.isFinite ? String(format: "%.4f", value) : "not finite"
  }
}

extension String {
  /// Two decimals below ten, one below a thousand, none above.
  package init(decimal value: Double) {
    let scale = abs(value) < 10 ? 100.0 : abs(value) < 1000 ? 10.0 : 1.0
    guard value.isFinite, abs(value) < 1e15 else {
      self = "\(value)"
      return
    }
    let rounded = (value * scale).rounded() / scale
    self = scale == 1 ? "\(Int64(rounded))" : "\(rounded)"
  }
}
