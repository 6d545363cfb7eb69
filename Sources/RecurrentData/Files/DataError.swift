/// Data that cannot be used: which file, where in it, what is wrong and what to do.
///
/// Its description is one line that editors can follow: `walks.csv:12: column 3 ("speed"): "fast" is not a number; ...`,
/// or with the character where that is what helps: `walks.csv:12:40: this quote is not closed before the file ends; ...`.
public struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The line, counted from 1, where there is one.
  public let line: Int?
  /// The character of the line, counted from 1, where it helps: an offset in bytes, as UTF-8 has them.
  public let character: Int?
  /// What is wrong, and what to do.
  public let problem: String

  /// An error at a place.
  public init(_ path: String, line: Int? = nil, character: Int? = nil, _ problem: String) {
    self.path = path
    self.line = line
    self.character = character
    self.problem = problem
  }

  public var description: String {
    var place = path
    if let line {
      place += ":\(line)"
      if let character { place += ":\(character)" }
    }
    return "\(place): \(problem)"
  }
}

/// A piece of a file as it stands in a message: in quotes, on one line, cut where it is long.
package func quoted(_ text: some StringProtocol) -> String {
  let limit = 40
  var shown = ""
  for scalar in text.unicodeScalars.prefix(limit) {
    shown += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
  }
  return "\"\(shown)\(text.unicodeScalars.count > limit ? "..." : "")\""
}

/// `"1 row"`, `"2 rows"`.
package func counted(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
  "\(count) \(count == 1 ? singular : plural ?? singular + "s")"
}

/// `a, b, c, and 4 more`: names for a message, never too many.
package func listed(_ names: some Collection<String>, limit: Int = 8) -> String {
  let shown = names.prefix(limit).joined(separator: ", ")
  return names.count > limit ? "\(shown), and \(names.count - limit) more" : shown
}
