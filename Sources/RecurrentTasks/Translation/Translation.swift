import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// The task `translation`: writes a sentence in another language, or any text that answers another.
public enum Translation: RecipeTask {
  public typealias DataConfiguration = TranslationData
  public typealias ModelConfiguration = TranslatorConfiguration
  public typealias Training = TranslationTask
  public typealias Trained = TrainedTranslator

  public static var kind: TaskKind { .translation }
  public static var summary: String { "writes a sentence in another language, word by word, and shows where it looked" }
  public static var verbs: [TaskVerb] {
    [
      TaskVerb("translate", example: "\"ein Satz\" --beam 5 --alignment alignment.svg"),
      TaskVerb("watch", example: "\"ein Satz\" --output watch.html"),
    ]
  }
  public static var meaninglessTrainingKeys: Set<String> { ["steps", "activationPenalty", "slownessPenalty"] }

  public static func prepare(
    _ settings: RunSettings<Self>, from source: DataSource
  ) throws -> PreparedRun<TranslationTask> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    if model.tied == .all, !data.jointVocabulary {
      throw TranslationError("model.tied: is all, so both languages need one vocabulary; set data.jointVocabulary to true")
    }
    let corpus = try PairCorpus(source, data)
    let (trainingPairs, validationPairs) = (try corpus.part(.train), try corpus.part(.validation))
    let vocabularies = vocabularies(of: trainingPairs, data)
    let codecs = try PairCodecs(data.tokenizer, source: vocabularies.source, target: vocabularies.target)
    let examples = try EncodedPairs(
      trainingPairs, codecs: codecs, reversesSource: model.reverseSource, maximumLength: data.maximumLength)
    let validation = try EncodedPairs(validationPairs, codecs: codecs, reversesSource: model.reverseSource)

    let (sourceCount, targetCount) = (vocabularies.source.count, vocabularies.target.count)
    try model.memory(sourceCount: sourceCount, targetCount: targetCount, batch: training.batch, longest: examples.longest)
      .check(advising: "model.hidden, model.layers, training.batch or data.maximumLength")
    var initialization = RandomGenerator(seed: settings.seed).split("initialization")
    let start = Translator(model, sourceCount: sourceCount, targetCount: targetCount, using: &initialization)
    let known = data.jointVocabulary
      ? "one vocabulary of \(Figures.grouped(sourceCount))"
      : "vocabularies of \(Figures.grouped(sourceCount)) and \(Figures.grouped(targetCount))"
    let attention = model.attention == .none ? "no" : model.attention.rawValue
    return PreparedRun(
      task: TranslationTask(
        training: examples, validation: validation, codecs: codecs, data: data, configuration: training, seed: settings.seed),
      model: start,
      metadata: try settings.description.metadata(
        ["vocabulary": vocabularies.target].merging(
          data.jointVocabulary ? [:] : ["sourceVocabulary": vocabularies.source]) { first, _ in first }),
      words: RunDescription(
        recipe: settings.name, rateUnit: data.tokens.rateUnit, lossUnit: "nats a \(data.tokens.singular)",
        network: "\(model.layers) × \(model.hidden) \(model.cell.rawValue), \(attention) attention",
        figures: [ShownFigure("bleu", label: "BLEU"), ShownFigure("perplexity")]),
      notes: [
        "\(Figures.counted(examples.count, "pair")) to learn from, \(Figures.grouped(validation.count)) for validation; \(known)"
      ] + examples.notes + validation.notes)
  }

  /// The vocabularies of both languages, of the training pairs.
  private static func vocabularies(
    of pairs: SentencePairs, _ data: TranslationData
  ) -> (source: Vocabulary, target: Vocabulary) {
    func vocabulary(_ sentences: [String]) -> Vocabulary {
      Vocabulary(
        ofSentences: sentences, tokenizer: data.tokenizer, minimumCount: data.minimumCount,
        mergeCount: data.merges ?? Vocabulary.usualMergeCount)
    }
    if data.jointVocabulary {
      let both = vocabulary(pairs.sources + pairs.targets)
      return (both, both)
    }
    return (vocabulary(pairs.sources), vocabulary(pairs.targets))
  }
}

/// A request for a translation, or settings of it, that cannot be met.
public struct TranslationError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
