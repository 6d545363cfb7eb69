import Recurrent
import RecurrentDrawing
import RecurrentLab

/// What an experiment found, in a terminal: the table, what to notice, and where the page is.
enum LabWords {
  static func text(
    _ report: LabReport, title: String, on terminal: Terminal, page: String, files: [String], seconds: Double
  ) -> String {
    let width = max(40, min(100, terminal.isInteractive ? terminal.width - 1 : 100))
    var lines = [terminal.styled(title, .bold), ""]
    lines += table(report.findings.table, on: terminal)
    lines.append("")
    for note in report.findings.notes {
      let filled = filledLines(note.replacing("`", with: ""), width: width, indent: 2)
      lines += filled.enumerated().map { index, line in
        index == 0 ? (terminal.hasUnicode ? "•" : "*") + line.dropFirst() : line
      }
    }
    lines.append("")
    lines.append("\(page) has the pictures, and beside it \(data(files)); \(Figures.duration(seconds)).")
    return lines.joined(separator: "\n")
  }

  private static func data(_ files: [String]) -> String {
    let names = files.dropFirst().map { String($0.split(separator: "/").last ?? "") }
    return names.isEmpty ? "nothing" : names.joined(separator: ", ")
  }

  /// Columns of numbers stand to the right, others to the left.
  static func table(_ table: Page.Table, on terminal: Terminal) -> [String] {
    let rows = [table.heads] + table.rows
    let count = rows.map(\.count).max() ?? 0
    let cells = rows.map { row in (0..<count).map { $0 < row.count ? row[$0] : "" } }
    let widths = (0..<count).map { column in cells.map { $0[column].count }.max() ?? 0 }
    let isNumeric = (0..<count).map { column in
      let filled = cells.dropFirst().map { $0[column] }.filter { !$0.isEmpty }
      return !filled.isEmpty
        && filled.allSatisfy { $0 == "–" || $0.contains(where: \.isNumber) && $0.allSatisfy { $0.isNumber || " .,+-−–±%×⁻<>".contains($0) } }
    }
    return cells.enumerated().map { index, row in
      let line = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return isNumeric[column] ? space + cell : cell + space
      }.joined(separator: "  ")
      let text = String(line.reversed().drop { $0 == " " }.reversed())
      return index == 0 ? terminal.styled(text, .dim) : text
    }
  }

  static func object(_ report: LabReport, name: String, seed: Int, files: [String]) -> JSON {
    .object([
      ("experiment", .text(name)), ("seed", .integer(seed)),
      ("parameters", .object(report.parameters.map { ($0.key, .text($0.value)) })),
      ("columns", .list(report.findings.table.heads.map { .text($0) })),
      ("rows", .list(report.findings.table.rows.map { .list($0.map { .text($0) }) })),
      ("notice", .list(report.findings.notes.map { .text($0) })),
      ("files", .list(files.map { .text($0) })),
    ])
  }
}
