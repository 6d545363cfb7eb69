public import Foundation
public import RecurrentLayers
public import RecurrentTraining

/// A model file of this package, of whatever task: its format checked, its task known, its parts still to be read.
///
/// ```swift
/// let stored = try StoredModel(contentsOf: url)
/// let description = try stored.description(of: LanguageModeling.self)
/// let vocabulary = try stored.part("vocabulary", as: Vocabulary.self)
/// ```
public struct StoredModel: Sendable {
  /// The file.
  public let path: String
  /// What the model does.
  public let task: TaskKind
  private let file: SafetensorsFile

  /// Reads a file.
  ///
  /// - Throws: `SafetensorsError`, or ``StoredModelError`` where the file is not a model or its task is not known.
  public init(contentsOf url: URL) throws {
    path = url.path
    file = try SafetensorsFile(contentsOf: url)
    guard file.metadata["format"] == "recurrent" else {
      throw StoredModelError(path: path, "was not written by this program: its metadata lacks format = recurrent")
    }
    struct Task: Decodable { let task: String }
    let name = try Self.part("configuration", as: Task.self, of: file, path: path).task
    guard let task = TaskKind(rawValue: name) else {
      throw StoredModelError(
        path: path, "has a configuration that cannot be read: task: the task is \(name), which this version does not know")
    }
    self.task = task
  }

  /// What the model is, checked as a recipe's values are.
  ///
  /// - Throws: ``StoredModelError`` where it is of another task, or its values make no sense.
  public func description<T: RecipeTask>(of task: T.Type) throws -> ModelDescription<T> {
    guard self.task == T.kind else {
      throw StoredModelError(path: path, "is a \(self.task.rawValue) model; here a \(T.kind.rawValue) model is needed")
    }
    let description = try part("configuration", as: ModelDescription<T>.self)
    do {
      try description.data.validate()
      try description.model.validate()
    } catch {
      throw StoredModelError(path: path, "has a configuration that cannot be read: \(error)")
    }
    return description
  }

  /// A part of the metadata that the task wrote with ``ModelDescription/metadata(_:)``.
  ///
  /// - Throws: ``StoredModelError`` where it is not there or cannot be read.
  public func part<Value: Decodable>(_ key: String, as type: Value.Type) throws -> Value {
    try Self.part(key, as: type, of: file, path: path)
  }

  /// Whether the metadata have a part of this name.
  public func hasPart(_ key: String) -> Bool { file.metadata[key] != nil }

  /// Turns a part that was read into what the model needs; `make`'s error becomes one that names the file and the part.
  public func made<Value>(from key: String, _ make: () throws -> Value) throws -> Value {
    do {
      return try make()
    } catch {
      throw StoredModelError(path: path, "has a \(key) that cannot be read: \(Self.reason(error))")
    }
  }

  /// Replaces the parameters of `model`, which has the right structure, by those of the file.
  ///
  /// - Throws: `ModelFileError` that lists all that does not fit, or `SafetensorsError`.
  public func loadParameters<M: Module>(into model: inout M) throws {
    try RecurrentTraining.loadParameters(into: &model, from: file)
  }

  /// How the model was trained, where the file tells.
  public var training: TrainingSummary? { TrainingSummary(metadata: file.metadata) }

  private static func part<Value: Decodable>(
    _ key: String, as type: Value.Type, of file: SafetensorsFile, path: String
  ) throws -> Value {
    guard let text = file.metadata[key] else { throw StoredModelError(path: path, "has no \(key) in its metadata") }
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw StoredModelError(path: path, "has a \(key) that cannot be read: \(reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
      DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
    default: return "\(error)"
    }
  }
}

/// A file that is no model of this program, or not of the task that is needed.
public struct StoredModelError: Error, Equatable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is wrong with it.
  public let problem: String

  /// A problem with a file.
  public init(path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  public var description: String { "\(path) \(problem)" }
}
