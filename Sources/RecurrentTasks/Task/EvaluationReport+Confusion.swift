import RecurrentDrawing
import RecurrentTraining

extension EvaluationReport {
  /// Adds what was taken for what: as lines where there are few labels, as JSON, and as a picture.
  mutating func add(_ confusion: ConfusionMatrix, labels: [String]) {
    members.append(("labels", .list(labels.map { .text($0) })))
    let rows = labels.indices.map { row in labels.indices.map { confusion[row, $0] } }
    members.append(("confusion", .list(rows.map { .list($0.map { .integer($0) }) })))
    let picture = Figure(
      "Labels, and what they were taken for", width: min(860, 340 + 50 * Double(labels.count)),
      parts: [ConfusionMap(counts: rows, labels: labels)])
    attachments.append(Attachment(name: "confusion.svg", contents: picture.svg))
    guard labels.count <= 10 else {
      lines.append(.words("the confusion matrix of \(labels.count) labels is in --json, and as a picture with --output DIR"))
      return
    }
    let names = labels.map(\.asField).map { $0.count > 16 ? $0.prefix(15) + "…" : $0[...] }.map(String.init)
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
