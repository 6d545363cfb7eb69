public import RecurrentTraining

/// A kind of task: all that the recipes and the command must know of it.
///
/// A conforming type is an enumeration without cases, such as ``LanguageModeling``; ``TaskKind`` has one case for each.
/// `recurrent train` calls ``prepare(_:from:)`` and hands the result to `Trainer`; `evaluate` and `inspect` read a model
/// file as ``Trained`` and ask it. Nothing outside the task's folder knows more of it than this.
public protocol RecipeTask: Sendable {
  /// The values of a recipe's section `data`.
  associatedtype DataConfiguration: Configuration
  /// The values of a recipe's section `model`.
  associatedtype ModelConfiguration: Configuration
  /// What the training loop is given.
  associatedtype Training: TrainingTask
  /// A model as it stands in a file.
  associatedtype Trained: TrainedModel where Trained.Task == Self

  /// Its name in recipes and model files.
  static var kind: TaskKind { get }

  /// What it is, in one line.
  static var summary: String { get }

  /// Keys of the section `training` that mean nothing to it: a recipe that sets one is refused. None by default.
  static var meaninglessTrainingKeys: Set<String> { get }

  /// The subcommands that are for its models beside `evaluate` and `inspect`, the most useful first.
  static var verbs: [TaskVerb] { get }

  /// Reads the data and makes the initial model: everything that stands before the first step.
  ///
  /// - Throws: what is wrong with the data or the settings, and ``MemoryError`` where the machine cannot hold the run.
  ///   Nothing has been written then.
  static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Training>
}

extension RecipeTask {
  public static var meaninglessTrainingKeys: Set<String> { [] }
}

/// A subcommand that a task's models are for, such as `generate`.
public struct TaskVerb: Sendable, Equatable {
  /// The subcommand.
  public let name: String
  /// What may follow the model on the command line, as an example: `--length 500`.
  public let example: String

  /// A subcommand and an example of what follows the model.
  public init(_ name: String, example: String = "") {
    self.name = name
    self.example = example
  }
}

/// A recipe as a task reads it: its sections as typed values.
public struct RunSettings<Task: RecipeTask>: Sendable {
  /// The recipe's name.
  public let name: String
  /// What all random numbers come from.
  public let seed: UInt64
  /// Where the data are and how they are read.
  public let data: Task.DataConfiguration
  /// The network.
  public let model: Task.ModelConfiguration
  /// How it is trained.
  public let training: TrainingConfiguration
  /// Whether it is recorded how far back its gradients reach.
  public let gradients: GradientRecording

  /// The values of a recipe.
  ///
  /// - Throws: ``RecipeError`` for values that do not go together.
  public init(_ recipe: Recipe) throws(RecipeError) {
    name = recipe.name
    seed = UInt64(recipe.seed)
    data = try recipe.configuration(.data, as: Task.DataConfiguration.self)
    model = try recipe.configuration(.model, as: Task.ModelConfiguration.self)
    training = try recipe.configuration(.training, as: TrainingConfiguration.self)
    gradients = try recipe.configuration(.gradients, as: GradientRecording.self)
  }

  /// Settings that no recipe names, such as those that a model file holds.
  public init(
    name: String, seed: UInt64, data: Task.DataConfiguration, model: Task.ModelConfiguration, training: TrainingConfiguration
  ) {
    (self.name, self.seed, self.data, self.model, self.training) = (name, seed, data, model, training)
    gradients = GradientRecording()
  }

  /// What a model of these settings says of itself in its file.
  public var description: ModelDescription<Task> { ModelDescription(data: data, model: model) }
}

/// A run that can begin: what `Trainer` needs, and what people are told of it.
public struct PreparedRun<Training: TrainingTask>: Sendable {
  /// What the training loop asks.
  public var task: Training
  /// The initial model.
  public var model: Training.Model
  /// The metadata of the model file; see ``ModelDescription/metadata(_:)``.
  public var metadata: [String: String]
  /// The words for displays and the chart.
  public var words: RunDescription
  /// What was done to the data and must not go unsaid, a line each: "1,204 of 25,000 texts cut to 400 words".
  public var notes: [String]

  /// A run of these parts.
  public init(
    task: Training, model: Training.Model, metadata: [String: String], words: RunDescription, notes: [String] = []
  ) {
    self.task = task
    self.model = model
    self.metadata = metadata
    self.words = words
    self.notes = notes
  }
}
