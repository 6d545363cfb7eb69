import RecurrentTensors
public import RecurrentTraining

/// A task by its name: the value of the key `task` of recipes and model files.
public struct TaskKind: Sendable, Hashable {
  /// The task itself.
  public let task: any RecipeTask.Type

  /// The kind of a task.
  public init(_ task: any RecipeTask.Type) { self.task = task }

  /// Its name in recipes and model files.
  public var rawValue: String { task.name }

  /// What the task does, in one line.
  public var summary: String { task.summary }

  /// The type that holds the values of the recipe's section `data`.
  public var dataConfiguration: any Configuration.Type { Self.dataConfiguration(of: task) }

  /// The type that holds the values of the recipe's section `model`.
  public var modelConfiguration: any Configuration.Type { Self.modelConfiguration(of: task) }

  public static func == (a: Self, b: Self) -> Bool { a.rawValue == b.rawValue }

  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

  private static func dataConfiguration<T: RecipeTask>(of task: T.Type) -> any Configuration.Type {
    T.DataConfiguration.self
  }

  private static func modelConfiguration<T: RecipeTask>(of task: T.Type) -> any Configuration.Type {
    T.ModelConfiguration.self
  }
}

/// The tasks that recipes and model files may name.
///
/// A program that has tasks of its own reads recipes and models with a registry that knows them too:
///
/// ```swift
/// let tasks = TaskRegistry.standard.adding(Counting.self)
/// let recipe = try Recipe(contentsOf: url, tasks: tasks)
/// let model = try StoredModel(contentsOf: modelURL, tasks: tasks).trained()
/// ```
public struct TaskRegistry: Sendable {
  /// The tasks, in the order in which help lists them.
  public private(set) var kinds: [TaskKind]

  /// A registry of these tasks.
  public init(_ tasks: [any RecipeTask.Type]) { kinds = tasks.map { TaskKind($0) } }

  /// The tasks of this package.
  public static let standard = TaskRegistry([
    LanguageModeling.self, ConversationModeling.self, TextClassification.self, Translation.self, KnowledgeTracing.self, Forecasting.self,
    Captioning.self, Alignment.self, Painting.self, SpeechRecognition.self, SeriesClassification.self, SeriesTagging.self, SeriesRegression.self,
  ])

  /// This registry with one more task.
  ///
  /// - Precondition: no task of that name is in it.
  public func adding(_ task: any RecipeTask.Type) -> TaskRegistry {
    check(self[task.name] == nil, "TaskRegistry: there is a task \(task.name) already")
    return TaskRegistry(kinds.map(\.task) + [task])
  }

  /// The tasks of this package, and this one, if it is none of them.
  static func knowing(_ task: any RecipeTask.Type) -> TaskRegistry {
    standard[task.name] == nil ? standard.adding(task) : standard
  }

  /// The task of a name.
  public subscript(name: String) -> TaskKind? { kinds.first { $0.rawValue == name } }

  /// The names, in order.
  public var names: [String] { kinds.map(\.rawValue) }
}
