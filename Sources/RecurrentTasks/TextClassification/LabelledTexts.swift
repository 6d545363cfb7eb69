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
  /// Whether upper and lower case are the same.
  var isLowercased: Bool
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
    (path, isLowercased) = (url.path, data.lowercase)
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
    (path, isLowercased) = (whole.path, whole.isLowercased)
    labels = rows.map { whole.labels[$0] }
    texts = rows.map { whole.texts[$0] }
    lines = rows.map { whole.lines[$0] }
  }

  /// A number for each row's label.
  fileprivate var classes: [Int] {
    var numbers: [String: Int] = [:]
    return labels.map { label in
      let number = numbers[label] ?? numbers.count
      numbers[label] = number
      return number
    }
  }
}

extension LabelledTexts: ExampleSet {
  static var nouns: (one: String, many: String) { ("text", "texts") }

  /// What each row is known by: its text as the model reads it.
  var contents: [ContentHash] {
    texts.map { text in
      var hasher = ContentHasher()
      hasher.add(isLowercased ? text.lowercased() : text)
      return hasher.hash
    }
  }

  func selecting(_ indices: [Int]) -> LabelledTexts { LabelledTexts(self, rows: indices) }
}

extension Parts<LabelledTexts> {
  /// Reads labelled texts.
  ///
  /// A directory has `train`, `valid` and `test` files (`.tsv`, `.csv`, `.txt`, also `.gz`); where it has none for
  /// validation, a share of the training rows is held out. A single file gives all three parts. What is trained on has every label.
  init(_ source: DataSource, _ data: TextClassificationData, by dealing: Dealing = .content) throws {
    var moved: [String] = []
    func dealt(_ texts: LabelledTexts, _ fractions: SplitFractions) -> [DataPart: [Int]] {
      let contents = texts.contents
      let parts =
        switch dealing {
        case .content: Splits.byContent(contents, fractions: fractions, seed: 0)
        case .place: Splits.stratified(classes: texts.classes, fractions: fractions, seed: 0)
        }
      let taught = Splits.teachingAll(texts.labels.map { [$0] }, in: parts, contents: contents)
      moved += Splits.note(onMoved: taught.labels, example: "text", path: texts.path)
      return taught.parts
    }
    try self.init(
      source,
      directory: { url in
        try Splits.files(in: url, extensions: ["tsv", "csv", "tab", "txt"]).mapValues { try LabelledTexts(contentsOf: $0, data) }
      }, file: { try LabelledTexts(contentsOf: $0, data) },
      dividing: { dealt($0, .holdingOut(data.validation, test: data.test)) }, holdingOut: { dealt($0, .holdingOut(data.validation)) }
    ) { part in
      switch part {
      case .train: "a directory needs a train file, such as train.tsv"
      case .validation: "add a valid file, or hold rows out with data.validation"
      case .test: "add a test file, or hold rows out with data.test"
      }
    }
    sets[.train]?.notes += moved
  }
}
