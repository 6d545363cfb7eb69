import Foundation
import RecurrentData

/// Rows of a table, each with a label and a text.
struct LabelledTexts: Sendable {
  /// Where they are from, for messages.
  var path: String
  var labels: [String] = []
  var texts: [String] = []
  /// The line of the file on which each row begins.
  var lines: [Int] = []
  /// Rows whose text is empty, which were passed over.
  var skippedCount = 0
  /// What is worth knowing about a part, a line each.
  var notes: [String] = []

  var count: Int { texts.count }

  /// Reads a table.
  ///
  /// - Throws: `DataError` that names file, line and column: a column that is not there, a ragged row, a binary file, an
  ///   empty label, an empty text that is not to be skipped.
  init(contentsOf url: URL, _ data: TextClassificationData) throws(DataError) {
    path = url.path
    let table = try Table(contentsOf: url, format: data.separator.format(of: url, hasHeader: data.header))
    let labelColumn = ColumnReference(parsing: data.labelColumn)
    let textColumn = ColumnReference(parsing: data.textColumn)
    let (allLabels, allTexts) = (try table.text(labelColumn), try table.text(textColumn))
    for row in 0..<table.rowCount {
      let line = table.line(row: row)
      let label = allLabels[row].trimmingCharacters(in: .whitespaces)
      if allTexts[row].allSatisfy(\.isWhitespace) {
        guard data.skipEmpty else {
          throw DataError(
            path, line: line,
            "column \(textColumn): the text is empty; take the row out, or set data.skipEmpty=true to pass over such rows")
        }
        skippedCount += 1
        continue
      }
      if label.isEmpty { throw DataError(path, line: line, "column \(labelColumn): the label is empty") }
      labels.append(label)
      texts.append(allTexts[row])
      lines.append(line)
    }
    if texts.isEmpty { throw DataError(path, "every row has an empty text: there is nothing to learn from") }
  }

  private init(_ whole: LabelledTexts, rows: [Int]) {
    path = whole.path
    labels = rows.map { whole.labels[$0] }
    texts = rows.map { whole.texts[$0] }
    lines = rows.map { whole.lines[$0] }
  }

  /// The rows in parts, each label in proportion and in the training part at least once: always the same rows of the same table, whatever
  /// the seed of a run, so that what was held out can be measured later.
  func parts(_ fractions: SplitFractions) -> [DataPart: LabelledTexts] {
    var numbers: [String: Int] = [:]
    let classes = labels.map { label in
      let number = numbers[label] ?? numbers.count
      numbers[label] = number
      return number
    }
    let dealt = Splits.stratified(classes: classes, fractions: fractions, seed: 0)
    let parts = Splits.teachingAll(labels.map { [$0] }, in: dealt)
    var texts = parts.parts.mapValues { LabelledTexts(self, rows: $0) }
    texts[.train]?.notes = notes + Splits.note(onMoved: parts.labels, example: "text", path: path)
    return texts
  }
}

extension Parts<LabelledTexts> {
  /// Reads labelled texts.
  ///
  /// A directory has `train`, `valid` and `test` files (`.tsv`, `.csv`, `.txt`, also `.gz`); where it has none for
  /// validation, a share of the training rows is held out. A single file gives all three parts.
  init(_ source: DataSource, _ data: TextClassificationData) throws {
    try self.init(
      source,
      directory: { url in
        try Splits.files(in: url, extensions: ["tsv", "csv", "tab", "txt"]).mapValues { try LabelledTexts(contentsOf: $0, data) }
      },
      file: { url in
        let fractions = SplitFractions(
          train: 1 - data.validation - data.test, validation: data.validation, test: data.test)
        return try LabelledTexts(contentsOf: url, data).parts(fractions)
      }, holdingOut: { $0.parts(.holdingOut(data.validation)) }, isEmpty: { $0.count == 0 }
    ) { part in
      switch part {
      case .train: "a directory needs a train file, such as train.tsv"
      case .validation: "add a valid file, or hold rows out with data.validation"
      case .test: "add a test file, or hold rows out with data.test"
      }
    }
  }
}
