public import RecurrentTensors
public import RecurrentTraining

/// A kind of task: what the recipes, the trainer and the command must know of it.
///
/// A conforming type is an enumeration without cases, such as ``LanguageModeling``. A task is made of its configurations, its ``Artifacts``
/// (what a model file holds beside the tensors), an ``Objective`` with the source of its batches, and a typed ``Score``. From these come, by
/// generic code: training and resuming, the model file and ``Trained``, `recurrent train`, `evaluate` and `inspect`. A task outside this
/// package is written in the same way and added to a ``TaskRegistry``.
public protocol RecipeTask: Sendable {
  /// The values of a recipe's section `data`.
  associatedtype DataConfiguration: Configuration
  /// The values of a recipe's section `model`.
  associatedtype ModelConfiguration: Configuration
  /// What a model needs beside its tensors and settings to read inputs and write answers: vocabulary, labels, scaling. Each of its
  /// members is a part of the model file's metadata, as JSON under the member's name.
  associatedtype Artifacts: Codable & Sendable
  /// What turns inputs into tensors and answers into words, made of settings and artifacts once a model: the artifacts themselves, where
  /// nothing has to be made.
  associatedtype Reader: Sendable = Artifacts
  /// What is minimized.
  associatedtype Goal: Objective
  /// What an evaluation of a model finds.
  associatedtype Score: TaskScore

  /// Its name in recipes and model files.
  static var name: String { get }

  /// What it does, in one line.
  static var summary: String { get }

  /// Keys of the section `training` that mean nothing to it: a recipe that sets one is refused. None by default.
  static var meaninglessTrainingKeys: Set<String> { get }

  /// The subcommands that are for its models beside `evaluate` and `inspect`, the most useful first.
  static var verbs: [TaskVerb] { get }

  /// The options of an evaluation that it knows; a request with another is refused. None by default.
  static var evaluationOptions: [EvaluationOption] { get }

  /// Checks what the sections `data` and `model` say together, of a recipe as of a model's file; each alone is checked by its `validate()`.
  /// By default everything goes together.
  ///
  /// - Throws: `ConfigurationError` with the section and key: `model.tied`.
  static func validate(_ settings: ModelSettings<Self>) throws(ConfigurationError)

  /// Reads the data and makes the initial model: everything that stands before the first step.
  ///
  /// - Throws: What is wrong with the data or the settings, and ``MemoryError`` where the machine cannot hold the run.
  ///   Nothing has been written then.
  static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self>

  /// What reads inputs for a model.
  ///
  /// - Throws: ``ArtifactError`` for artifacts that do not fit the settings.
  static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> Reader

  /// A model with random parameters.
  static func model(
    _ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator
  ) -> Goal.Model

  /// How many numbers the parameters of that model are, known before it takes any memory: a file whose settings ask for far more than its
  /// tensors have is refused then. Nil by default: nothing is known.
  static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double?

  /// Measures a model on data.
  ///
  /// - Throws: What is wrong with the data, or ``EvaluationError``.
  static func evaluate(_ trained: Trained<Self>, on request: EvaluationRequest) throws -> Score

  /// What `recurrent inspect` prints of a model beside what all models have.
  static func inspection(of trained: Trained<Self>) -> ModelInspection

  /// Calls `body` with what a model makes of each input, for `recurrent predict`; by default a task has no such answers.
  ///
  /// - Throws: What is wrong with which input, or ``PredictionError``.
  static func predict(_ request: PredictionRequest, by trained: Trained<Self>, _ body: (Prediction) throws -> Void) throws

  /// Reads the first `limit` steps of an input and records what the recurrent cells compute; by default a task cannot.
  ///
  /// - Throws: ``WatchError``, or what is wrong with the file.
  static func watch(_ input: WatchedInput, limit: Int, by trained: Trained<Self>) throws -> WatchedRun
}

extension RecipeTask {
  public static var meaninglessTrainingKeys: Set<String> { [] }
  public static var verbs: [TaskVerb] { [] }
  public static var evaluationOptions: [EvaluationOption] { [] }
  public static func validate(_ settings: ModelSettings<Self>) {}
  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? { nil }

  /// The task by its name.
  public static var kind: TaskKind { TaskKind(Self.self) }

  public static func predict(_ request: PredictionRequest, by trained: Trained<Self>, _ body: (Prediction) throws -> Void) throws {
    throw PredictionError("a \(name) model has no answers to single inputs")
  }

  public static func watch(_ input: WatchedInput, limit: Int, by trained: Trained<Self>) throws -> WatchedRun {
    throw WatchError("a \(name) model has no cells that can be watched")
  }
}

extension RecipeTask where Reader == Artifacts {
  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Artifacts { artifacts }
}

/// A subcommand that a task's models are for, such as `generate`.
public struct TaskVerb: Sendable, Equatable {
  /// The subcommand.
  public let name: String
  /// What may follow the model on the command line, as an example: `--length 500`. `INPUT` in it stands for something to read.
  public let example: String

  /// A subcommand and an example of what follows the model.
  public init(_ name: String, example: String = "") {
    self.name = name
    self.example = example
  }
}
