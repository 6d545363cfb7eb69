import Foundation
import Recurrent

/// The share of time that each gate is nearly shut or open, as a table.
struct GateTable {
  static let heads = ["cell", "gate", "shut (< 0.1)", "open (> 0.9)"]

  /// A row for each gate that was selected, in percent.
  let rows: [[String]]

  init(_ selection: WatchSelection) {
    rows = selection.cells.flatMap { cell in
      cell.quantities.compactMap { gate in
        cell.recording.saturation(of: gate).map { saturation in
          [cell.name, gate.name] + [saturation.meanShut, saturation.meanOpen].map { String(format: "%.1f %%", 100 * $0) }
        }
      }
    }
  }

  /// The table for a terminal; nil where no gate was selected.
  var text: String? {
    if rows.isEmpty { return nil }
    let all = [Self.heads] + rows
    let widths = Self.heads.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      row.indices.map { column in
        let gap = String(repeating: " ", count: widths[column] - row[column].count)
        return column < 2 ? row[column] + gap : gap + row[column]
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
