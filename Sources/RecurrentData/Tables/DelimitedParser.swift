/// Cuts the bytes of a table into fields, piece by piece (RFC 4180, and LF, CRLF or CR as line ends).
///
/// Lines without any character are no rows. What RFC 4180 does not allow is an error at its place, never guessed at.
struct DelimitedParser {
  private enum State {
    /// At the first byte of a field.
    case start
    /// In a field without quotes.
    case plain
    /// Between quotes.
    case quoted
    /// After a quote that ends a field, or is the first of two.
    case quote
  }

  private(set) var cells = TableCells()
  private let path: String
  private let format: TableFormat
  private var state = State.start
  private var fieldCount: Int?
  private var firstRowLine = 1

  // Places in the file: lines from 1, offsets of bytes from 0.
  private var line = 1
  private var lineOffset = 0
  private var rowLine = 1
  private var offset = 0
  private var quotePlace = (line: 1, character: 1)
  /// Whether a delimiter of this row was read, so that a field follows.
  private var isRowOpen = false
  /// Whether a quote of this row was read.
  private var isRowQuoted = false
  /// Whether the last byte was a CR outside quotes: an LF after it belongs to it.
  private var isAfterReturn = false

  init(path: String, format: TableFormat) {
    self.path = path
    self.format = format
  }

  /// Reads on.
  mutating func parse(_ piece: [UInt8]) throws(DataError) {
    var piece = piece
    if offset == 0 { try TextRules.removeMark(&piece, path: path) }
    try piece.withUnsafeBufferPointer { (bytes) throws(DataError) in try parse(bytes) }
  }

  /// The fields, once all bytes are parsed.
  mutating func finish() throws(DataError) -> TableCells {
    if state == .quoted {
      throw DataError(
        path, line: quotePlace.line, character: quotePlace.character,
        "this quote is not closed before the file ends; close it, or read the table as one without quotes")
    }
    if state != .start || !cells.isFieldEmpty || isRowOpen { try endRow() }
    return cells
  }

  private mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(DataError) {
    let base = offset
    let delimiter = format.delimiter
    let hasQuotes = format.hasQuotes
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      offset = base + index
      switch state {
      case .start, .plain:
        // The fast way through most of a table: a run of bytes that mean nothing.
        var end = index
        while end < bytes.count, !Self.isSpecial(bytes[end], delimiter) { end += 1 }
        if end > index {
          cells.append(UnsafeBufferPointer(rebasing: bytes[index..<end]))
          state = .plain
          isAfterReturn = false
          index = end
          continue
        }
        if byte == delimiter {
          cells.endField()
          state = .start
          isRowOpen = true
          isAfterReturn = false
        } else if byte == UInt8(ascii: "\n") {
          if isAfterReturn {
            isAfterReturn = false
            lineOffset = offset + 1
          } else {
            try endRow()
          }
        } else if byte == UInt8(ascii: "\r") {
          isAfterReturn = false
          try endRow()
          isAfterReturn = true
        } else if byte == 0 {
          throw TextRules.binary(path, line: line, character: character)
        } else if !hasQuotes {  // a quote, a character like any other
          cells.append(byte)
          state = .plain
          isAfterReturn = false
        } else if state == .start {
          state = .quoted
          quotePlace = (line, character)
          isRowQuoted = true
          isAfterReturn = false
        } else {
          throw DataError(
            path, line: line, character: character,
            "a quote within a field that does not begin with one; write the whole field in quotes and this quote twice,"
              + " or read the table as one without quotes")
        }
      case .quoted:
        var end = index
        while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\n"), bytes[end] != 0 { end += 1 }
        if end > index { cells.append(UnsafeBufferPointer(rebasing: bytes[index..<end])) }
        if end < bytes.count {
          offset = base + end
          if bytes[end] == 0 { throw TextRules.binary(path, line: line, character: character) }
          if bytes[end] == UInt8(ascii: "\"") {
            state = .quote
          } else {
            cells.append(UInt8(ascii: "\n"))
            line += 1
            lineOffset = offset + 1
          }
        }
        index = end
      case .quote:
        if byte == UInt8(ascii: "\"") {
          cells.append(byte)
          state = .quoted
        } else if byte == delimiter {
          cells.endField()
          state = .start
          isRowOpen = true
        } else if byte == UInt8(ascii: "\n") {
          try endRow()
        } else if byte == UInt8(ascii: "\r") {
          try endRow()
          isAfterReturn = true
        } else {
          throw DataError(
            path, line: line, character: character,
            "a field goes on after its closing quote (it was opened at \(quotePlace.line):\(quotePlace.character)); write a"
              + " quote within quotes twice")
        }
      }
      index += 1
    }
    offset = base + bytes.count
  }

  @inline(__always)
  private static func isSpecial(_ byte: UInt8, _ delimiter: UInt8) -> Bool {
    byte == delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\"") || byte == 0
  }

  private var character: Int { offset - lineOffset + 1 }

  /// Ends the row at a line's end.
  private mutating func endRow() throws(DataError) {
    let isBlank = !isRowOpen && !isRowQuoted && cells.isFieldEmpty
    cells.endField()
    let count = cells.endRow(line: rowLine)
    if isBlank {
      cells.removeBlankRow()
    } else if let fieldCount, !format.isRagged, count != fieldCount {
      throw DataError(
        path, line: rowLine,
        "\(counted(count, "field")) where \(format.hasHeader ? "the header" : "the first row") (line \(firstRowLine)) has"
          + " \(fieldCount)\(hint(count)); every row must have as many")
    } else if fieldCount == nil {
      fieldCount = count
      firstRowLine = rowLine
    }
    line += 1
    lineOffset = offset + 1
    rowLine = line
    state = .start
    isRowOpen = false
    isRowQuoted = false
  }

  /// The likely cause of a row with `count` fields.
  private func hint(_ count: Int) -> String {
    guard let fieldCount, count > fieldCount, format.hasQuotes else { return "" }
    return " (a field that holds a \(format.delimiterName) must stand in quotes)"
  }
}
