import Foundation
import Testing

@testable import RecurrentPictures

/// Files of pictures with their pixels, made by `Scripts/make_picture_goldens.py`.
enum Fixtures {
  struct File: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var file: Data
    var width: Int
    var height: Int
    var pixels: Data

    var bytes: [UInt8] { Array(file) }
    var testDescription: String { name }
  }

  struct Resized: Decodable, Sendable, CustomTestStringConvertible {
    var width: Int
    var height: Int
    var pixels: Data
    var newWidth: Int
    var newHeight: Int
    var newPixels: Data

    var testDescription: String { "\(width) x \(height) to \(newWidth) x \(newHeight)" }
  }

  private struct All: Decodable {
    var files: [File]
    var resized: [Resized]
  }

  static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
  private static let all = try! JSONDecoder().decode(All.self, from: Data(contentsOf: directory.appending(path: "pictures.json")))

  static var files: [File] { all.files }
  static var resized: [Resized] { all.resized }
  static let cat = directory.appending(path: "cat.jpeg")

  static func named(_ name: String) -> [UInt8] { files.first { $0.name == name }!.bytes }
}

/// The message of what `body` throws.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing thrown"
  } catch { return "\(error)" }
}

/// What the decoder says about these bytes.
func message(decoding bytes: [UInt8], pixelLimit: Int = Picture.pixelLimit) -> String {
  message { _ = try Picture(decoding: bytes, path: "FILE", pixelLimit: pixelLimit) }
}

/// A directory that is there while `body` runs, with these files in it.
func withDirectory<R>(_ files: [String: [UInt8]] = [:], _ body: (URL) throws -> R) throws -> R {
  let directory = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: directory) }
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  for (name, bytes) in files {
    let url = directory.appending(path: name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }
  return try body(directory)
}
