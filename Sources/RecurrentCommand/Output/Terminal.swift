import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What standard output can show.
struct Terminal {
  /// Whether a person watches, so that a line can be redrawn in place.
  let isInteractive: Bool
  /// Whether colours are wanted.
  let hasColor: Bool
  /// Whether characters outside ASCII can be shown.
  let hasUnicode: Bool

  /// The terminal of this process.
  static let current: Terminal = {
    let environment = ProcessInfo.processInfo.environment
    let isTerminal = isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"
    // Only a locale that says otherwise is taken to lack UTF-8: containers often set none at all.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    let hasUnicode = locale.map { $0.lowercased().contains("utf") || $0 == "C" && isTerminal } ?? true
    return Terminal(
      isInteractive: isTerminal,
      hasColor: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty,
      hasUnicode: hasUnicode)
  }()

  /// The number of columns, read each time: the window may have changed.
  var width: Int {
    var size = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 80
  }

  /// A way of showing text.
  enum Style: String {
    case bold = "1"
    case dim = "2"
    case accent = "36"
  }

  /// The text in a style, where there are any.
  func styled(_ text: String, _ style: Style) -> String {
    hasColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
