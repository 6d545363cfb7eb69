import Foundation
import RecurrentData
public import RecurrentPictures

/// Where the pictures of captions are.
public enum PictureSource: Sendable {
  /// A folder or an archive.
  case store(PictureStore)
  /// The package, which draws them.
  case shapes

  /// The pictures of a source of captions.
  ///
  /// - Throws: `DataError`, or ``DataSourceError`` for a text inside the package.
  init(_ source: DataSource, _ data: CaptionData) throws {
    self = Shapes.isNamed(by: source) ? .shapes : try PictureSource(of: source.url(), named: data.pictures)
  }

  /// The pictures that belong to captions.
  ///
  /// - Parameters:
  ///   - captions: The file or directory of the captions.
  ///   - name: The folder or archive, seen from there; nil: it is looked for.
  /// - Throws: `DataError`: nothing there, or several that could be it.
  init(of captions: URL, named name: String?) throws(DataError) {
    var isDirectory: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: captions.path, isDirectory: &isDirectory)
    let home = isDirectory.boolValue ? captions : captions.deletingLastPathComponent()
    if let name {
      let url = name.hasPrefix("/") ? URL(fileURLWithPath: name) : home.appending(path: name)
      self = .store(try PictureStore(contentsOf: url))
      return
    }
    let entries = ((try? FileManager.default.contentsOfDirectory(atPath: home.path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    let candidates = entries.filter { entry in
      if entry.lowercased().hasSuffix(".tar") { return true }
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: home.appending(path: entry).path, isDirectory: &isFolder) && isFolder.boolValue
    }
    let stores = candidates.compactMap { entry in (try? PictureStore(contentsOf: home.appending(path: entry))).map { (entry, $0) } }
    if stores.count > 1 {
      throw DataError(
        home.relativePath, "pictures are in \(stores.map(\.0).joined(separator: " and in ")); say with data.pictures which belong to the captions")
    }
    // Without a folder of their own, pictures lie beside their captions.
    self = .store(stores.isEmpty ? try PictureStore(contentsOf: home) : stores[0].1)
  }

  /// Whether the package draws them.
  var isShapes: Bool { if case .shapes = self { true } else { false } }

  /// A picture.
  ///
  /// - Throws: `DataError` that names it.
  func picture(_ name: String) throws(DataError) -> Picture {
    switch self {
    case .store(let store): return try store.picture(name)
    case .shapes:
      guard let picture = Shapes.picture(named: name) else { throw DataError(Shapes.name, "there is no picture \(name)") }
      return picture
    }
  }

  /// What tells a picture from others: a hash of its file.
  ///
  /// - Throws: `DataError` that names it.
  func content(_ name: String) throws(DataError) -> ContentHash {
    var hasher = ContentHasher()
    switch self {
    case .store(let store): hasher.add(try store.bytes(of: name))
    case .shapes: hasher.add(name)
    }
    return hasher.hash
  }
}
