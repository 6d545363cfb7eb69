/// A line of text and a place in it, as they are while somebody types: characters are what a reader calls so (extended grapheme clusters).
struct EditedLine: Equatable {
  /// The characters.
  private(set) var characters: [Character] = []
  /// How many characters stand before the cursor.
  private(set) var cursor = 0
  /// What was cut last, to be put in again.
  private var cut: [Character] = []

  init(_ text: String = "") {
    characters = Array(text)
    cursor = characters.count
  }

  var text: String { String(characters) }

  /// Takes another text, with the cursor at its end.
  mutating func replace(with text: String) {
    characters = Array(text)
    cursor = characters.count
  }

  /// Puts text where the cursor is. A mark that combines with the character before it becomes part of that.
  mutating func insert(_ text: String) {
    let before = Array(String(characters[..<cursor]) + text)
    characters = before + characters[cursor...]
    cursor = before.count
  }

  // MARK: Moving

  mutating func moveLeft() { cursor = max(0, cursor - 1) }
  mutating func moveRight() { cursor = min(characters.count, cursor + 1) }
  mutating func moveToStart() { cursor = 0 }
  mutating func moveToEnd() { cursor = characters.count }
  mutating func moveWordLeft() { cursor = wordStart }
  mutating func moveWordRight() { cursor = wordEnd }

  // MARK: Taking away

  mutating func deleteBackward() {
    if cursor > 0 { remove(cursor - 1..<cursor) }
  }

  mutating func deleteForward() {
    if cursor < characters.count { remove(cursor..<cursor + 1) }
  }

  mutating func cutToStart() { cutOut(0..<cursor) }
  mutating func cutToEnd() { cutOut(cursor..<characters.count) }
  mutating func cutWordBackward() { cutOut(wordStart..<cursor) }
  mutating func cutWordForward() { cutOut(cursor..<wordEnd) }
  mutating func insertCut() { insert(String(cut)) }

  /// Swaps the two characters before the cursor at the end of the line, elsewhere those around it.
  mutating func transpose() {
    guard characters.count > 1, cursor > 0 else { return }
    let second = min(cursor, characters.count - 1)
    characters.swapAt(second - 1, second)
    cursor = second + 1
  }

  private mutating func cutOut(_ range: Range<Int>) {
    if range.isEmpty { return }
    cut = Array(characters[range])
    remove(range)
  }

  private mutating func remove(_ range: Range<Int>) {
    characters.removeSubrange(range)
    cursor = range.lowerBound
  }

  private func isWord(_ index: Int) -> Bool { characters[index].isLetter || characters[index].isNumber }

  private var wordStart: Int {
    var index = cursor
    while index > 0, !isWord(index - 1) { index -= 1 }
    while index > 0, isWord(index - 1) { index -= 1 }
    return index
  }

  private var wordEnd: Int {
    var index = cursor
    while index < characters.count, !isWord(index) { index += 1 }
    while index < characters.count, isWord(index) { index += 1 }
    return index
  }
}
