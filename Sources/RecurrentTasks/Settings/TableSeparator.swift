import Foundation
import RecurrentData

/// What stands between the columns of a table: the key `separator` of the tasks that read tables.
public enum TableSeparator: String, Codable, Sendable, CaseIterable {
  case byName = "by-name"
  case tab
  case comma
  case semicolon

  /// What the key is documented with.
  static let documentation =
    "What stands between columns of a table; by-name: a tab in .tsv and .tab files, else a comma, or the semicolon that the first line has in its"
    + " place. Only tabs leave quotes alone. Beside tabs and semicolons the decimal point may be a comma."

  /// How a file is read.
  ///
  /// - Throws: `DataError` if it cannot be.
  func format(of url: URL, hasHeader: Bool = true) throws(DataError) -> TableFormat {
    var format: TableFormat =
      switch self {
      case .byName: try TableFormat(recognizing: url)
      case .tab: .tabs
      case .comma: .commas
      case .semicolon: .semicolons
      }
    format.hasHeader = hasHeader
    return format
  }
}
