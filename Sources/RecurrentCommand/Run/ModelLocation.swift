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

  /// Reads the model, of whatever task it is.
  func load() throws -> any TrainedModel { try read { try $0.trained() } }

  /// Reads a model of a task.
  ///
  /// - Parameter verb: The subcommand that needs it.
  /// - Throws: ``CommandError`` where the model is of another task, which says what can be done with it.
  func load<Task: RecipeTask>(_ task: Task.Type, for verb: String) throws -> Task.Trained {
    try read { stored in
      guard stored.task == Task.kind else {
        let verbs = stored.task.task.verbs.map(\.name) + ["evaluate", "inspect"]
        throw CommandError(
          """
          \(path): is a \(stored.task.rawValue) model, and \(verb) needs a \(Task.kind.rawValue) model; \
          with this one: \(verbs.joined(separator: ", "))
          """)
      }
      return try Task.Trained(stored)
    }
  }

  private func read<Model>(_ make: (StoredModel) throws -> Model) throws -> Model {
    do {
      return try make(StoredModel(contentsOf: URL(fileURLWithPath: path)))
    } catch let error as StoredModelError where path.hasSuffix("checkpoint.safetensors") {
      // The two lie side by side and are easily confused.
      throw CommandError("\(error); if it is a run's checkpoint, its model is the model.safetensors beside it")
    }
  }
}
