import Foundation

/// Corpora that lie beside the checkout, where they do; tests that need one are skipped elsewhere.
enum SharedData {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "../shared/data").standardizedFileURL

  static let pennTreebank = root.appending(path: "ptb")
  static let sensor = root.appending(path: "sensor")
  static let mnist = root.appending(path: "mnist")
  static let assistments = root.appending(path: "assistments2009")
  static let ett = root.appending(path: "ett")
  static let multi30k = root.appending(path: "multi30k/raw")
  static let tatoeba = root.appending(path: "tatoeba-fra-eng/fra-eng.tsv.gz")
  static let selfDialogue = root.appending(path: "self-dialogue")
  static let flickr8k = root.appending(path: "flickr8k")
  static let tinyShakespeare = root.appending(path: "tinyshakespeare/input.txt")

  static func has(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
}

/// A directory that is there while `body` runs, with these files in it.
func withDirectory<R>(_ files: [String: [UInt8]] = [:], _ body: (URL) throws -> R) throws -> R {
  let directory = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: directory) }
  for (name, bytes) in files { try Data(bytes).write(to: directory.appending(path: name)) }
  return try body(directory)
}
