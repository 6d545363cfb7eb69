import SystemEditline

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Reads lines that a person types at a terminal, through the system's libedit: its keys, and what `~/.editrc` makes of them.
///
/// While a line is read the terminal gives each key as it is pressed; when `readLine` returns, and when a signal comes, it is as it was before.
struct LineReader: ~Copyable {
  /// What a person gave.
  enum Input: Equatable {
    /// A line, without its end.
    case line(String)
    /// Ctrl-C: whatever was typed is dropped.
    case interrupted
    /// Ctrl-D on an empty line, or the terminal is gone.
    case end
  }

  /// What the functions that libedit calls find again.
  private struct State {
    let prompt: UnsafeMutablePointer<CChar>
    var wasInterrupted = false
  }

  private let editor: OpaquePointer
  private let history: OpaquePointer
  private let state: UnsafeMutablePointer<State>

  /// A reader of this terminal.
  ///
  /// - Parameter prompt: What stands before a line. Styles in it take no columns; it does not end with one.
  /// - Throws: ``CommandError`` where libedit finds no way to begin.
  init(prompt: String) throws {
    TerminalCharacters.areUTF8()
    guard let editor = editline_on_standard_streams("recurrent"), let history = history_init() else {
      throw CommandError("the terminal cannot be read: \(systemMessage(errno))")
    }
    (self.editor, self.history) = (editor, history)
    // libedit shows a marked piece with the character after it: escape sequences in a row are one piece.
    let marked = (Self.pasteOn + prompt).replacing(/(?:\u{1B}\[[^@-~]*[@-~])+/) { "\u{1}\($0.output)\u{1}" }
    state = .allocate(capacity: 1)
    state.initialize(to: State(prompt: strdup(marked)))
    _ = editline_set_data(editor, state)
    _ = editline_set_signals(editor, 1)
    _ = editline_set_history(editor, history, 1000)
    _ = editline_set_prompt(editor, { Self.state(of: $0).pointee.prompt }, 1)
    _ = editline_add_function(editor, "recurrent-drop-line", "Drop the line") { editor, _ in Self.dropLine(editor) }
    _ = editline_add_function(editor, "recurrent-suspend", "Stop the command") { editor, _ in Self.suspend(editor) }
    _ = editline_add_function(editor, "recurrent-paste", "Insert what is pasted") { editor, _ in Self.paste(editor) }
    bindKeys()
  }

  deinit {
    el_end(editor)
    history_end(history)
    free(state.pointee.prompt)
    state.deallocate()
  }

  /// Reads a line.
  mutating func readLine() throws -> Input {
    state.pointee.wasInterrupted = false
    var count: Int32 = 0
    let line = el_gets(editor, &count).map { String(cString: $0) }
    try StandardOutput.write(Self.pasteOff + (line == nil ? "\n" : ""))
    if state.pointee.wasInterrupted { return .interrupted }
    return line.map { .line($0.hasSuffix("\n") ? String($0.dropLast()) : $0) } ?? .end
  }

  /// Remembers a line, to be come back to with the arrows; the same line twice in a row is one.
  mutating func remember(_ line: String) {
    if !line.isEmpty { _ = editline_remember(history, line) }
  }

  // MARK: Keys

  private func bindKeys() {
    _ = editline_set_keys(editor, "emacs")
    command("bind", "-s", "^I", " ")
    for (key, function) in [
      ("^R", "em-inc-search-prev"), ("\\e[3~", "ed-delete-next-char"),
      ("\\e[1~", "ed-move-to-beg"), ("\\e[7~", "ed-move-to-beg"), ("\\e[4~", "ed-move-to-end"), ("\\e[8~", "ed-move-to-end"),
      ("\\e[1;5C", "em-next-word"), ("\\e[1;3C", "em-next-word"), ("\\e[1;5D", "ed-prev-word"), ("\\e[1;3D", "ed-prev-word"),
    ] {
      command("bind", key, function)
    }
    el_source(editor, nil)
    // Whatever the preferences say, these are keys and no signals. Of vi's keys there are two sets.
    command("setty", "-d", "-isig")
    for set in [[], ["-a"]] {
      for (key, function) in [("^C", "recurrent-drop-line"), ("^Z", "recurrent-suspend"), (Self.pasteStart, "recurrent-paste")] {
        command(["bind"] + set + [key, function])
      }
    }
  }

  /// A line of `~/.editrc`, in words.
  private func command(_ words: String...) { command(words) }

  private func command(_ words: [String]) {
    var arguments = words.map { UnsafePointer<CChar>(strdup($0)) }
    el_parse(editor, Int32(arguments.count), &arguments)
    for argument in arguments { free(UnsafeMutablePointer(mutating: argument)) }
  }

  private static func state(of editor: OpaquePointer?) -> UnsafeMutablePointer<State> {
    guard let data = editline_data(editor) else { fatalError("LineReader: an editor without its state") }
    return data.assumingMemoryBound(to: State.self)
  }

  /// Ctrl-C. The line is ended as if with the key for that, so that the cursor comes to stand below it.
  private static func dropLine(_ editor: OpaquePointer?) -> UInt8 {
    state(of: editor).pointee.wasInterrupted = true
    el_push(editor, "\n")
    return UInt8(CC_NORM)
  }

  /// Ctrl-Z. All processes that the terminal would stop are stopped, and find it as it was before; then the line is shown where the cursor is.
  private static func suspend(_ editor: OpaquePointer?) -> UInt8 {
    _ = editline_set_editing(editor, 0)
    var systems = sigaction(), stop = sigaction(), goOn = sigaction()  // made of zeros: SIG_DFL
    sigaction(SIGTSTP, &systems, &stop)
    sigaction(SIGCONT, &systems, &goOn)
    kill(0, SIGTSTP)
    sigaction(SIGTSTP, &stop, nil)
    sigaction(SIGCONT, &goOn, nil)
    _ = editline_set_editing(editor, 1)
    _ = editline_show(editor)
    return UInt8(CC_NORM)
  }

  // MARK: What is pasted

  /// Asks the terminal to say what is pasted, so that line ends in it send nothing.
  private static let pasteOn = "\u{1B}[?2004h"
  private static let pasteOff = "\u{1B}[?2004l"
  private static let pasteStart = "\\e[200~"
  private static let pasteEnd = "\u{1B}[201~"

  /// Inserts all that comes before the end of what is pasted, as one line: nothing in it is a key.
  private static func paste(_ editor: OpaquePointer?) -> UInt8 {
    var text = String.UnicodeScalarView()
    while !text.reversed().starts(with: pasteEnd.unicodeScalars.reversed()) {
      var character: wchar_t = 0
      guard el_wgetc(editor, &character) == 1 else { return UInt8(CC_EOF) }
      text.append(Unicode.Scalar(UInt32(bitPattern: character)) ?? "\u{FFFD}")
    }
    let line = String(text.dropLast(pasteEnd.unicodeScalars.count))
      .split(whereSeparator: \.isNewline).joined(separator: " ").map { $0.isASCII && $0 < " " ? " " : $0 }
    el_insertstr(editor, String(line))
    return UInt8(CC_REFRESH)
  }
}
