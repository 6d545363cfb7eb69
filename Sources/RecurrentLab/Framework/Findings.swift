public import RecurrentDrawing
import RecurrentTasks
import RecurrentTensors

/// The results of an experiment: a table, notes, pictures and files.
public struct Findings: Sendable {
  /// The first paragraphs of the page; nil: those of the experiment.
  public var introduction: [String]?
  /// The short table: printed in the terminal, and first on the page.
  public var table: Page.Table
  /// The caption of the table, which explains its columns; empty: none.
  public var tableNote: String
  /// What to notice: sentences whose numbers are those of this run.
  public var notes: [String]
  /// The rest of the page: pictures, and the words that go with them.
  public var blocks: [Page.Block]
  /// The numbers behind the pictures.
  public var files: [DataFile]

  /// Findings with the given parts.
  public init(
    introduction: [String]? = nil, table: Page.Table, tableNote: String = "", notes: [String], blocks: [Page.Block], files: [DataFile]
  ) {
    self.introduction = introduction
    self.table = table
    self.tableNote = tableNote
    self.notes = notes
    self.blocks = blocks
    self.files = files
  }
}

/// Numbers as a file of comma-separated values.
public struct DataFile: Sendable {
  /// The value of one cell.
  public enum Cell: Sendable {
    case text(String)
    case integer(Int)
    case number(Double)
  }

  /// The name of the file, with its extension.
  public let name: String
  /// The titles of the columns.
  public let columns: [String]
  /// The rows.
  public private(set) var rows: [[Cell]] = []

  /// A file without rows.
  public init(_ name: String, columns: [String]) {
    self.name = name
    self.columns = columns
  }

  /// Adds a row.
  ///
  /// - Precondition: a cell for each column.
  public mutating func append(_ row: [Cell]) {
    check(row.count == columns.count, "\(name): \(row.count) cells for \(columns.count) columns")
    rows.append(row)
  }

  /// The content of the file (RFC 4180, with Unix line ends). Numbers have enough digits to be read back exactly.
  public var text: String {
    ([columns.map(\.delimitedField)] + rows.map { $0.map(Self.written) })
      .map { $0.joined(separator: ",") + "\n" }.joined()
  }

  private static func written(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): text.delimitedField
    case .integer(let value): "\(value)"
    case .number(let value): value.isFinite ? "\(value)" : ""
    }
  }
}
