import Foundation

/// Appends to `metrics.jsonl`, each line handed to the system at once.
struct MetricsWriter {
  private let handle: FileHandle
  private let path: String

  /// Lines in the file.
  private(set) var lineCount: Int

  /// Opens the file and drops all lines but the first `keeping`; a file with fewer keeps those it has.
  init(url: URL, keeping: Int) throws {
    path = url.path
    do {
      if !FileManager.default.fileExists(atPath: path) { try Data().write(to: url) }
      handle = try FileHandle(forUpdating: url)
      let data = try handle.readToEnd() ?? Data()
      var end = 0
      var count = 0
      while count < keeping, let newline = data[(data.startIndex + end)...].firstIndex(of: UInt8(ascii: "\n")) {
        end = newline - data.startIndex + 1
        count += 1
      }
      try handle.truncate(atOffset: UInt64(end))
      try handle.seekToEnd()
      lineCount = count
    } catch {
      throw MetricsWriteError(path: url.path, reason: error.localizedDescription)
    }
  }

  mutating func write(_ record: MetricsRecord) throws {
    do {
      try handle.write(contentsOf: try ExactJSON.encode(record) + [UInt8(ascii: "\n")])
      lineCount += 1
    } catch {
      throw MetricsWriteError(path: path, reason: error.localizedDescription)
    }
  }

  /// Hands the lines to the disk: a checkpoint says how many it counts on.
  func synchronize() throws {
    do {
      try handle.synchronize()
    } catch {
      throw MetricsWriteError(path: path, reason: error.localizedDescription)
    }
  }
}

/// A metrics file that cannot be written.
public struct MetricsWriteError: Error, Equatable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What the system says.
  public let reason: String

  public var description: String { "cannot write \(path): \(reason)" }
}
