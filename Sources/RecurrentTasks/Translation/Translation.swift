public import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// The task `translation`: writes a sentence in another language, or any text that answers another.
public enum Translation: RecipeTask {
  public typealias DataConfiguration = TranslationData
  public typealias ModelConfiguration = TranslatorConfiguration
  public typealias Goal = TranslationObjective

  /// What a translator's file holds beside its tensors.
  public struct Artifacts: Codable, Sendable {
    /// The symbols of the target language, or of both where they share one vocabulary.
    public let vocabulary: Vocabulary
    /// The symbols of the source language, where it has its own.
    public let sourceVocabulary: Vocabulary?

    /// The symbols of the source language.
    public var source: Vocabulary { sourceVocabulary ?? vocabulary }
  }

  public static var name: String { "translation" }
  public static var summary: String { "writes a sentence in another language, word by word, and shows where it looked" }
  public static var verbs: [TaskVerb] {
    [
      TaskVerb("translate", example: "INPUT --beam 5 --alignment alignment.svg"),
      TaskVerb("watch", example: "INPUT --output watch.html"),
    ]
  }
  public static var meaninglessTrainingKeys: Set<String> { ["steps", "activationPenalty", "slownessPenalty"] }

  public static func validate(_ settings: ModelSettings<Self>) throws(ConfigurationError) {
    if settings.model.tied == .all, !settings.data.jointVocabulary {
      throw ConfigurationError(key: "model.tied", "is all, so both languages need one vocabulary; set data.jointVocabulary to true")
    }
  }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let corpus = try Parts<SentencePairs>(source, data, by: settings.dealing)
    let (trainingPairs, validationPairs) = (try corpus.part(.train), try corpus.part(.validation))
    let artifacts = artifacts(of: trainingPairs, data)
    let codecs = try PairCodecs(data.tokenizer, source: artifacts.source, target: artifacts.vocabulary)
    let examples = try EncodedPairs(
      trainingPairs, codecs: codecs, reversesSource: model.reverseSource, maximumLength: data.maximumLength)
    let validation = try EncodedPairs(validationPairs, codecs: codecs, reversesSource: model.reverseSource)

    let (sourceCount, targetCount) = (artifacts.source.count, artifacts.vocabulary.count)
    let known = data.jointVocabulary
      ? "one vocabulary of \(Figures.grouped(sourceCount))"
      : "vocabularies of \(Figures.grouped(sourceCount)) and \(Figures.grouped(targetCount))"
    let attention = model.attention == .none ? "no" : model.attention.rawValue
    return try PreparedRun(
      settings,
      objective: TranslationObjective(
        validation: validation, codecs: codecs, lowercases: data.lowercase, labelSmoothing: training.labelSmoothing),
      source: PairBatches(examples, training, scheduledSampling: model.scheduledSampling, seed: settings.seed), artifacts: artifacts,
      trainedOn: TrainedOn(examples.pairs.contents),
      memory: (
        model.memory(sourceCount: sourceCount, targetCount: targetCount, batch: training.batch, longest: examples.longest),
        "model.hidden, model.layers, training.batch or data.maximumLength"
      ),
      words: RunDescription(
        recipe: settings.name, rateUnit: data.tokens.rateUnit, lossUnit: "nats a \(data.tokens.singular)",
        network: "\(model.layers) × \(model.hidden) \(model.cell.rawValue), \(attention) attention",
        figures: [ShownFigure("bleu", label: "BLEU"), ShownFigure("perplexity")],
        exampleInput: validationPairs.pairs.first?.source),
      notes: [
        "\(Figures.counted(examples.count, "pair")) to learn from, \(Figures.grouped(validation.count)) for validation; \(known)"
      ] + examples.notes + validation.notes + corpus.overlaps)
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> PairCodecs {
    if artifacts.sourceVocabulary == nil, !settings.data.jointVocabulary {
      throw ArtifactError("has no sourceVocabulary in its metadata")
    }
    return try ArtifactError.reading("vocabulary") {
      try PairCodecs(settings.data.tokenizer, source: artifacts.source, target: artifacts.vocabulary)
    }
  }

  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? {
    settings.model.memory(sourceCount: artifacts.source.count, targetCount: artifacts.vocabulary.count, batch: 1, longest: 1).parameterCount
  }

  public static func model(
    _ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator
  ) -> Translator {
    Translator(
      settings.model, sourceCount: artifacts.source.count, targetCount: artifacts.vocabulary.count, using: &generator)
  }

  /// The vocabularies of both languages, of the training pairs.
  private static func artifacts(of pairs: SentencePairs, _ data: TranslationData) -> Artifacts {
    func vocabulary(_ sentences: [String]) -> Vocabulary {
      Vocabulary(
        ofSentences: sentences, tokenizer: data.tokenizer, minimumCount: data.minimumCount,
        mergeCount: data.merges ?? Vocabulary.usualMergeCount)
    }
    if data.jointVocabulary {
      return Artifacts(vocabulary: vocabulary(pairs.sources + pairs.targets), sourceVocabulary: nil)
    }
    return Artifacts(vocabulary: vocabulary(pairs.targets), sourceVocabulary: vocabulary(pairs.sources))
  }
}

/// A request for a translation, or settings of it, that cannot be met.
public struct TranslationError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
