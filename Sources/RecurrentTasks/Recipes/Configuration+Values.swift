import RecurrentTraining

extension Configuration {
  /// Checks values that a file gives as those of a recipe are checked: each against its key's range, and then all together.
  ///
  /// - Throws: ``ConfigurationError`` that names the key.
  package func checkValues() throws {
    let values = try values()
    for key in Self.keys {
      guard let value = values[key.name] else { continue }
      if !key.accepts(key.typed(value)) { throw ConfigurationError(key: key.name, "must be \(key.rangeWithArticle), not \(value)") }
    }
    try validate()
  }
}

extension ConfigurationKey {
  /// Whether a value, whose numbers are ``typed(_:)``, is within the key's range.
  func accepts(_ value: JSON) -> Bool {
    func isWithin(_ range: ClosedRange<Double>, _ value: JSON) -> Bool {
      if case .number(let number) = value { range.contains(number) } else { false }
    }
    switch kind {
    case .integer(let range): if case .integer(let whole) = value { return range.contains(whole) } else { return false }
    case .number(let range): return isWithin(range, value)
    case .numbers(let count, let range):
      if case .list(let values) = value { return values.count == count && values.allSatisfy { isWithin(range, $0) } } else { return false }
    case .choice(let names): if case .text(let name) = value { return names.contains(name) } else { return false }
    case .boolean, .text, .parameterRules: return true  // the type alone says what they may be
    }
  }
}
