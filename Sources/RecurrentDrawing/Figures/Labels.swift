/// The labels beside the rows and columns of a heat map.
public enum Labels: Sendable, Hashable, ExpressibleByArrayLiteral {
  /// No labels.
  case none
  /// A name for each row or column. Where names would touch each other, only every second, third, ... is shown.
  case names([String])
  /// Numbers that count from `first`; round ones are shown.
  case numbers(from: Int)
  /// Values from the edge of the first cell to that of the last: rows then go from bottom to top, as along an axis.
  case range(ClosedRange<Double>)

  /// A name for each row or column.
  public init(arrayLiteral names: String...) { self = .names(names) }

  /// The label of one of `count`, where it has one.
  func text(at index: Int, step: Int) -> String? {
    switch self {
    case .none, .range: nil
    case .names(let names): index < names.count && index.isMultiple(of: step) ? names[index] : nil
    case .numbers(let first): (first + index).isMultiple(of: step) ? String(first + index) : nil
    }
  }

  /// Every how many cells there is a label, where each needs `room` pixels and a cell has `cell`.
  func step(cell: Double, room: Double) -> Int {
    let least = max(1, Int((room / max(cell, 1e-6)).rounded(.up)))
    guard case .numbers = self, least > 1 else { return least }
    var power = 1
    while power < 1_000_000_000 {
      for factor in [1, 2, 5] where factor * power >= least { return factor * power }
      power *= 10
    }
    return least
  }

  /// The widest label.
  func width(count: Int, size: Double) -> Double {
    switch self {
    case .none, .range: 0
    case .names(let names): names.prefix(count).map { TextWidth.of($0, size: size) }.max() ?? 0
    case .numbers(let first): TextWidth.of(String(max(abs(first), abs(first + count))), size: size)
    }
  }
}

/// Labels under columns: beside each other where there is room, else upright, else some of them.
struct ColumnLabels {
  private let labels: Labels
  private let count: Int
  private let cell: Double
  private let role: Canvas.TextRole
  private let isVertical: Bool
  private let longest: Double
  private let step: Int

  private static let mostHeight = 150.0

  init(labels: Labels, count: Int, width: Double, role: Canvas.TextRole = .small) {
    self.labels = labels
    self.count = count
    self.role = role
    cell = width / Double(max(1, count))
    longest = labels.width(count: count, size: role.size)
    if case .numbers = labels {
      isVertical = false
      step = labels.step(cell: cell, room: longest + 10)
    } else {
      isVertical = longest + 2 > cell
      step = labels.step(cell: cell, room: isVertical ? role.size * 0.95 : longest)
    }
  }

  /// The room below.
  var height: Double {
    if longest == 0 { return 4 }
    return isVertical ? min(longest, Self.mostHeight) + 8 : role.size + 6
  }

  /// Draws them under an area.
  func draw(under area: Rectangle, on canvas: inout Canvas) {
    for index in 0..<count {
      guard let text = labels.text(at: index, step: step) else { continue }
      let center = area.left + (Double(index) + 0.5) * cell
      if isVertical {
        canvas.text(
          TextWidth.fitted(text, size: role.size, width: Self.mostHeight),
          at: Point(x: center + role.size * 0.35, y: area.bottom + 5), role, anchor: .end, isVertical: true)
      } else {
        canvas.text(text, at: Point(x: center, y: area.bottom + role.size + 3), role, anchor: .middle)
      }
    }
  }
}
