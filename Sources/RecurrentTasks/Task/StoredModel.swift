public import Foundation
public import RecurrentLayers
public import RecurrentTraining

/// A model file of this package, of whatever task: its format checked, its task known, its parts still to be read.
///
/// ```swift
/// let stored = try StoredModel(contentsOf: url)
/// let settings = try stored.settings(of: LanguageModeling.self)
/// let vocabulary = try stored.artifacts(of: LanguageModeling.self).vocabulary
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
  public init(contentsOf url: URL, tasks: TaskRegistry = .standard) throws {
    path = url.path
    file = try SafetensorsFile(contentsOf: url)
    guard file.metadata["format"] == "recurrent" else {
      throw StoredModelError(path: path, "was not written by this program: its metadata lacks format = recurrent")
    }
    struct Task: Decodable { let task: String }
    let name = try Self.part("configuration", as: Task.self, of: file, path: path).task
    guard let task = tasks[name] else {
      throw StoredModelError(
        path: path, "has a configuration that cannot be read: task: the task is \(name), which this version does not know")
    }
    self.task = task
  }

  /// What the model is, checked as a recipe's values are.
  ///
  /// - Throws: ``StoredModelError`` where it is of another task, or its values make no sense.
  public func settings<T: RecipeTask>(of task: T.Type) throws -> ModelSettings<T> {
    guard self.task == T.kind else {
      throw StoredModelError(path: path, "is a \(self.task.rawValue) model; here a \(T.name) model is needed")
    }
    let settings = try Self.part("configuration", as: ModelSettings<T>.self, of: file, path: path)
    do {
      try settings.data.checkValues()
      try settings.model.checkValues()
      try T.validate(settings)
    } catch {
      throw StoredModelError(path: path, "has a configuration that cannot be read: \(error)")
    }
    return settings
  }

  /// What the file holds beside settings and tensors: the other parts of the metadata, each JSON under its name. Parts that the task does
  /// not know are passed over.
  ///
  /// - Throws: ``StoredModelError`` where a part is not there or cannot be read.
  public func artifacts<T: RecipeTask>(of task: T.Type) throws -> T.Artifacts {
    let parts = file.metadata.filter { name, text in
      !Self.ownParts.contains(name) && (try? JSONDecoder().decode(AnyPart.self, from: Data(text.utf8))) != nil
    }
    do {
      return try JSONDecoder().decode(T.Artifacts.self, from: Data(ArtifactParts.object(of: parts).utf8))
    } catch DecodingError.keyNotFound(let key, let context) where context.codingPath.isEmpty {
      _ = try Self.part(key.stringValue, as: AnyPart.self, of: file, path: path)  // throws: it is not there, or no JSON
      throw StoredModelError(path: path, "has no \(key.stringValue) in its metadata")
    } catch {
      let reason = Self.reason(error, droppingFirst: 1)
      throw StoredModelError(path: path, "has a \(reason.part ?? "part") that cannot be read: \(reason.text)")
    }
  }

  /// The parts of the metadata that are not artifacts.
  private static let ownParts: Set<String> = ["format", "configuration", "training", "trainedOn", "dealing"]

  /// Any JSON.
  private struct AnyPart: Decodable {
    init(from decoder: any Decoder) throws {}
  }

  /// Refuses settings that ask for many more parameters than the file has, before they take memory; a few more or less are told tensor by
  /// tensor when they are read.
  ///
  /// - Throws: ``StoredModelError``.
  func check(parameterCount: Double) throws(StoredModelError) {
    let stored = file.entries.reduce(0.0) { $0 + $1.shape.reduce(1) { $0 * Double($1) } }
    guard parameterCount > 4 * stored + 1_000_000 else { return }
    throw StoredModelError(
      path: path,
      "has a configuration of another model: it asks for \(MemoryEstimate.written(parameterCount, "")) parameters, and the tensors have "
        + "\(Figures.grouped(Int(stored))) numbers")
  }

  /// Replaces the parameters of `model`, which has the right structure, by those of the file.
  ///
  /// - Throws: `ModelFileError` that lists all that does not fit, or `SafetensorsError`.
  public func loadParameters<M: Module>(into model: inout M) throws {
    try RecurrentTraining.loadParameters(into: &model, from: file)
  }

  /// How the model was trained, where the file tells.
  public var training: TrainingSummary? { TrainingSummary(metadata: file.metadata) }

  /// What the model was trained on; nil: the file is of a version that did not say, or of a task whose data are one text or series.
  ///
  /// - Throws: ``StoredModelError``.
  public func trainedOn() throws -> TrainedOn? {
    try file.metadata["trainedOn"].map { _ in try Self.part("trainedOn", as: TrainedOn.self, of: file, path: path) }
  }

  /// How examples of one file come into the parts that the model is measured on.
  ///
  /// - Throws: ``StoredModelError``.
  public func dealing() throws -> Dealing {
    guard let name = file.metadata["dealing"] else { return .place }
    guard let dealing = Dealing(rawValue: name) else {
      throw StoredModelError(path: path, "was trained on parts that this version cannot deal: dealing is \(name)")
    }
    return dealing
  }

  private static func part<Value: Decodable>(
    _ key: String, as type: Value.Type, of file: SafetensorsFile, path: String
  ) throws -> Value {
    guard let text = file.metadata[key] else { throw StoredModelError(path: path, "has no \(key) in its metadata") }
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw StoredModelError(path: path, "has a \(key) that cannot be read: \(reason(error).text)")
    }
  }

  /// What an error of decoding says; without the first `count` keys of its path, the first of which is the part.
  private static func reason(_ error: any Error, droppingFirst count: Int = 0) -> (part: String?, text: String) {
    switch error {
    case DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
      DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      let path = context.codingPath.dropFirst(count).map(\.stringValue).joined(separator: ".")
      return (
        count > 0 ? context.codingPath.first?.stringValue : nil,
        path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
      )
    default: return (nil, "\(error)")
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
