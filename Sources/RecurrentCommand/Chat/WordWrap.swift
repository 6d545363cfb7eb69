/// Text that arrives piece by piece, broken between words where a row of the terminal ends. A word is given when it is complete.
struct WordWrap {
  private let columns: Int
  private var column = 0
  private var spaces = ""
  private var word = ""

  init(columns: Int) { self.columns = columns }

  /// What is to be written after this piece.
  mutating func append(_ text: String) -> String {
    var output = ""
    for character in text {
      if character.isWhitespace {
        output += finish()
        spaces.append(" ")
      } else {
        word.append(character)
      }
    }
    return output
  }

  /// The word that is not complete yet.
  mutating func finish() -> String {
    if word.isEmpty { return "" }
    let width = word.reduce(0) { $0 + TerminalCharacters.columns(of: $1) }
    var output = spaces
    if column > 0, column + spaces.count + width > columns {
      output = "\n"
      column = 0
    } else {
      column += spaces.count
    }
    output += word
    column += width
    // A row that is just full stays the cursor's until something follows.
    if column > columns { column = (column - 1) % max(1, columns) + 1 }
    (spaces, word) = ("", "")
    return output
  }
}
