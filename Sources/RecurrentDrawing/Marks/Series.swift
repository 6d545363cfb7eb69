/// The marks of one name, and what the legend shows of them.
struct Series {
  let name: String?
  let index: Int
  let ink: Ink
  private(set) var marks: [Mark]

  /// The series of marks, in the order of their first mark; rules and words belong to none.
  static func grouped(_ marks: [Mark]) -> [Series] {
    var series: [Series] = []
    for mark in marks where mark.isSeries {
      if let name = mark.name, let known = series.firstIndex(where: { $0.name == name }) {
        series[known].marks.append(mark)
        continue
      }
      let index = series.count
      let chosen = mark.name == nil ? mark.ink : marks.first { $0.name == mark.name && $0.ink != nil }?.ink
      series.append(
        Series(name: mark.name, index: index, ink: chosen ?? Ink.series[index % Ink.series.count], marks: [mark]))
    }
    return series
  }

  /// The form of the points of this series.
  func symbol(_ chosen: Symbol?) -> Symbol { chosen ?? Symbol.allCases[index % Symbol.allCases.count] }

  /// A sample of the series in a box of 22 by 10 around a base line's height.
  func drawSample(at left: Double, middle: Double, on canvas: inout Canvas) {
    for mark in marks {
      switch mark.shape {
      case .line(_, let width, let style):
        canvas.line(
          [Point(x: left, y: middle), Point(x: left + 24, y: middle)], ink: ink, width: width,
          dashes: style.dashes(series: index))
      case .band:
        canvas.area(
          [(0, -5), (24, -5), (24, 5), (0, 5)].map { Point(x: left + $0.0, y: middle + $0.1) }, ink: ink,
          isFaint: true)
      case .points(_, let symbol, let radius):
        canvas.points([Point(x: left + 12, y: middle)], self.symbol(symbol), ink: ink, radius: radius)
      case .rule, .text: break
      }
    }
  }
}

/// The names of series with samples, in rows.
struct Legend {
  static let rowHeight = 18.0
  private static let sampleWidth = 30.0
  private static let gap = 18.0

  /// The entries of each row.
  let rows: [[Series]]

  /// The legend of the series that have a name, in rows of at most `width`.
  init(_ series: [Series], width: Double) {
    var rows: [[Series]] = []
    var used = Double.infinity
    for entry in series where entry.name != nil {
      let needed = Self.width(entry)
      if used + needed > width {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(entry)
      used += needed + Self.gap
    }
    self.rows = rows
  }

  /// The width of the widest row.
  var width: Double {
    rows.map { $0.map(Self.width).reduce(0, +) + Self.gap * Double($0.count - 1) }.max() ?? 0
  }

  /// Draws it with its first base line at `top`.
  func draw(left: Double, baseline: Double, on canvas: inout Canvas) {
    for (index, row) in rows.enumerated() {
      let y = baseline + Double(index) * Self.rowHeight
      var x = left
      for entry in row {
        entry.drawSample(at: x, middle: y - 4, on: &canvas)
        canvas.text(entry.name ?? "", at: Point(x: x + Self.sampleWidth, y: y))
        x += Self.width(entry) + Self.gap
      }
    }
  }

  private static func width(_ entry: Series) -> Double {
    sampleWidth + TextWidth.of(entry.name ?? "", size: Canvas.TextRole.label.size)
  }
}
