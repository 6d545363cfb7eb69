public import RecurrentDrawing
import RecurrentTasks
import RecurrentTensors

/// What an experiment found.
public struct Findings: Sendable {
  /// The page's first paragraphs, where they are not the experiment's usual ones.
  public var introduction: [String]?
  /// The short table: printed in the terminal, and first on the page.
  public var table: Page.Table
  /// Under the table, where its columns need words.
  public var tableNote: String
  /// What to notice: sentences whose numbers are those of this run.
  public var notes: [String]
  /// The rest of the page: pictures, and the words that go with them.
  public var blocks: [Page.Block]
  /// The numbers behind the pictures.
  public var files: [DataFile]

  /// Findings.
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
  /// A cell.
  public enum Cell: Sendable {
    case text(String)
    case integer(Int)
    case number(Double)
  }

  /// Its name, with the ending.
  public let name: String
  /// The heads of the columns.
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

  /// The file (RFC 4180, with the ends of lines that Unix has). Numbers have the digits that read back as the same.
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
