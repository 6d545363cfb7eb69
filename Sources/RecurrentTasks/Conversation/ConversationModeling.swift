public import RecurrentData
import RecurrentLayers
public import RecurrentTensors
import RecurrentTraining

/// The task `conversation`: predicts what is said next in a conversation, token by token, from all that was said before, and so can take part
/// in one. The network is a language model's; its state carries over the turns (Vinyals and Le 2015 in one network).
public enum ConversationModeling: RecipeTask {
  public typealias DataConfiguration = ConversationDataConfiguration
  public typealias ModelConfiguration = LanguageModelConfiguration
  public typealias Goal = ConversationObjective

  /// What a conversation model's file holds beside its tensors.
  public struct Artifacts: Codable, Sendable {
    /// The symbols that tokens stand for, among them those that begin a conversation and end a turn.
    public let vocabulary: Vocabulary
  }

  public static var name: String { "conversation" }
  public static var summary: String { "answers in a conversation, turn by turn, and remembers it; measures conversations" }
  public static var meaninglessTrainingKeys: Set<String> { ["activationPenalty", "slownessPenalty"] }
  public static var verbs: [TaskVerb] {
    [TaskVerb("chat", example: "--temperature 0.7"), TaskVerb("watch", example: "INPUT --output watch.html")]
  }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let corpus = try ConversationCorpus(source, data, by: settings.dealing)
    let vocabulary = corpus.codec.vocabulary
    let stretches = ConversationStretches(corpus, training, seed: settings.seed)
    return try PreparedRun(
      settings, objective: ConversationObjective(corpus, labelSmoothing: training.labelSmoothing), source: stretches,
      artifacts: Artifacts(vocabulary: vocabulary), trainedOn: corpus.trainedOn,
      memory: settings.languageModelMemory(vocabularyCount: vocabulary.count),
      words: RunDescription(
        recipe: settings.name, rateUnit: data.tokens.rateUnit, lossUnit: "nats a \(data.tokens.singular)",
        network: "\(model.layers) × \(model.hidden) \(model.cell.rawValue)", figures: [ShownFigure("perplexity")],
        exampleInput: corpus.validation.turns.first?.first.map { corpus.codec.decode($0.dropLast()) }),
      notes: corpus.notes + stretches.notes)
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> TextCodec {
    try ArtifactError.reading("vocabulary") {
      let codec = try TextCodec(settings.data.tokenizer, artifacts.vocabulary, replacesUnknown: true)
      for (index, mark) in [
        (codec.startOfSentenceIndex, Tokenizer.startOfSentence), (codec.endOfSentenceIndex, Tokenizer.endOfSentence),
      ] where index == nil {
        throw VocabularyError.missing(symbol: mark)
      }
      return codec
    }
  }

  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? {
    settings.model.memory(vocabularyCount: artifacts.vocabulary.count, positions: 1).parameterCount
  }

  public static func model(
    _ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator
  ) -> LanguageModel {
    LanguageModel(settings.model, vocabularyCount: artifacts.vocabulary.count, using: &generator)
  }
}
