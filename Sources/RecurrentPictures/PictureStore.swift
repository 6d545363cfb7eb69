public import Foundation
public import RecurrentData
import RecurrentTensors

/// The pictures of a folder, its folders included, or of a tar archive, found by name and read one by one.
///
///     let store = try PictureStore(contentsOf: url)  // images/ or images.tar
///     for name in store.names { print(name, try store.picture(name).width) }
///
/// An archive is not unpacked: its headers are read once, and then each picture from its place. Reading is safe from several threads.
public struct PictureStore: Sendable {
  /// Where a picture is.
  private enum Place: Sendable {
    case file(URL)
    case part(offset: Int, size: Int)
  }

  /// The folder or archive, for messages.
  public let path: String
  /// The names of the pictures, in order: paths within the folder or archive.
  public let names: [String]

  private let places: [String: Place]
  /// The names whose last part this is.
  private let namesByLastPart: [String: [String]]
  private let archive: RandomAccessFile?

  /// Finds the pictures of a folder or an archive. Files count whose names end as those of pictures do; hidden ones do not.
  ///
  /// - Throws: `DataError`: nothing there, a file that is no tar archive or a compressed one, a damaged archive, or no picture in it.
  public init(contentsOf url: URL) throws(DataError) {
    var isDirectory: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
    path = url.path
    var places: [String: Place] = [:]
    if isThere, isDirectory.boolValue {
      archive = nil
      for (name, file) in try Self.files(in: url) { places[name] = .file(file) }
    } else {
      let file = try RandomAccessFile(url, needed: "a tar archive or a folder of pictures")
      archive = file
      for entry in try TarArchive.entries(of: file) where Self.isPicture(entry.name) {
        places[entry.name] = .part(offset: entry.offset, size: entry.size)
      }
    }
    if places.isEmpty {
      throw DataError(path, "there is no picture in this \(archive == nil ? "folder" : "archive") (\(Self.endings))")
    }
    self.places = places
    names = places.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    namesByLastPart = Dictionary(grouping: names) { String($0.split(separator: "/").last!) }
  }

  /// How many pictures there are.
  public var count: Int { names.count }

  /// The picture that is meant by `name`: its whole path, or the end of it where no other picture's path ends so; nil if there is none, or several.
  public func resolve(_ name: String) -> String? {
    let found = candidates(name)
    return found.count == 1 ? found[0] : nil
  }

  /// The file of a picture, which may be damaged.
  ///
  /// - Throws: `DataError`: there is no such picture, or several, or it cannot be read.
  public func bytes(of name: String) throws(DataError) -> [UInt8] {
    switch places[try find(name)]! {
    case .file(let url): return try ByteSource(contentsOf: url).readAll()
    case .part(let offset, let size): return try archive!.read(at: offset, count: size)
    }
  }

  /// A picture.
  ///
  /// - Throws: `DataError`: there is no such picture, or several, and whatever `Picture(contentsOf:)` finds wrong.
  public func picture(_ name: String, pixelLimit: Int = Picture.pixelLimit) throws(DataError) -> Picture {
    let found = try find(name)
    switch places[found]! {
    case .file(let url): return try Picture(contentsOf: url, pixelLimit: pixelLimit)
    case .part(let offset, let size):
      return try Picture(decoding: archive!.read(at: offset, count: size), path: "\(path)(\(found))", pixelLimit: pixelLimit)
    }
  }

  private func candidates(_ name: String) -> [String] {
    var name = name[...]
    while name.hasPrefix("./") { name = name.dropFirst(2) }
    if places[String(name)] != nil { return [String(name)] }
    guard let last = name.split(separator: "/").last, !name.hasPrefix("/") else { return [] }
    return (namesByLastPart[String(last)] ?? []).filter { $0.hasSuffix("/" + name) }
  }

  private func find(_ name: String) throws(DataError) -> String {
    let found = candidates(name)
    if found.count == 1 { return found[0] }
    if found.count > 1 { throw DataError(path, "\(found.count) pictures are called \(quoted(name)): \(listed(found, limit: 3)); name one with its folder") }
    let near = nearest(to: name, among: namesByLastPart.keys).map { "; did you mean \(quoted($0))?" } ?? ""
    throw DataError(path, "there is no picture \(quoted(name)) among the \(names.count) here\(near)")
  }

  private static let endings = "names that end with " + PictureFormat.extensions.sorted().map { ".\($0)" }.joined(separator: ", ")

  private static func isPicture(_ name: String) -> Bool {
    let last = name.split(separator: "/").last ?? ""
    guard !last.hasPrefix("."), let point = last.lastIndex(of: ".") else { return false }
    return PictureFormat.extensions.contains(last[point...].dropFirst().lowercased())
  }

  private static func files(in directory: URL) throws(DataError) -> [(name: String, file: URL)] {
    let root = directory.resolvingSymlinksInPath().standardizedFileURL
    do {
      _ = try FileManager.default.contentsOfDirectory(atPath: root.path)
    } catch {
      throw DataError(directory.path, "cannot be read: \(error.localizedDescription)")
    }
    guard let all = FileManager.default.enumerator(atPath: root.path) else { return [] }
    var files: [(String, URL)] = []
    for case let name as String in all where isPicture(name) && !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
      files.append((name, root.appending(path: name)))
    }
    return files
  }
}
