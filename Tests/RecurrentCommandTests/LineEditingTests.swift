import Testing

@testable import RecurrentCommand

/// What the keys do to a line, what bytes are which key, and where characters stand.
@Suite struct LineEditingTests {
  private func keys(_ text: String) -> [Key] {
    var decoder = KeyDecoder()
    return decoder.decode(Array(text.utf8))
  }

  /// The line after these bytes were typed.
  private func typed(_ text: String, history: [String] = []) -> EditedLine {
    var editing = Editing(history: history)
    for key in keys(text) { editing.apply(key) }
    return editing.line
  }

  @Test func bytesAreKeys() {
    #expect(keys("ab\u{1B}[D\u{1B}OH\r") == [.text("ab"), .left, .start, .enter])
    #expect(keys("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[1~\u{1B}[4~\u{1B}[3~") == [.up, .down, .right, .start, .end, .delete])
    #expect(keys("\u{1B}[1;5C\u{1B}b\u{1B}\u{7F}") == [.wordRight, .wordLeft, .cutWordBackward])
    #expect(keys("\u{3}\u{4}\u{1A}\u{C}\t") == [.interrupt, .endOfInput, .suspend, .clearScreen, .text(" ")])
    #expect(keys("\u{1B}[99~\u{1B}[1;2P\u{1B}q") == [.unknown, .unknown, .unknown])
    #expect(keys("日本\u{1F469}\u{200D}\u{1F4BB}é") == [.text("日本\u{1F469}\u{200D}\u{1F4BB}é")])
  }

  /// Whatever the pieces are in which bytes arrive, the keys are the same.
  @Test func piecesDoNotMatter() {
    let bytes = Array("a\u{1B}[1;5Dé😀\u{1B}OF\u{1B}[200~x\ny\u{1B}[201~\u{7F}".utf8)
    let whole: [Key] = [.text("a"), .wordLeft, .text("é😀"), .end, .text("x y"), .backspace]
    for size in 1...bytes.count {
      var decoder = KeyDecoder()
      var found: [Key] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        for key in decoder.decode(bytes[start..<min(start + size, bytes.count)]) {
          // Text may come in pieces.
          if case .text(let more) = key, case .text(let before)? = found.last, found.count < 5 {
            found[found.count - 1] = .text(before + more)
          } else {
            found.append(key)
          }
        }
      }
      #expect(found == whole, "pieces of \(size)")
    }
  }

  @Test func bytesThatAreNoTextAreNoKeys() {
    var decoder = KeyDecoder()
    #expect(decoder.decode([0x61, 0xFF, 0x62, 0x0D]) == [.text("a"), .unknown, .text("b"), .enter])
    #expect(decoder.decode([0xC3]).isEmpty)
    #expect(decoder.decode([0xA9]) == [.text("é")])
    #expect(decoder.decode([0x1B]).isEmpty)
    #expect(decoder.decode([], isPaused: true) == [.unknown])
    #expect(decoder.decode([0x61]) == [.text("a")])
  }

  @Test(arguments: [
    ("abc\u{1B}[D\u{1B}[DX", "aXbc", 2),
    ("abc\u{7F}\u{7F}", "a", 1),
    ("abc\u{1}\u{4}", "bc", 0),
    ("abc\u{2}\u{B}d", "abd", 3),
    ("one two\u{17}three", "one three", 9),
    ("one two\u{15}x\u{19}", "xone two", 8),
    ("one two\u{1}\u{1B}d", " two", 0),
    ("one, two\u{1B}b\u{1B}bX", "Xone, two", 1),
    ("one, two\u{1}\u{1B}fX", "oneX, two", 4),
    ("abc\u{14}", "acb", 3),
    ("abc\u{2}\u{2}\u{14}", "bac", 2),
    ("\u{1B}[D\u{7F}\u{1B}[3~\u{17}", "", 0),
    ("e\u{301}x\u{7F}\u{7F}", "", 0),
    ("\u{1F1E9}\u{1F1EA}a\u{1B}[D\u{7F}", "a", 0),
    ("e\u{1B}[D\u{1B}[C\u{301}", "e\u{301}", 1),
  ])
  func keysEdit(bytes: String, text: String, cursor: Int) {
    let line = typed(bytes)
    #expect(line.text == text && line.cursor == cursor, "\(line)")
  }

  @Test func earlierLinesComeBack() {
    let history = ["first", "second"]
    #expect(typed("\u{1B}[A", history: history).text == "second")
    #expect(typed("\u{1B}[A\u{1B}[A\u{1B}[A", history: history).text == "first")
    #expect(typed("new\u{1B}[A\u{1B}[B", history: history).text == "new")
    #expect(typed("\u{1B}[A!\u{1B}[A\u{1B}[B", history: history).text == "second!")
    #expect(typed("\u{1B}[A").text == "")
    var editor = LineEditor()
    editor.remember("a")
    editor.remember("a")
    editor.remember("")
    editor.remember("b")
    #expect(editor.history == ["a", "b"])
  }

  /// However an answer comes in pieces, no word is broken that fits a row.
  @Test func answersAreBrokenBetweenWords() {
    let text = "one two three 日本 seventeen-letters x"
    for size in 1...text.count {
      var wrap = WordWrap(columns: 10)
      var output = ""
      var rest = text[...]
      while !rest.isEmpty {
        output += wrap.append(String(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      output += wrap.finish()
      #expect(output == "one two\nthree 日本\nseventeen-letters x", "pieces of \(size)")
    }
  }

  @Test func placesOnTheTerminal() {
    func layout(_ text: String, back: Int = 0, columns: Int = 10) -> LineLayout {
      var line = EditedLine(text)
      for _ in 0..<back { line.moveLeft() }
      return LineLayout(promptWidth: 2, line: line, columns: columns)
    }
    func place(_ row: Int, _ column: Int) -> LineLayout.Place { LineLayout.Place(row: row, column: column) }
    #expect(layout("abc").cursor == place(0, 5))
    #expect(layout("12345678").end == place(1, 0))
    #expect(layout("12345678", back: 1).cursor == place(0, 9))
    #expect(layout("123456789abcdefghi").end == place(2, 0))
    #expect(layout("日本").end == place(0, 6))
    // A wide character does not fit in the last column, and stands on the next row as a whole.
    #expect(layout("1234567日").end == place(1, 2))
    #expect(layout("1234567日", back: 1).cursor == place(1, 0))
    #expect(layout("e\u{301}\u{1F469}\u{200D}\u{1F4BB}").end == place(0, 5))
  }
}
