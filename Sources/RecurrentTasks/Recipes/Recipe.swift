public import RecurrentTraining

/// A task with everything that is needed to train it again: its data, its model, its schedule, and the figure it
/// reproduces.
///
/// It is read from YAML (``init(contentsOf:tasks:)``), checked key by key, changed by overrides (``set(_:origin:)``), turned
/// into the typed configurations of its task (``configuration(_:as:)``) and written back as resolved (``yaml``).
///
/// ```swift
/// var recipe = try Recipe(named: "shakespeare-characters")
/// try recipe.set("training.epochs=3")
/// let training = try recipe.configuration(.training, as: TrainingConfiguration.self)
/// ```
public struct Recipe: Sendable, Equatable {
  /// The parts of a recipe that hold values.
  public enum Section: String, CaseIterable, Sendable {
    /// Where the data come from and how they are read.
    case data
    /// The network.
    case model
    /// How it is trained.
    case training
    /// Whether it is recorded how far back gradients reach.
    case gradients
  }

  /// The recipe's name: its file's name without the extension.
  public let name: String
  /// Where it was read: a path, or the name of a built-in recipe. Errors name it.
  public internal(set) var origin: String
  /// What the recipe trains.
  public let task: TaskKind
  /// What it is, in one line.
  public let summary: String
  /// The figure it reproduces, and whose.
  public let reproduces: String
  /// The seed from which initialization, shuffling, dropout and samples are drawn.
  public var seed: Int
  /// Where the data are, if the recipe says: a path, or the name of a text inside the package.
  public var dataSource: String?
  /// Every value of every section, defaults included; an optional key without a value is absent.
  var values: [Section: [String: JSON]]

  /// A section as the typed value that its task defines.
  ///
  /// - Throws: ``RecipeError`` when `type` refuses the values: two keys that do not go together.
  public func configuration<C: Configuration>(_ section: Section, as type: C.Type) throws(RecipeError) -> C {
    do {
      let configuration = try C(values: values[section] ?? [:])
      try configuration.validate()
      return configuration
    } catch let error as ConfigurationError {
      throw RecipeError(origin: origin, problem: "\(section.rawValue).\(error)")
    } catch {
      throw RecipeError(origin: origin, problem: "the values of \(section.rawValue) do not fit together: \(error)")
    }
  }

  /// The value of a key as it would be written in a recipe, "none" where it has no value.
  public func written(_ key: String, in section: Section) -> String {
    if section == .data, key == Self.source.name { return dataSource.map(JSON.quotedInYAML) ?? "none" }
    return values[section]?[key]?.yaml ?? "none"
  }
}

extension Recipe {
  /// The key of every task's section `data`.
  static let source = ConfigurationKey(
    name: "source",
    documentation: """
      a file or a directory, from where the command runs, or what is inside the package: "tinyshakespeare", or "pendulum" for series-regression; \
      --data takes its place
      """,
    kind: .text, isOptional: true)

  /// The keys of one section of a task, in the order in which they are written.
  public static func keys(of section: Section, task: TaskKind) -> [ConfigurationKey] {
    switch section {
    case .data: [source] + task.dataConfiguration.keys
    case .model: task.modelConfiguration.keys
    case .training: TrainingConfiguration.keys.filter { !task.task.meaninglessTrainingKeys.contains($0.name) }
    case .gradients: GradientRecording.keys
    }
  }

  /// What the values of a section are where a recipe says nothing.
  static func defaults(of section: Section, task: TaskKind) -> [String: JSON] {
    let type: any Configuration.Type =
      switch section {
      case .data: task.dataConfiguration
      case .model: task.modelConfiguration
      case .training: TrainingConfiguration.self
      case .gradients: GradientRecording.self
      }
    guard var values = try? type.init().values() else { fatalError("Recipe: the defaults of \(type) are not plain values") }
    for key in type.keys {
      values[key.name] = values[key.name].map(key.typed)
    }
    return values
  }

  /// The default of a key as it would be written in a recipe, "none" where it has none.
  public static func writtenDefault(_ key: String, of section: Section, task: TaskKind) -> String {
    defaults(of: section, task: task)[key]?.yaml ?? "none"
  }
}
