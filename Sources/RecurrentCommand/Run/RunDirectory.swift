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
  var modelPath: String { path + "/model.safetensors" }
  var chartPath: String { path + "/loss.svg" }
  private var gradientChartPath: String { path + "/gradients.svg" }
  private var checkpointPath: String { path + "/checkpoint.safetensors" }
  private var recipePath: String { path + "/recipe.yaml" }

  /// Checks that a run may begin, or go on, here.
  ///
  /// - Throws: ``CommandError`` where a run's checkpoint would be lost, where there is nothing to resume, and where the
  ///   path is a file's.
  func check(resuming: Bool, overwriting: Bool) throws {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    if exists, !isDirectory.boolValue {
      throw CommandError("\(path): is a file; --output needs a directory")
    }
    if resuming {
      // A run that was killed before its first checkpoint has left its recipe: it begins again.
      let hasBegun = [checkpointPath, recipePath].contains { FileManager.default.fileExists(atPath: $0) }
      guard hasBegun else {
        throw CommandError(
          "\(path): there is no run to resume here; leave out --resume to begin one, or name its --output")
      }
    } else if !overwriting, FileManager.default.fileExists(atPath: checkpointPath) {
      throw CommandError(
        """
        \(path): there is a run here already. Continue it with --resume, put this one elsewhere with --output DIR,
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

  /// Writes the recipe as resolved.
  func write(_ recipe: Recipe) throws {
    try write("# As resolved when the run began: every value, defaults included.\n" + recipe.yaml, to: recipePath)
  }

  /// Draws the picture of the run so far, and one of how far back its gradients reach where that was recorded.
  func drawChart(title: String, lossUnit: String) throws {
    let metrics = url.appending(path: "metrics.jsonl")
    guard FileManager.default.fileExists(atPath: metrics.path) else { return }
    let records = try MetricsRecord.read(from: metrics)
    let history = TrainingHistory(records)
    try write(LossChart(history: history, title: title, lossUnit: lossUnit).svg, to: chartPath)
    if let chart = GradientChart(records, title: title) { try write(chart.svg, to: gradientChartPath) }
  }

  private func write(_ text: String, to path: String) throws {
    try writeAtomically(to: URL(fileURLWithPath: path)) { writer in try writer.write(text) }
  }
}
