import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// The task `conversation`: predicts what is said next in a conversation, token by token, from all that was said before, and so can take part
/// in one. The network is a language model's; its state carries over the turns (Vinyals and Le 2015 in one network).
public enum ConversationModeling: RecipeTask {
  public typealias DataConfiguration = ConversationDataConfiguration
  public typealias ModelConfiguration = LanguageModelConfiguration
  public typealias Training = ConversationTask
  public typealias Trained = TrainedConversationModel

  public static var kind: TaskKind { .conversation }
  public static var summary: String { "answers in a conversation, turn by turn, and remembers it; measures conversations" }
  public static var meaninglessTrainingKeys: Set<String> { ["activationPenalty", "slownessPenalty"] }
  public static var verbs: [TaskVerb] {
    [TaskVerb("chat", example: "--temperature 0.7"), TaskVerb("watch", example: "\"Hello.\" --output watch.html")]
  }

  public static func prepare(
    _ settings: RunSettings<Self>, from source: DataSource
  ) throws -> PreparedRun<ConversationTask> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let corpus = try ConversationCorpus(source, data)
    let vocabulary = corpus.codec.vocabulary
    let start = try settings.languageModel(vocabularyCount: vocabulary.count)
    let task = try ConversationTask(corpus: corpus, training: training, seed: settings.seed)
    return PreparedRun(
      task: task, model: start, metadata: try settings.description.metadata(["vocabulary": vocabulary]),
      words: RunDescription(
        recipe: settings.name, rateUnit: data.tokens.rateUnit, lossUnit: "nats a \(data.tokens.singular)",
        network: "\(model.layers) × \(model.hidden) \(model.cell.rawValue)", figures: [ShownFigure("perplexity")]),
      notes: corpus.notes + task.notes)
  }
}
