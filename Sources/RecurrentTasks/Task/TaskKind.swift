public import RecurrentTraining

/// The tasks that a recipe can name in its key `task`: the one registry of them.
public enum TaskKind: String, CaseIterable, Codable, Sendable {
  /// Predicts the next character, byte or word of a text.
  case languageModel = "language-model"
  /// Predicts what is said next in a conversation, and takes part in one.
  case conversation
  /// Says which of a few labels a text has.
  case textClassification = "text-classification"
  /// Writes a sentence in another language.
  case translation
  /// Predicts before each of a student's answers whether it will be right.
  case knowledgeTracing = "knowledge-tracing"
  /// Forecasts columns of a table with times.
  case forecasting
  /// Says which class a series of measurements is of.
  case seriesClassification = "series-classification"
  /// Says of each step of a series which class it is of.
  case seriesTagging = "series-tagging"
  /// Makes numbers of a series of measurements.
  case seriesRegression = "series-regression"

  /// The task itself.
  public var task: any RecipeTask.Type {
    switch self {
    case .languageModel: LanguageModeling.self
    case .conversation: ConversationModeling.self
    case .textClassification: TextClassification.self
    case .translation: Translation.self
    case .knowledgeTracing: KnowledgeTracing.self
    case .forecasting: Forecasting.self
    case .seriesClassification: SeriesClassification.self
    case .seriesTagging: SeriesTagging.self
    case .seriesRegression: SeriesRegression.self
    }
  }

  /// What the task is, in one line.
  public var summary: String { task.summary }

  /// The type that holds the values of the recipe's section `data`.
  public var dataConfiguration: any Configuration.Type { Self.dataConfiguration(of: task) }

  /// The type that holds the values of the recipe's section `model`.
  public var modelConfiguration: any Configuration.Type { Self.modelConfiguration(of: task) }

  private static func dataConfiguration<T: RecipeTask>(of task: T.Type) -> any Configuration.Type {
    T.DataConfiguration.self
  }

  private static func modelConfiguration<T: RecipeTask>(of task: T.Type) -> any Configuration.Type {
    T.ModelConfiguration.self
  }
}
