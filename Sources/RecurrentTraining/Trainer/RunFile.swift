public import Foundation

/// A file of a run, by its name in the run's directory.
public enum RunFile: String, Sendable, CaseIterable {
  /// The best model.
  case model = "model.safetensors"
  /// The latest state, from which the run goes on.
  case checkpoint = "checkpoint.safetensors"
  /// What was measured, a line each (``MetricsRecord``).
  case metrics = "metrics.jsonl"
  /// A folder with what the task shows after each epoch.
  case samples
  /// The recipe as resolved; `recurrent train` writes it.
  case recipe = "recipe.yaml"
  /// A picture of the loss, likewise.
  case lossChart = "loss.svg"
  /// A picture of how far back gradients reach, likewise.
  case gradientChart = "gradients.svg"

  /// Where it is in a run's directory.
  public func url(in directory: URL) -> URL { directory.appendingPathComponent(rawValue) }

  /// Whether a directory has it. A folder `samples` with files that no run writes is somebody's own.
  public func exists(in directory: URL) -> Bool {
    var isDirectory: ObjCBool = false
    let path = url(in: directory).path
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return false }
    guard self == .samples else { return !isDirectory.boolValue }
    return (try? FileManager.default.contentsOfDirectory(atPath: path))?.allSatisfy { $0.hasPrefix("epoch-") } ?? false
  }
}

/// A directory as the place of a run, and of the run that was there before.
///
/// A new run puts the files of the old one aside, all together, into the folder `previous-run`: else whoever asks for the directory's model
/// before the new run has made one would be answered by the old. When the new run has made a model the old one is removed; when it ends
/// without a model and without a checkpoint, the old one is put back. Of a run that is killed before either, both stay: it can be resumed, and
/// the old one can be asked by the name of its folder.
public struct RunPlace: Sendable {
  /// The run's directory.
  public let directory: URL
  /// Where the files of the run before are, while they are aside.
  public let previous: URL
  /// Where they are on the way: what a kill leaves here belongs to the directory itself.
  private let passage: URL

  /// A directory, which need not exist.
  public init(_ directory: URL) {
    self.directory = directory
    previous = directory.appendingPathComponent("previous-run", isDirectory: true)
    passage = directory.appendingPathComponent(".previous-run", isDirectory: true)
  }

  /// The files of a run that are here.
  public var files: [RunFile] { files(in: directory) }

  /// Whether a run has been here, of which at least a file is left.
  public var hasRun: Bool { !files.isEmpty || hasPrevious || exists(passage) }

  /// Whether a run before is aside.
  public var hasPrevious: Bool { !files(in: previous).isEmpty }

  /// Puts the run that is here aside. Where one is aside already it stays, unless the one that is here has made a model.
  func setAside() throws {
    try finishPassage()
    if hasPrevious && !files.contains(.model) { return try remove(files, in: directory) }
    try removePrevious()
    let files = files
    if files.isEmpty { return }
    try move(files.map(\.rawValue), from: directory, to: passage)
    try FileManager.default.moveItem(at: passage, to: previous)
  }

  /// Puts the run that is aside back, in the place of one that has made no model.
  func bringBack() throws {
    try remove(files, in: directory)
    try FileManager.default.moveItem(at: previous, to: passage)
    try finishPassage()
  }

  /// Removes the run that is aside, and nothing that somebody has put beside it.
  func removePrevious() throws {
    guard exists(previous) else { return }
    try remove(files(in: previous), in: previous)
    if try FileManager.default.contentsOfDirectory(atPath: previous.path).isEmpty { try FileManager.default.removeItem(at: previous) }
  }

  /// Puts back what a kill has left on the way.
  func finishPassage() throws {
    guard exists(passage) else { return }
    try move(FileManager.default.contentsOfDirectory(atPath: passage.path), from: passage, to: directory)
    try FileManager.default.removeItem(at: passage)
  }

  private func files(in directory: URL) -> [RunFile] { RunFile.allCases.filter { $0.exists(in: directory) } }

  private func move(_ names: [String], from source: URL, to destination: URL) throws {
    try FileManager.default.createDirectory(at: destination, withIntermediateDirectories: true)
    for name in names {
      try FileManager.default.moveItem(at: source.appendingPathComponent(name), to: destination.appendingPathComponent(name))
    }
  }

  private func remove(_ files: [RunFile], in directory: URL) throws {
    for file in files { try FileManager.default.removeItem(at: file.url(in: directory)) }
  }

  private func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
}
