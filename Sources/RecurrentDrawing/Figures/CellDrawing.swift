/// A matrix as few elements: one for each colour, in which neighbours of a row that have the same are one rectangle.
struct CellDrawing {
  let values: [[Double]]
  let columnCount: Int
  let scale: ColorScale
  let area: Rectangle

  func draw(on canvas: inout Canvas) {
    let pooling = Pooling(rows: values.count, columns: columnCount, width: area.width, height: area.height)
    let cells = pooling.pooled(values, columnCount: columnCount)
    let columns = cells.first?.count ?? 0
    guard columns > 0 else { return }
    // The last group may be smaller than the others: edges are counted in cells of the matrix.
    func x(_ column: Int) -> Int { min(column * pooling.columnGroup, columnCount) }
    func y(_ row: Int) -> Int { min(row * pooling.rowGroup, values.count) }
    // One place for what has no value, after those of the levels.
    var runs = [[Canvas.CellRun]](repeating: [], count: scale.colors.levelCount + 1)
    for (row, cells) in cells.enumerated() {
      let levels = cells.map { scale.colors.level(at: scale.fraction($0)) ?? scale.colors.levelCount }
      var start = 0
      while start < columns {
        var end = start + 1
        while end < columns, levels[end] == levels[start] { end += 1 }
        runs[levels[start]].append(
          Canvas.CellRun(column: x(start), row: y(row), width: x(end) - x(start), height: y(row + 1) - y(row)))
        start = end
      }
    }
    canvas.cells(
      runs.enumerated().map { level, cells in
        (level < scale.colors.levelCount ? scale.colors.style(level: level) : ColorMap.missing, cells)
      }, columns: columnCount, rows: values.count, in: area)
  }
}

/// How many neighbouring rows and columns of a matrix are drawn as one cell, so that no cell is smaller than a pixel and
/// there are no more cells than a file should hold.
struct Pooling {
  let rowGroup: Int
  let columnGroup: Int

  /// More cells than that make files that viewers refuse.
  private static let greatestCount = 120_000

  init(rows: Int, columns: Int, width: Double, height: Double) {
    rowGroup = max(1, Int((Double(rows) / max(1, height)).rounded(.up)))
    let drawnRows = (rows + rowGroup - 1) / rowGroup
    let most = min(max(1, width), Double(max(1, Self.greatestCount / max(1, drawnRows))))
    columnGroup = max(1, Int((Double(columns) / most).rounded(.up)))
  }

  /// What the reader must know of it.
  var note: String {
    rowGroup * columnGroup == 1 ? "" : "each cell is the mean of \(rowGroup) × \(columnGroup)"
  }

  /// The means of the finite values of each group; where there are none, one of those that there are.
  func pooled(_ values: [[Double]], columnCount: Int) -> [[Double]] {
    stride(from: 0, to: values.count, by: rowGroup).map { top in
      let rows = values[top..<min(top + rowGroup, values.count)]
      return stride(from: 0, to: columnCount, by: columnGroup).map { left in
        if rowGroup * columnGroup == 1 { return left < values[top].count ? values[top][left] : .nan }
        var (sum, count, other) = (0.0, 0, Double.nan)
        for row in rows {
          for value in row[min(left, row.count)..<min(left + columnGroup, row.count)] {
            if value.isFinite { (sum, count) = (sum + value, count + 1) } else if !value.isNaN { other = value }
          }
        }
        return count > 0 ? sum / Double(count) : other
      }
    }
  }
}
