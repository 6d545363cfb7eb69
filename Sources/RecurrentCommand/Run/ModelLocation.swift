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
    let inside = (name.hasSuffix("/") ? name : name + "/") + RunFile.model.rawValue
    guard FileManager.default.fileExists(atPath: inside) else {
      let place = RunPlace(URL(fileURLWithPath: name, isDirectory: true))
      guard RunFile.model.exists(in: place.previous) else {
        throw CommandError("\(name): is a directory without a model.safetensors in it")
      }
      throw CommandError("\(name): the run here has made no model yet; that of the run before is in \(place.previous.relativePath)")
    }
    path = inside
  }

  /// Reads the model, of whatever task it is.
  func load() throws -> any TrainedModel { try read { try $0.trained() } }

  /// Reads a model of a task.
  ///
  /// - Parameter verb: The subcommand that needs it.
  /// - Throws: ``CommandError`` where the model is of another task, which says what can be done with it.
  func load<Task: RecipeTask>(_ task: Task.Type, for verb: String) throws -> Trained<Task> {
    try read { stored in
      guard stored.task == Task.kind else {
        throw refusal(of: stored.task.task, "\(verb) needs a \(Task.name) model")
      }
      return try Trained<Task>(stored)
    }
  }

  /// Reads a model, of whatever task that has a subcommand.
  ///
  /// - Throws: ``CommandError`` where its task has not, which says what can be done with it.
  func load(for verb: String) throws -> any TrainedModel {
    try read { stored in
      let task = stored.task.task
      guard task.verbs.contains(where: { $0.name == verb }) else {
        let able = TaskRegistry.standard.kinds.filter { $0.task.verbs.contains { $0.name == verb } }.map(\.rawValue)
        throw refusal(of: task, "\(verb) needs a model of \(able.dropLast().joined(separator: ", ")) or \(able.last ?? "")")
      }
      return try stored.trained()
    }
  }

  private func refusal(of task: any RecipeTask.Type, _ need: String) -> CommandError {
    let verbs = task.verbs.map(\.name) + ["evaluate", "inspect"]
    return CommandError("\(path): is a \(task.name) model, and \(need); with this one: \(verbs.joined(separator: ", "))")
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
