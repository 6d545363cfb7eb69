extension JSON: CustomStringConvertible {
  /// The value on one line. Numbers that JSON has no word for (NaN, infinity) are null.
  public var description: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .number(let value): value.isFinite ? Self.written(value) : "null"
    case .text(let value): Self.quoted(value)
    case .list(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
    case .object(let members): "{" + members.map { "\(Self.quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }
  }

  /// The shortest text that reads back as the same number, without a fraction where it has none.
  package static func written(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  /// Text between double quotes.
  ///
  /// - Parameter escape: How a control character without a short form of its own is written; nil: as itself. The default is JSON's
  ///   `\u001f` for those of ASCII.
  package static func quoted(_ text: String, escape: (Unicode.Scalar) -> String? = escapedInJSON) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if let escaped = escape(scalar) { result += escaped } else { result.unicodeScalars.append(scalar) }
      }
    }
    return result + "\""
  }

  /// The escape of JSON for a control character of ASCII; nil: the scalar needs none.
  package static func escapedInJSON(_ scalar: Unicode.Scalar) -> String? {
    scalar.value < 0x20 || scalar.value == 0x7F ? "\\u" + hexadecimal(scalar, digits: 4) : nil
  }

  /// A scalar's number with leading zeros.
  package static func hexadecimal(_ scalar: Unicode.Scalar, digits: Int) -> String {
    let number = String(scalar.value, radix: 16)
    return String(repeating: "0", count: max(0, digits - number.count)) + number
  }

  /// The leaves with their paths, such as `model.hidden`. A list is one leaf.
  func leaves(prefix: String = "") -> [String: JSON] {
    guard case .object(let members) = self else { return [prefix: self] }
    var leaves: [String: JSON] = [:]
    for (key, value) in members {
      leaves.merge(value.leaves(prefix: prefix.isEmpty ? key : "\(prefix).\(key)")) { first, _ in first }
    }
    return leaves
  }

  /// The value as a message shows it; long ones are cut, but not lists of objects: rules may differ in the last.
  var summary: String {
    let text: String
    switch self {
    case .null: text = "nothing"
    case .boolean(let value): text = "\(value)"
    case .integer(let value): text = "\(value)"
    case .unsigned(let value): text = "\(value)"
    case .number(let value): text = "\(value)"
    case .text(let value): text = value
    case .list(let values) where values.contains { if case .object = $0 { true } else { false } }:
      return "[" + values.map(\.summary).joined(separator: ", ") + "]"
    case .list(let values): text = "[" + values.prefix(8).map(\.summary).joined(separator: ", ") + "]"
    case .object(let members): return "{" + members.map { "\($0.0): \($0.1.summary)" }.joined(separator: ", ") + "}"
    }
    return text.count > 60 ? text.prefix(57) + "..." : text
  }
}
