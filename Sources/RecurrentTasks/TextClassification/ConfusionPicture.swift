import Foundation
import RecurrentTraining

/// A confusion matrix as a picture: a row for each label, a column for what it was taken for, the darker the larger the share of
/// its row. One SVG file that needs nothing beside it, and follows the viewer's light or dark colours.
struct ConfusionPicture {
  let confusion: ConfusionMatrix
  let labels: [String]

  /// The picture.
  var svg: String {
    let cell = max(14.0, min(64.0, 640.0 / Double(labels.count)))
    let left = 24.0 + 7.5 * Double(min(24, labels.map(\.count).max() ?? 0))
    let top = left
    let (width, height) = (left + cell * Double(labels.count) + 16, top + cell * Double(labels.count) + 16)
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(n(width)) \(n(height))" width="\(n(width))" height="\(n(height))" \
      role="img" aria-label="confusion matrix">
      <style>
      text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#3b434d}
      .page{fill:#ffffff}.cell{fill:#2f6fb5;stroke:#e3e7ec}.light{fill:#ffffff}
      @media (prefers-color-scheme:dark){text{fill:#d5dbe3}.page{fill:#14181d}.cell{fill:#6ba6e8;stroke:#2a3038}.light{fill:#14181d}}
      </style>
      <rect class="page" width="\(n(width))" height="\(n(height))"/>
      <text x="8" y="20">label, and what it was taken for</text>

      """
    for (row, name) in labels.enumerated() {
      let y = top + cell * (Double(row) + 0.5)
      svg += "<text text-anchor=\"end\" x=\"\(n(left - 8))\" y=\"\(n(y + 4))\">\(short(name))</text>\n"
      svg += "<text transform=\"translate(\(n(left + cell * (Double(row) + 0.5) + 4)) \(n(top - 8))) rotate(-90)\">"
      svg += "\(short(name))</text>\n"
      let total = max(1, confusion.support(of: row))
      for column in labels.indices {
        let count = confusion[row, column]
        let x = left + cell * Double(column)
        let share = Double(count) / Double(total)
        svg += "<rect class=\"cell\" fill-opacity=\"\(String(format: "%.3f", share))\" x=\"\(n(x))\" "
        svg += "y=\"\(n(y - cell / 2))\" width=\"\(n(cell))\" height=\"\(n(cell))\"><title>"
        svg += "\(labels[row].escapedForHTML) as \(labels[column].escapedForHTML): \(Figures.grouped(count)) of \(Figures.grouped(total))"
        svg += "</title></rect>\n"
        // A number that does not fit its cell is left to the title.
        guard count > 0, 7.5 * Double("\(count)".count) < cell - 4 else { continue }
        svg += "<text text-anchor=\"middle\"\(share > 0.6 ? " class=\"light\"" : "") x=\"\(n(x + cell / 2))\" y=\"\(n(y + 4))\">"
        svg += "\(count)</text>\n"
      }
    }
    return svg + "</svg>\n"
  }

  private func short(_ name: String) -> String {
    (name.count > 24 ? name.prefix(23) + "…" : name[...]).description.escapedForHTML
  }

  private func n(_ value: Double) -> String { String(format: value == value.rounded() ? "%.0f" : "%.1f", value) }
}

extension EvaluationReport {
  /// Adds what was taken for what: as lines where there are few labels, as JSON, and as a picture.
  mutating func add(_ confusion: ConfusionMatrix, labels: [String]) {
    members.append(("labels", .list(labels.map { .text($0) })))
    let rows = labels.indices.map { row in labels.indices.map { confusion[row, $0] } }
    members.append(("confusion", .list(rows.map { .list($0.map { .integer($0) }) })))
    attachments.append(
      Attachment(name: "confusion.svg", contents: ConfusionPicture(confusion: confusion, labels: labels).svg))
    guard labels.count <= 10 else {
      lines.append(.words("the confusion matrix of \(labels.count) labels is in --json, and as a picture with --output DIR"))
      return
    }
    let names = labels.map { $0.count > 16 ? $0.prefix(15) + "…" : $0[...] }.map(String.init)
    let columns = labels.indices.map { column in
      max(names[column].count, rows.map { "\($0[column])".count }.max() ?? 0)
    }
    func line(_ head: String, _ fields: [String]) -> Line {
      .figure(
        label: head,
        text: zip(fields, columns).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  "))
    }
    lines.append(line("taken for", names))
    for (label, name) in names.enumerated() { lines.append(line("  \(name)", rows[label].map { "\($0)" })) }
  }
}
