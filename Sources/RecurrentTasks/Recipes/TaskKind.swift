public import RecurrentTraining

/// The tasks that a recipe can name in its key `task`.
public enum TaskKind: String, CaseIterable, Codable, Sendable {
  /// Predicts the next character, byte or word of a text.
  case languageModel = "language-model"

  /// What the task is, in one line.
  public var summary: String {
    switch self {
    case .languageModel: "predicts the next character, byte or word of a text; measures a text; writes one"
    }
  }

  /// The type that holds the values of the recipe's section `data`.
  public var dataConfiguration: any Configuration.Type {
    switch self {
    case .languageModel: TextDataConfiguration.self
    }
  }

  /// The type that holds the values of the recipe's section `model`.
  public var modelConfiguration: any Configuration.Type {
    switch self {
    case .languageModel: LanguageModelConfiguration.self
    }
  }

  /// The type that holds the values of the recipe's section `training`.
  public var trainingConfiguration: any Configuration.Type { TrainingConfiguration.self }
}
