import Foundation
import Recurrent
import RecurrentDrawing
import RecurrentLab

/// Where an experiment's page and its data go.
struct LabDirectory {
  /// As the user named it.
  let path: String

  /// The page.
  var page: String { path + "/report.html" }

  /// Makes the directory and sees that files can be written in it.
  ///
  /// - Throws: ``CommandError`` where it cannot be made or is closed.
  func take() throws {
    do {
      try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: path, isDirectory: true), withIntermediateDirectories: true)
    } catch {
      throw CommandError("\(path): the directory cannot be made: \(reason(error)); choose another with --output")
    }
    let probe = URL(fileURLWithPath: path + "/.recurrent-\(ProcessInfo.processInfo.processIdentifier)")
    do {
      try Data().write(to: probe)
      try FileManager.default.removeItem(at: probe)
    } catch {
      throw CommandError("\(path): no file can be written here: \(reason(error)); choose another with --output")
    }
  }

  /// Writes the page and the data; what was there of the same names is replaced.
  ///
  /// - Returns: the files' paths, the page first.
  func write(_ report: LabReport) throws -> [String] {
    var files = [(page, report.page.html)]
    files += report.findings.files.map { (path + "/" + $0.name, $0.text) }
    for (path, text) in files {
      try writeAtomically(to: URL(fileURLWithPath: path)) { writer in try writer.write(text) }
    }
    return files.map(\.0)
  }
}
