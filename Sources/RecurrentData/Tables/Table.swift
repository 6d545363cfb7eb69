public import Foundation
import RecurrentTensors

/// A table that was read from a text file, plain or gzip: rows of fields, from which columns are taken as text, numbers or times.
///
///     let table = try Table(contentsOf: url)                    // the format by the file's name
///     let labels = try table.text("label")                      // by name, or table.text(1) by number
///     let loads = try table.numbers("load")                     // NaN where missing
///     let times = try table.times("date")
///
/// A table of a million rows is read in a few seconds and held as its bytes; columns are converted when they are asked for.
public struct Table: Sendable {
  /// Where it is from, for messages.
  public let path: String
  /// How it was written.
  public let format: TableFormat
  /// The names of the columns, without white space around them; nil if it has no header.
  public let header: [String]?
  /// The number of columns; of a ragged table, that of the first row.
  public let columnCount: Int

  let cells: TableCells
  /// 1 where the first row of `cells` is the header.
  private let firstRow: Int

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - url: A text file in UTF-8, plain or gzip.
  ///   - format: How it is written; by default what its name and its first line say.
  /// - Throws: `DataError` that names line and place: no such file, a binary file, a quote that is not closed, rows of different
  ///   lengths, a table without a row.
  public init(contentsOf url: URL, format: TableFormat? = nil) throws(DataError) {
    let format = if let format { format } else { try TableFormat(recognizing: url) }
    var source = try ByteSource(contentsOf: url)
    var parser = DelimitedParser(path: source.path, format: format)
    while let piece = try source.next() { try parser.parse(piece) }
    try self.init(parser.finish(), path: source.path, format: format)
  }

  /// Reads a table that is in memory; `name` stands for its path in messages. Throws as for a file.
  public init(text: String, name: String = "the table", format: TableFormat = .commas) throws(DataError) {
    var parser = DelimitedParser(path: name, format: format)
    try parser.parse(Array(text.utf8))
    try self.init(parser.finish(), path: name, format: format)
  }

  private init(_ cells: TableCells, path: String, format: TableFormat) throws(DataError) {
    if cells.rowCount == 0 { throw DataError(path, "the table is empty: there is not one row") }
    self.path = path
    self.format = format
    self.cells = cells
    columnCount = cells.fieldCount(row: 0)
    firstRow = format.hasHeader ? 1 : 0
    guard format.hasHeader else {
      header = nil
      return
    }
    var names: [String] = []
    for field in 0..<columnCount {
      let name = try TextRules.text(
        cells.bytes[cells.range(row: 0, field: field)], path: path, line: cells.line(row: 0), place: "column \(field + 1): ")
      names.append(name.trimmingCharacters(in: .whitespaces))
    }
    header = names
    if cells.rowCount == 1 { throw DataError(path, line: cells.line(row: 0), "the table has a header and no row after it") }
  }

  /// The number of rows, the header not counted.
  public var rowCount: Int { cells.rowCount - firstRow }

  /// How many fields a row has, counted from 0: the same in each row unless the format is ragged.
  public func fieldCount(row: Int) -> Int { cells.fieldCount(row: row + firstRow) }

  /// The line of the file where a row begins; rows are counted from 0, lines from 1.
  public func line(row: Int) -> Int { cells.line(row: row + firstRow) }

  /// The index of a column, counted from 0.
  ///
  /// - Throws: `DataError` that names the nearest column if there is none of that name or number, or two.
  public func index(of column: ColumnReference) throws(DataError) -> Int {
    switch column {
    case .nameOrNumber(let text, let number):
      guard let header, header.contains(text) || Self.areNumbers(header) else { return try index(of: .number(number)) }
      // Among names that are numbers, a number that is none of them is not a place.
      return try index(of: .name(text))
    case .number(let number):
      if (1...columnCount).contains(number) { return number - 1 }
      throw DataError(path, "there is no column \(number): the table has \(columnCount), counted from 1\(delimiterHint)")
    case .name(let name):
      guard let header else {
        throw DataError(
          path, "the table has no header, so \(quoted(name)) names no column; give the column's number, 1 to \(columnCount)")
      }
      let found = header.indices.filter { header[$0] == name }
      if found.count == 1 { return found[0] }
      let line = cells.line(row: 0)
      if found.count > 1 {
        let numbers = found.map { "\($0 + 1)" }
        throw DataError(
          path, line: line, "\(counted(found.count, "column")) are named \(quoted(name)): \(listed(numbers)); give a number")
      }
      let near = nearest(to: name, among: header).map { "; did you mean \(quoted($0))?" } ?? ""
      throw DataError(
        path, line: line, "there is no column \(quoted(name))\(near) (there are: \(listed(header)))\(delimiterHint)")
    }
  }

  /// Whether names are numbers, at least from the second on: the first may be that of an index or of a label.
  private static func areNumbers(_ names: [String]) -> Bool {
    names.count > 1 && names.dropFirst().allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  }

  /// The name of a column for people: that of the header, or its number.
  public func name(ofColumn index: Int) -> String { header?[index] ?? "column \(index + 1)" }

  /// A column's fields as text, a row each.
  ///
  /// - Throws: `DataError` if there is no such column, or a field is not UTF-8.
  public func text(_ column: ColumnReference) throws(DataError) -> [String] {
    let index = try index(of: column)
    var result: [String] = []
    result.reserveCapacity(rowCount)
    for row in 0..<rowCount { result.append(try text(row: row, column: index)) }
    return result
  }

  /// A field as text; row and column are counted from 0. Throws `DataError` if it is not UTF-8.
  public func text(row: Int, column: Int) throws(DataError) -> String {
    let range = cells.range(row: row + firstRow, field: column)
    let text = cells.bytes.withUnsafeBufferPointer { String(validating: $0[range], as: UTF8.self) }
    if let text { return text }
    throw DataError(
      path, line: cells.line(row: row + firstRow, field: column),
      "\(place(column))not UTF-8; convert the file (iconv -f LATIN1 -t UTF-8)")
  }

  /// Calls `body` with the bytes of a field; row and column are counted from 0.
  func withBytes<R>(row: Int, column: Int, _ body: (Slice<UnsafeBufferPointer<UInt8>>) -> R) -> R {
    let range = cells.range(row: row + firstRow, field: column)
    return cells.bytes.withUnsafeBufferPointer { body($0[range]) }
  }

  /// An error about a field.
  func error(row: Int, column: Int, _ problem: String) -> DataError {
    DataError(path, line: cells.line(row: row + firstRow, field: column), place(column) + problem)
  }

  private func place(_ column: Int) -> String {
    let name = header.flatMap { $0.indices.contains(column) ? " (\(quoted($0[column])))" : nil } ?? ""
    return "column \(column + 1)\(name): "
  }

  /// A table of one column is often one that was cut at the wrong byte.
  private var delimiterHint: String {
    let others: [TableFormat] = [.commas, .semicolons, .tabs].filter { $0.delimiter != format.delimiter }
    guard columnCount == 1 else { return "" }
    let first = cells.bytes[cells.range(row: 0, field: 0)]
    guard let other = others.first(where: { first.contains($0.delimiter) }) else { return "" }
    return "; the first row has no \(format.delimiterName) but a \(other.delimiterName): set data.separator to \(other.delimiterName)"
  }
}
