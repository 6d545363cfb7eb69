public import RecurrentTraining

// How the values of a recipe are written, and their ranges told.

extension JSON {
  /// The value of a key as it is written in a recipe. Text is quoted where YAML would otherwise read something else.
  var yaml: String {
    switch self {
    case .number(let value): Self.written(value)
    case .text(let value): Self.quotedInYAML(value)
    case .list(let values): Self.orderedMapping(values) ?? "[" + values.map(\.yaml).joined(separator: ", ") + "]"
    case .object(let members): "{" + members.map { "\(Self.quotedInYAML($0.0)): \($0.1.yaml)" }.joined(separator: ", ") + "}"
    default: description
    }
  }

  /// A list of objects with one member each, which is how files keep the order of a mapping, as that mapping; nil for any other list.
  private static func orderedMapping(_ values: [JSON]) -> String? {
    let members = values.compactMap { value -> (String, JSON)? in
      guard case .object(let members) = value, members.count == 1 else { return nil }
      return members[0]
    }
    return members.isEmpty || members.count < values.count ? nil : JSON.object(members).yaml
  }

  /// Text plain where a plain scalar reads back as the same text, else with double quotes.
  static func quotedInYAML(_ text: String) -> String {
    let plain = text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-_./ ".unicodeScalars.contains(scalar))
    }
    let reserved = ["true", "false", "yes", "no", "on", "off", "null", "none", "y", "n"]
    let startsWithLetter = text.unicodeScalars.first.map { $0.properties.isAlphabetic } ?? false
    if plain, startsWithLetter, text.last != " ", !reserved.contains(text.lowercased()) { return text }
    return quoted(text) { scalar in
      let isControl = scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value)
      return isControl ? "\\x" + hexadecimal(scalar, digits: 2) : nil
    }
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
            JSON.written)
      case .boolean: "true or false"
      case .text: "text"
      case .choice(let names): "one of " + names.joined(separator: ", ")
      case .numbers(let count, let range):
        "\(count) numbers"
          + Self.bounds(
            range.lowerBound, range.upperBound, -Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude,
            JSON.written)
      case .parameterRules: "rules such as {embedding: frozen, encoder: {rate: 0.1}}"
      }
    return isOptional ? words + ", or none" : words
  }

  /// A value with the numbers that its kind asks for: JSON does not tell 1 from 1.0, the key does.
  func typed(_ value: JSON) -> JSON {
    switch (kind, value) {
    case (.number, .integer(let whole)): .number(Double(whole))
    case (.numbers, .list(let values)): .list(values.map { if case .integer(let whole) = $0 { .number(Double(whole)) } else { $0 } })
    default: value
    }
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
