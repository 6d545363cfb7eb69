import Foundation
import Recurrent

/// A model that a user names: its file, or the directory of the run that made it.
struct ModelLocation {
  /// The file.
  let path: String

  /// The file that `name` stands for.
  ///
  /// - Throws: ``CommandError`` where nothing is there, or a directory without a model.
  init(_ name: String) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory) else {
      throw CommandError("\(name): no such file; a model is the model.safetensors that `recurrent train` writes")
    }
    guard isDirectory.boolValue else {
      path = name
      return
    }
    let inside = (name.hasSuffix("/") ? name : name + "/") + "model.safetensors"
    guard FileManager.default.fileExists(atPath: inside) else {
      throw CommandError("\(name): is a directory without a model.safetensors in it")
    }
    path = inside
  }

  /// Reads the model.
  func load() throws -> TrainedLanguageModel {
    do {
      return try TrainedLanguageModel(contentsOf: URL(fileURLWithPath: path))
    } catch let error as LanguageModelFileError where path.hasSuffix("checkpoint.safetensors") {
      // The two lie side by side and are easily confused.
      throw CommandError("\(error); if it is a run's checkpoint, its model is the model.safetensors beside it")
    }
  }
}

extension TokenKind {
  /// What one token is called.
  var singular: String {
    switch self {
    case .characters: "character"
    case .graphemes: "grapheme"
    case .bytes: "byte"
    case .words: "word"
    }
  }

  /// What a rate of tokens is measured in.
  var rateUnit: String {
    switch self {
    case .characters, .graphemes: "char/s"
    case .bytes: "bytes/s"
    case .words: "words/s"
    }
  }
}
