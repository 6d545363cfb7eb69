extension Page {
  /// A table. Columns whose cells are all numbers are set to the right.
  ///
  /// ```swift
  /// import RecurrentDrawing
  ///
  /// let table = Page.Table(["gate", "shut", "open"], [["forget", "0.02", "0.61"], ["input", "0.40", "0.03"]])
  /// ```
  public struct Table: Sendable {
    /// The heads of the columns.
    public var heads: [String]
    /// The rows; missing cells are empty.
    public var rows: [[String]]

    /// A table.
    public init(_ heads: [String], _ rows: [[String]]) {
      self.heads = heads
      self.rows = rows
    }

    var html: String {
      let count = max(heads.count, rows.map(\.count).max() ?? 0)
      guard count > 0 else { return "" }
      let isNumeric = (0..<count).map { column in
        let cells = rows.compactMap { column < $0.count && !$0[column].isEmpty ? $0[column] : nil }
        return !cells.isEmpty && cells.allSatisfy(Self.isNumber)
      }
      func row(_ cells: [String], _ element: String) -> String {
        let written = (0..<count).map { column in
          let text = column < cells.count ? cells[column].escaped : ""
          return "<\(element)\(isNumeric[column] ? " class=\"number\"" : "")>\(text)</\(element)>"
        }
        return "<tr>\(written.joined())</tr>\n"
      }
      let head = heads.isEmpty ? "" : "<thead>\(row(heads, "th"))</thead>\n"
      return "<table>\n\(head)<tbody>\n\(rows.map { row($0, "td") }.joined())</tbody>\n</table>\n"
    }

    private static func isNumber(_ text: String) -> Bool {
      guard text.contains(where: \.isNumber) || text == "–" else { return false }
      return text.allSatisfy { $0.isNumber || " .,+-−–±%×⁻eE<>".contains($0) }
    }
  }
}
