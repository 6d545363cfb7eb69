import Foundation
import Recurrent

extension RunDirectory {
  /// What a run in this directory may keep beside it, for its neighbours too, and how far it is told to be.
  func preparation(showing: Bool) -> Preparation {
    let folder = url.deletingLastPathComponent()
    return showing ? Preparation(folder: folder, progress: PreparationLine.show) : Preparation(folder: folder)
  }
}

/// One line on the terminal that says how far work before the first step is; without a terminal nothing is said.
enum PreparationLine {
  /// Shows a count now and then, and takes it away at the end.
  static let show: @Sendable (_ work: String, _ done: Int, _ total: Int) -> Void = { work, done, total in
    guard Terminal.current.isInteractive, done % 16 == 0 || done == total - 1 else { return }
    let text = done == total - 1 ? "" : "\(work): \(Figures.grouped(done)) of \(Figures.grouped(total))"
    // A reader that has gone is found by whoever writes what must be read.
    try? StandardOutput.write("\r\u{1B}[K\(text)")
  }
}
