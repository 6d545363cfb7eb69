import Foundation
import Recurrent
import RecurrentLab
import Synchronization

/// How far an experiment has come: one live line on a terminal, in a log a line every ten seconds.
final class LabDisplay: Sendable {
  private let terminal: Terminal
  private let isSilent: Bool

  private struct State {
    var lastShown: ContinuousClock.Instant?
    var isLineShown = false
    var error: (any Error)?
  }

  private let state = Mutex(State())
  private let start = ContinuousClock.now

  /// - Parameter isSilent: Whether programs read standard output, which has no place for progress.
  init(terminal: Terminal, isSilent: Bool) {
    self.terminal = terminal
    self.isSilent = isSilent
  }

  /// Shows an advance.
  ///
  /// - Returns: false when standard output has been closed.
  func show(_ progress: RecurrentLab.Bench.Progress) -> Bool {
    if isSilent { return true }
    return state.withLock { state in
      if state.error != nil { return false }
      let now = ContinuousClock.now
      let pause: Duration = terminal.isInteractive ? .milliseconds(100) : .seconds(10)
      if now - (state.lastShown ?? (terminal.isInteractive ? start - pause : start)) < pause { return true }
      state.lastShown = now
      do {
        if terminal.isInteractive {
          try StandardOutput.write("\r\(line(progress, now))\u{1B}[K")
          state.isLineShown = true
        } else {
          try StandardOutput.line("\(Int(progress.fraction * 100)) %: \(progress.words)")
        }
        return true
      } catch {
        state.error = error
        return false
      }
    }
  }

  /// Takes the live line away.
  ///
  /// - Throws: why nothing could be shown any more.
  func end() throws {
    try state.withLock { state in
      if let error = state.error { throw error }
      if state.isLineShown { try StandardOutput.write("\r\u{1B}[K") }
      state.isLineShown = false
    }
  }

  /// The line, cut to the terminal's width.
  private func line(_ progress: RecurrentLab.Bench.Progress, _ now: ContinuousClock.Instant) -> String {
    let columns = 24
    let filled = Int((progress.fraction * Double(columns)).rounded(.down))
    let (full, empty) = terminal.hasUnicode ? ("━", "─") : ("#", "-")
    let bar = String(repeating: full, count: filled) + String(repeating: empty, count: columns - filled)
    let percent = String(Int(progress.fraction * 100))
    let seconds = Double((now - start).components.seconds)
    let left =
      progress.fraction > 0.02 && seconds >= 2
      ? "  \(Figures.duration(seconds * (1 - progress.fraction) / progress.fraction)) left" : ""
    let text = "\(bar) \(String(repeating: " ", count: 3 - percent.count))\(percent) %\(left)  \(progress.words)"
    return String(text.prefix(max(0, terminal.width - 3)))
  }
}
