public import Foundation
import RecurrentTensors

/// How a table of text is written: what stands between columns, whether fields may be in quotes, and whether the first line names
/// the columns.
public struct TableFormat: Sendable, Hashable, Codable {
  /// The byte between columns.
  public var delimiter: UInt8
  /// Whether a field may stand in double quotes (RFC 4180): it then may hold the delimiter, line ends, and quotes written twice.
  public var hasQuotes: Bool
  /// Whether the first row names the columns.
  public var hasHeader: Bool
  /// Whether rows may differ in their number of fields.
  public var isRagged: Bool

  /// A format.
  public init(delimiter: UInt8, hasQuotes: Bool, hasHeader: Bool = true, isRagged: Bool = false) {
    check(
      delimiter != UInt8(ascii: "\"") && delimiter != UInt8(ascii: "\n") && delimiter != UInt8(ascii: "\r") && delimiter != 0,
      "TableFormat: the byte \(delimiter) cannot stand between columns")
    self.delimiter = delimiter
    self.hasQuotes = hasQuotes
    self.hasHeader = hasHeader
    self.isRagged = isRagged
  }

  /// Columns between commas (RFC 4180), with a header.
  public static let commas = TableFormat(delimiter: UInt8(ascii: ","), hasQuotes: true)
  /// Columns between semicolons, as spreadsheets write them where the comma is the decimal point.
  public static let semicolons = TableFormat(delimiter: UInt8(ascii: ";"), hasQuotes: true)
  /// Columns between tabs, where a quote is a character like any other, with a header.
  public static let tabs = TableFormat(delimiter: UInt8(ascii: "\t"), hasQuotes: false)

  /// The usual format of a file of that name: tabs for `.tsv` and `.tab`, else commas; `.gz` after it does not matter.
  public init(fileName: String) {
    let name = fileName.lowercased()
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    self = plain.hasSuffix(".tsv") || plain.hasSuffix(".tab") ? .tabs : .commas
  }

  /// How a file is written, by its name and its first line: tabs for `.tsv` and `.tab`; else commas, unless the first line has semicolons (or tabs)
  /// and commas in numbers at most (`1,5;2,5`).
  ///
  /// - Throws: `DataError` if the file cannot be read.
  public init(recognizing url: URL) throws(DataError) {
    self.init(fileName: url.lastPathComponent)
    guard self == .commas else { return }
    var source = try ByteSource(contentsOf: url)
    var fields: [[UInt8]] = [[]]  // between semicolons
    var (isQuoted, hasText, tabs) = (false, false, 0)
    var commas = 0
    reading: while let piece = try source.next() {
      for byte in piece {
        if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
        if !isQuoted, byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
          if hasText { break reading }
          continue
        }
        hasText = true
        if isQuoted { continue }
        switch byte {
        case UInt8(ascii: ";"): fields.append([])
        case UInt8(ascii: "\t"): tabs += 1
        default:
          if byte == UInt8(ascii: ",") { commas += 1 }
          fields[fields.count - 1].append(byte)
        }
      }
    }
    if fields.count > 1 {
      let hasOtherCommas = fields.contains { field in
        guard field.contains(UInt8(ascii: ",")) else { return false }
        return field.withUnsafeBufferPointer { NumberText.value(of: $0[...], hasDecimalComma: true) } == .invalid
      }
      if !hasOtherCommas { self = .semicolons }
    } else if tabs > 0, commas == 0 {
      self = .tabs
    }
  }

  /// Whether a number may have a comma for its point: where no comma stands between columns.
  var allowsDecimalComma: Bool { delimiter != UInt8(ascii: ",") }

  /// The same format without a header.
  public var withoutHeader: TableFormat {
    var format = self
    format.hasHeader = false
    return format
  }

  /// What stands between columns, in words.
  var delimiterName: String {
    switch delimiter {
    case UInt8(ascii: ","): "comma"
    case UInt8(ascii: ";"): "semicolon"
    case UInt8(ascii: "\t"): "tab"
    default: quoted(String(UnicodeScalar(delimiter)))
    }
  }
}
