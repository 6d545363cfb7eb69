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

extension String {
  /// The text as one field of a line: tabs and line ends in it are spaces, and other control characters are visible. So a line stays a line,
  /// whatever a label, a name or a model's text holds.
  package var asField: String {
    let scalars = unicodeScalars
    guard scalars.contains(where: { $0 == "\t" || $0.endsLine || $0.commandsTerminals }) else { return self }
    var result = String.UnicodeScalarView()
    for (index, scalar) in zip(scalars.indices, scalars) {
      // CRLF is one end.
      if scalar == "\r", scalars.index(after: index) < scalars.endIndex, scalars[scalars.index(after: index)] == "\n" { continue }
      result.append(scalar == "\t" || scalar.endsLine ? " " : scalar.commandsTerminals ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }
}

extension String {
  /// The text; a space or an end of line alone is a sign that can be seen.
  var withVisibleSpace: String {
    switch self {
    case " ": "␣"
    case "\n", "\r\n": "↵"
    case "\t": "⇥"
    default: self
    }
  }
}

extension Unicode.Scalar {
  /// Whether a reader may take it for the end of a line.
  fileprivate var endsLine: Bool { (0x0A...0x0D).contains(value) || value == 0x85 || value == 0x2028 || value == 0x2029 }

  fileprivate var commandsTerminals: Bool {
    (value < 0x20 && value != 0x0A && value != 0x09) || (0x7F...0x9F).contains(value)
  }
}
