import Foundation
import Recurrent

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The directory of a run: what lies in it, and whether a new run may begin there.
struct RunDirectory {
  /// As the user named it.
  let path: String

  var url: URL { URL(fileURLWithPath: path, isDirectory: true) }
  var modelPath: String { path(.model) }
  var chartPath: String { path(.lossChart) }
  private var place: RunPlace { RunPlace(url) }

  private func path(_ file: RunFile) -> String { "\(path)/\(file.rawValue)" }

  /// Checks that a run may begin, or go on, here.
  ///
  /// - Throws: ``CommandError`` where files of a run would be lost, where there is nothing to resume, and where the
  ///   path is a file's; `TrainingError` where there is a model but no checkpoint to resume from.
  func check(resuming: Bool, overwriting: Bool) throws {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    if exists, !isDirectory.boolValue {
      throw CommandError("\(path): is a file; --output needs a directory")
    }
    let files = place.files
    if resuming {
      // A run that was killed before its first checkpoint has left some file: it begins again.
      guard place.hasRun else {
        throw CommandError(
          "\(path): there is no run to resume here; leave out --resume to begin one, or name its --output")
      }
      if files.contains(.model), !files.contains(.checkpoint) { throw TrainingError.noCheckpoint(directory: path) }
    } else if !overwriting, place.hasRun {
      let continuation = files.contains(.model) && !files.contains(.checkpoint) ? "Put" : "Continue it with --resume, put"
      throw CommandError(
        """
        \(path): there is a run here already. \(continuation) this one elsewhere with --output DIR,
        or throw the old one away with --overwrite.
        """)
    }
  }

  /// Makes the directory and takes it for this process, until it ends in whatever way.
  ///
  /// - Throws: ``CommandError`` where it cannot be made, and where another process trains into it.
  func take() throws {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw CommandError("\(path): the directory cannot be made: \(reason(error))")
    }
    // Never closed: the lock goes with the process. A file system without locks is no reason to refuse.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      throw CommandError("\(path): another process is training here; wait for it, or use another --output")
    }
  }

  /// Writes the recipe as resolved; that of a run that goes on stays.
  func write(_ recipe: Recipe, resuming: Bool) throws {
    if resuming, RunFile.recipe.exists(in: url) { return }
    try write("# As resolved when the run began: every value, defaults included.\n" + recipe.yaml, to: path(.recipe))
  }

  /// Draws the picture of the run so far, and one of how far back its gradients reach where that was recorded.
  func drawChart(title: String, lossUnit: String) throws {
    guard RunFile.metrics.exists(in: url) else { return }
    let records = try MetricsRecord.read(from: RunFile.metrics.url(in: url))
    let history = TrainingHistory(records)
    try write(LossChart(history: history, title: title, lossUnit: lossUnit).svg, to: chartPath)
    if let chart = GradientChart(records, title: title) { try write(chart.svg, to: path(.gradientChart)) }
  }

  private func write(_ text: String, to path: String) throws {
    try writeAtomically(to: URL(fileURLWithPath: path)) { writer in try writer.write(text) }
  }
}
