import Foundation

/// Numbers as text, the same in every locale.
enum Numerals {
  /// A coordinate in hundredths, without zeros that say nothing. More digits would only make the file larger; what lies
  /// far outside any page stays finite.
  static func coordinate(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let hundredths = Int((min(max(value, -1e5), 1e5) * 100).rounded())
    let (whole, rest) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
    var text = String(whole)
    if rest > 0 { text += rest % 10 == 0 ? ".\(rest / 10)" : (rest < 10 ? ".0\(rest)" : ".\(rest)") }
    return hundredths < 0 ? "-" + text : text
  }

  /// A factor, with more digits than a coordinate: it is multiplied by numbers of cells.
  static func scale(_ value: Double) -> String { String(format: "%.7g", value) }

  /// A number with `decimals` digits after the point, thousands apart by commas from 10,000 on, a true minus sign.
  static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "−∞" : "∞" }
    guard abs(value) < 1e15 else { return scientific(value) }
    let text = String(format: "%.\(max(0, decimals))f", abs(value))
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let whole = parts[0].count > 4 ? grouped(parts[0]) : String(parts[0])
    let isZero = !text.contains { $0 != "0" && $0 != "." }
    return (value < 0 && !isZero ? "−" : "") + whole + (parts.count > 1 ? "." + parts[1] : "")
  }

  /// About `digits` significant digits: "0.0123", "12,300", "1.5×10⁻⁷".
  static func significant(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite, value != 0 else { return fixed(value, decimals: 0) }
    let exponent = Int(log10(abs(value)).rounded(.down))
    guard (-4...6).contains(exponent) else { return scientific(value, digits: digits) }
    let text = fixed(value, decimals: max(0, digits - 1 - exponent))
    guard text.contains(".") else { return text }
    let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(trimmed.reversed())
  }

  /// A mantissa and a power of ten: "2×10⁻⁶", or "10⁶" where the mantissa is 1.
  static func scientific(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite, value != 0 else { return fixed(value, decimals: 0) }
    var exponent = Int(log10(abs(value)).rounded(.down))
    var mantissa = abs(value) / pow(10, Double(exponent))
    if mantissa > 9.9995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    var text = String(format: "%.\(max(0, digits - 1))f", mantissa)
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    let sign = value < 0 ? "−" : ""
    if exponent == 0 { return sign + text }
    return sign + (text == "1" ? "" : text + "×") + "10" + superscript(exponent)
  }

  private static func superscript(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (exponent < 0 ? "⁻" : "") + String(String(exponent.magnitude).map { digits[Int(String($0)) ?? 0] })
  }

  private static func grouped(_ digits: Substring) -> String {
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }
}
