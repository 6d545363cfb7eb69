/// How often each class was taken for each: numbers in the cells, colours by the share of the row.
///
/// ```swift
/// import RecurrentDrawing
///
/// let matrix = ConfusionMap(counts: [[95, 5], [12, 88]], labels: ["negative", "positive"])
/// let svg = Figure("IMDB, test part", parts: [matrix]).svg
/// ```
public struct ConfusionMap: FigurePart {
  /// The title above the matrix; empty: none.
  public var title: String
  /// The counts: a row for each true class, a column for each predicted class.
  public var counts: [[Int]]
  /// The names of the classes.
  public var labels: [String]

  /// The matrix of the given counts.
  public init(_ title: String = "", counts: [[Int]], labels: [String]) {
    self.title = title
    self.counts = counts
    self.labels = labels
  }

  public var sides: (left: Double, right: Double) { map(width: 400).sides }
  public func extent(width: Double) -> PartExtent { map(width: width).extent(width: width) }
  public func draw(in area: Rectangle, on canvas: inout Canvas) {
    map(width: area.width).draw(in: area, on: &canvas)
  }

  private func map(width: Double) -> HeatMap {
    let shares = counts.map { row in
      let total = row.reduce(0.0) { $0 + Double($1) }
      return row.map { total > 0 ? Double($0) / total : 0 }
    }
    let tips = counts.enumerated().map { row, counts in
      let total = Self.text(counts.reduce(0, +))
      return counts.enumerated().map { "\(label(row)) as \(label($0)): \(Self.text($1)) of \(total)" }
    }
    let widest = counts.joined().map { TextWidth.of(Self.text($0), size: 10) + 6 }.max() ?? 0
    let side = min(max(48, widest), max(1, width / Double(max(1, counts.count))))
    return HeatMap(
      title, values: shares, rows: .names(labels), columns: .names(labels), range: 0...1, rowTitle: "true class",
      columnTitle: "predicted class", valueTitle: "share of the row", texts: counts.map { $0.map(Self.text) }, tips: tips,
      rowHeight: min(side, 48), greatestColumnWidth: side)
  }

  private func label(_ index: Int) -> String { index < labels.count ? labels[index] : String(index) }

  private static func text(_ count: Int) -> String { Numerals.fixed(Double(count), decimals: 0) }
}
