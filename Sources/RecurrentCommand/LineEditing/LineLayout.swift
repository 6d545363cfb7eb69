/// Where the characters of a line stand on a terminal of some columns, a prompt before them.
struct LineLayout: Equatable {
  /// Row and column, counted from 0, of where the prompt begins.
  struct Place: Equatable {
    var row = 0
    var column = 0
  }

  /// Where the cursor is.
  private(set) var cursor = Place()
  /// Where the next character would go.
  private(set) var end = Place()

  /// - Parameter promptWidth: The columns of the prompt.
  init(promptWidth: Int, line: EditedLine, columns: Int) {
    let columns = max(2, columns)
    end = Place(row: promptWidth / columns, column: promptWidth % columns)
    for (index, character) in line.characters.enumerated() {
      if index == line.cursor { cursor = end }
      let width = Self.width(of: character)
      // What does not fit at the end of a row goes to the next as a whole.
      if end.column + width > columns { end = Place(row: end.row + 1, column: 0) }
      if index == line.cursor { cursor = end }
      end.column += width
      if end.column == columns { end = Place(row: end.row + 1, column: 0) }
    }
    if line.cursor == line.characters.count { cursor = end }
  }

  /// The columns that terminals give a character: 2 for those of East Asia and for pictures, 0 for marks that stand alone.
  static func width(of character: Character) -> Int {
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return 0 }
    if scalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) { return 2 }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
      0x20000...0x3FFFD:
      return 2
    default: break
    }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return 1
    }
  }
}
