extension String {
  /// The text with control characters other than newline and tab made visible: a model's text must not be able to
  /// command the terminal that shows it.
  package var withVisibleControls: String {
    guard unicodeScalars.contains(where: \.commandsTerminals) else { return self }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      result.append(scalar.commandsTerminals ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }
}

extension Unicode.Scalar {
  fileprivate var commandsTerminals: Bool {
    (value < 0x20 && value != 0x0A && value != 0x09) || (0x7F...0x9F).contains(value)
  }
}
