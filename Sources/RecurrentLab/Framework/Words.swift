import Foundation
import RecurrentTasks

// Numbers as the lab's tables and sentences have them.
extension Double {
  /// Without digits that say nothing: "0.9", "1", "1.5".
  var short: String {
    self == rounded() && abs(self) < 1e15 ? "\(Int64(self))" : "\((self * 1e6).rounded() / 1e6)"
  }

  /// A few significant digits, as people write them: "0.0123", "3.4 × 10⁻⁹".
  var plain: String {
    guard isFinite else { return isNaN ? "not a number" : "infinite" }
    let size = abs(self)
    if self == 0 { return "0" }
    if size >= 1e-3, size < 1e5 { return trimmed(String(format: size >= 1000 ? "%.0f" : "%.3g", self)) }
    let exponent = Int(log10(size).rounded(.down))
    let mantissa = self / pow(10, Double(exponent))
    return trimmed(String(format: "%.2g", mantissa)) + " × 10" + String(exponent).map(Self.raised).joined()
  }

  /// The number with a sign and `decimals` decimals, for columns.
  func signed(_ decimals: Int) -> String { String(format: "%+.\(decimals)f", self).replacing("-", with: "−") }

  /// The number with `decimals` decimals.
  func fixed(_ decimals: Int) -> String { String(format: "%.\(decimals)f", self).replacing("-", with: "−") }

  /// A share from 0 to 1 as "87 %".
  var share: String { "\(Int((self * 100).rounded())) %" }

  private func trimmed(_ text: String) -> String { text.replacing("-", with: "−") }

  private static func raised(_ character: Character) -> String {
    if character == "-" { return "⁻" }
    return character.wholeNumberValue.map { String(Array("⁰¹²³⁴⁵⁶⁷⁸⁹")[$0]) } ?? ""
  }
}

extension Sequence<String> {
  /// "a", "a and b", "a, b and c".
  var listed: String {
    let all = Array(self)
    guard let last = all.last, all.count > 1 else { return all.first ?? "" }
    return all.dropLast().joined(separator: ", ") + " and " + last
  }
}
