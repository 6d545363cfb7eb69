import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Reads lines that a person types at a terminal, with the keys of Emacs and the arrows, and the lines before to come back to.
///
/// The prompt is written, the line is drawn over as many rows as it needs, and everything is drawn anew after each key. While a line is read
/// the terminal is in raw mode; before `readLine` returns it is as it was.
struct LineEditor {
  /// What a person gave.
  enum Input: Equatable {
    /// A line, without its end.
    case line(String)
    /// Ctrl-C: whatever was typed is dropped.
    case interrupted
    /// Ctrl-D on an empty line, or the terminal is gone.
    case end
  }

  private(set) var history: [String] = []
  private var decoder = KeyDecoder()
  /// Keys that were typed ahead.
  private var pending: [Key] = []

  /// Remembers a line, to be come back to with the arrows; the same line twice in a row is one.
  mutating func remember(_ line: String) {
    if !line.isEmpty, history.last != line { history.append(line) }
  }

  /// Reads a line.
  ///
  /// - Parameters:
  ///   - prompt: Stands before it; styles in it take no column.
  ///   - promptWidth: Its columns.
  mutating func readLine(prompt: String, promptWidth: Int) throws -> Input {
    var mode = try RawMode()
    defer { mode.end() }
    var editing = Editing(history: history)
    var drawing = LineDrawing(prompt: prompt, promptWidth: promptWidth)
    try StandardOutput.write(RawMode.pasteOn)
    defer { try? StandardOutput.write(RawMode.pasteOff) }
    try drawing.draw(editing.line)
    while true {
      if pending.isEmpty {
        guard let keys = readKeys() else {
          try drawing.finish(editing.line)
          return .end
        }
        pending = keys
        if keys.isEmpty {  // a signal: perhaps the window has another size
          try drawing.draw(editing.line)
          continue
        }
      }
      let key = pending.removeFirst()
      switch key {
      case .enter:
        try drawing.finish(editing.line)
        return .line(editing.line.text)
      case .interrupt:
        try drawing.finish(editing.line)
        return .interrupted
      case .endOfInput where editing.line.characters.isEmpty:
        try drawing.finish(editing.line)
        return .end
      case .clearScreen: try drawing.clearScreen()
      case .suspend:
        mode.end()
        raise(SIGTSTP)
        mode = try RawMode()
        drawing.forget()
      default: editing.apply(key)
      }
      if pending.isEmpty { try drawing.draw(editing.line) }
    }
  }

  /// The next keys; empty where a signal came instead, nil at the end.
  private mutating func readKeys() -> [Key]? {
    var buffer = [UInt8](repeating: 0, count: 1024)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0 { return errno == EINTR || errno == EAGAIN ? [] : nil }
      if count == 0 { return nil }
      var keys = decoder.decode(buffer[..<count])
      if keys.isEmpty {
        // The rest of a sequence comes at once; an escape that was pressed comes alone.
        var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        if poll(&waiting, 1, 50) == 0 { keys = decoder.decode([], isPaused: true) }
      }
      if !keys.isEmpty { return keys }
    }
  }
}

/// A line while it is edited, with the lines before it, each of which may have been changed in passing.
struct Editing {
  private(set) var line = EditedLine()
  private var lines: [String]
  private var index: Int

  init(history: [String]) {
    lines = history + [""]
    index = history.count
  }

  /// Does what a key asks for.
  mutating func apply(_ key: Key) {
    switch key {
    case .text(let text): line.insert(text)
    case .left: line.moveLeft()
    case .right: line.moveRight()
    case .start: line.moveToStart()
    case .end: line.moveToEnd()
    case .wordLeft: line.moveWordLeft()
    case .wordRight: line.moveWordRight()
    case .backspace: line.deleteBackward()
    case .delete, .endOfInput: line.deleteForward()
    case .cutToStart: line.cutToStart()
    case .cutToEnd: line.cutToEnd()
    case .cutWordBackward: line.cutWordBackward()
    case .cutWordForward: line.cutWordForward()
    case .insertCut: line.insertCut()
    case .transpose: line.transpose()
    case .up: go(to: index - 1)
    case .down: go(to: index + 1)
    case .enter, .clearScreen, .interrupt, .suspend, .unknown: break
    }
  }

  private mutating func go(to next: Int) {
    guard lines.indices.contains(next) else { return }
    lines[index] = line.text
    index = next
    line.replace(with: lines[index])
  }
}

/// Draws a line over and over in the same place.
private struct LineDrawing {
  let prompt: String
  let promptWidth: Int
  /// The row of the cursor, counted from that of the prompt, as it was left.
  private var row = 0

  init(prompt: String, promptWidth: Int) {
    (self.prompt, self.promptWidth) = (prompt, promptWidth)
  }

  mutating func draw(_ line: EditedLine) throws {
    let layout = LineLayout(promptWidth: promptWidth, line: line, columns: Terminal.current.width)
    var output = (row > 0 ? "\u{1B}[\(row)A" : "") + "\r\u{1B}[J" + prompt + line.text
    // A terminal waits at the end of a full row; the next row is made to be there.
    if layout.end.column == 0, layout.end.row > 0 { output += "\r\n" }
    if layout.end.row > layout.cursor.row { output += "\u{1B}[\(layout.end.row - layout.cursor.row)A" }
    output += "\r" + (layout.cursor.column > 0 ? "\u{1B}[\(layout.cursor.column)C" : "")
    row = layout.cursor.row
    try StandardOutput.write(output)
  }

  /// Goes to the line after what was typed.
  mutating func finish(_ line: EditedLine) throws {
    var line = line
    line.moveToEnd()
    try draw(line)
    try StandardOutput.write("\r\n")
    row = 0
  }

  mutating func clearScreen() throws {
    try StandardOutput.write("\u{1B}[H\u{1B}[2J")
    row = 0
  }

  /// Somebody else has written: the line begins where the cursor is.
  mutating func forget() { row = 0 }
}

/// A terminal that gives each key as it is pressed and shows none, until `end()`.
private struct RawMode {
  /// Asks the terminal to say what is pasted, so that line ends in it send nothing.
  static let pasteOn = "\u{1B}[?2004h"
  static let pasteOff = "\u{1B}[?2004l"

  private var before = termios()

  init() throws {
    guard tcgetattr(STDIN_FILENO, &before) == 0 else {
      throw CommandError("the terminal cannot be read: \(systemMessage(errno))")
    }
    var raw = before
    raw.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INPCK | ISTRIP | IXON)
    raw.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN | ISIG)
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
  }

  func end() {
    var before = before
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before)
  }
}
