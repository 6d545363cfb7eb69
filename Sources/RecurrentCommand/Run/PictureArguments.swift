import Foundation
import Recurrent

/// The pictures that arguments of a command mean: files, those of folders, and shapes that the package draws: `shapes:7`.
enum PictureArguments {
  /// The names of the pictures as the user would write them, and how to read each.
  ///
  /// - Throws: `DataError` for a folder without pictures.
  static func found(_ paths: [String]) throws -> [(name: String, read: () throws -> Picture)] {
    try paths.flatMap { path -> [(name: String, read: () throws -> Picture)] in
      if path.hasPrefix("shapes:"), let number = Int(path.dropFirst(7)), !FileManager.default.fileExists(atPath: path) {
        return [(path, { try Shapes.testPicture(number) })]
      }
      guard DataSource(path).isDirectory else {
        return [(path, { try Picture(contentsOf: URL(fileURLWithPath: path)) })]
      }
      let store = try PictureStore(contentsOf: URL(fileURLWithPath: path))
      return store.names.map { name in ((path.hasSuffix("/") ? path : path + "/") + name, { try store.picture(name) }) }
    }
  }
}
