public import Foundation

/// Where data come from: a file or a directory, or a text inside the package. What is on the disk goes first.
public enum DataSource: Sendable, Equatable {
  /// A file or a directory, as the user wrote it.
  case path(String)
  /// A text inside the package.
  case embedded(name: String, text: String)

  /// The source that a user names.
  public init(_ name: String) {
    if !FileManager.default.fileExists(atPath: name), let data = EmbeddedFiles.text(named: name) {
      self = .embedded(name: name, text: String(decoding: data, as: UTF8.self))
    } else {
      self = .path(name)
    }
  }

  /// The file or directory on the disk, for tasks to which a text inside the package is of no use.
  ///
  /// - Throws: ``DataSourceError`` for a text inside the package.
  public func url() throws(DataSourceError) -> URL {
    switch self {
    case .path(let path): return URL(fileURLWithPath: path)
    case .embedded(let name, _):
      throw DataSourceError(
        "\(name): is a text inside the command, for language models; name a file or a directory with --data")
    }
  }

  /// The source as the user named it.
  public var name: String {
    switch self {
    case .path(let path): path
    case .embedded(let name, _): name
    }
  }

  /// Whether it is a directory on the disk.
  public var isDirectory: Bool {
    guard case .path(let path) = self else { return false }
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}

/// A source that a task cannot use.
public struct DataSourceError: Error, Equatable, CustomStringConvertible {
  /// Which source, why not, and what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
