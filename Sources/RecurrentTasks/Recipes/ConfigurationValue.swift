import Foundation
public import RecurrentTraining

/// The value of one key of a configuration, before it becomes a typed one.
enum ConfigurationValue: Sendable, Equatable {
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case numbers([Double])
}

extension ConfigurationValue: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode([Double].self) {
      self = .numbers(value)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .boolean(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .numbers(let value): try container.encode(value)
    }
  }
}

extension ConfigurationValue: CustomStringConvertible {
  /// As it is written in a recipe. Text is quoted where YAML would otherwise read something else.
  var description: String {
    switch self {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): Self.written(value)
    case .text(let value): Self.quoted(value)
    case .numbers(let values): "[" + values.map(Self.written).joined(separator: ", ") + "]"
    }
  }

  /// The shortest text that reads back as the same number, without a fraction where it has none.
  static func written(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  /// Plain where a plain scalar reads back as the same text, else with double quotes.
  static func quoted(_ text: String) -> String {
    let plain = text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-_./ ".unicodeScalars.contains(scalar))
    }
    let reserved = ["true", "false", "yes", "no", "on", "off", "null", "none", "y", "n"]
    let startsWithLetter = text.unicodeScalars.first.map { $0.properties.isAlphabetic } ?? false
    if plain, startsWithLetter, text.last != " ", !reserved.contains(text.lowercased()) { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value) {
          let digits = String(scalar.value, radix: 16)
          result += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}

extension ConfigurationKey {
  /// The type and the range of the key's values in words: "integer, 1 or more", "one of sgd, adam".
  public var range: String {
    let words =
      switch kind {
      case .integer(let range):
        "integer" + Self.bounds(range.lowerBound, range.upperBound, Int.min, Int.max) { "\($0)" }
      case .number(let range):
        "number"
          + Self.bounds(
            range.lowerBound, range.upperBound, -Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude,
            ConfigurationValue.written)
      case .boolean: "true or false"
      case .text: "text"
      case .choice(let names): "one of " + names.joined(separator: ", ")
      case .numbers(let count, let range):
        "\(count) numbers"
          + Self.bounds(
            range.lowerBound, range.upperBound, -Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude,
            ConfigurationValue.written)
      }
    return isOptional ? words + ", or none" : words
  }

  /// ``range`` as it stands in a sentence: "an integer from 1 to 9".
  var rangeWithArticle: String {
    switch kind {
    case .integer: "an " + range
    case .number: "a " + range
    default: range
    }
  }

  private static func bounds<Bound: Comparable>(
    _ lower: Bound, _ upper: Bound, _ least: Bound, _ most: Bound, _ written: (Bound) -> String
  ) -> String {
    switch (lower > least, upper < most) {
    case (true, true): " from \(written(lower)) to \(written(upper))"
    case (true, false): ", \(written(lower)) or more"
    case (false, true): ", at most \(written(upper))"
    case (false, false): ""
    }
  }
}
