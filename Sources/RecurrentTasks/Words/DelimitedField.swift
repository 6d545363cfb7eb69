extension String {
  /// The text as a field of a comma-separated table: in quotes where it has a comma, a quote or a line's end (RFC 4180).
  package var delimitedField: String {
    contains { ",\"\n\r".contains($0) } ? "\"" + replacing("\"", with: "\"\"") + "\"" : self
  }
}
