import Foundation
public import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// The task `language-model`: predicts the next character, byte or word of a text.
public enum LanguageModeling: RecipeTask {
  public typealias DataConfiguration = TextDataConfiguration
  public typealias ModelConfiguration = LanguageModelConfiguration
  public typealias Training = LanguageModelTask
  public typealias Trained = TrainedLanguageModel

  public static var kind: TaskKind { .languageModel }
  public static var summary: String { "predicts the next character, byte or word of a text; measures a text; writes one" }
  public static var verbs: [TaskVerb] {
    [TaskVerb("generate", example: "--length 500"), TaskVerb("watch", example: "\"some text\" --output watch.html")]
  }

  public static func prepare(
    _ settings: RunSettings<Self>, from source: DataSource
  ) throws -> PreparedRun<LanguageModelTask> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let corpus = try source.corpus(data)
    let vocabulary = corpus.codec.vocabulary
    let start = try settings.languageModel(vocabularyCount: vocabulary.count)
    return PreparedRun(
      task: try LanguageModelTask(corpus: corpus, training: training, model: start), model: start,
      metadata: try settings.description.metadata(vocabulary: vocabulary),
      words: RunDescription(
        recipe: settings.name, rateUnit: data.tokens.rateUnit, lossUnit: "nats a \(data.tokens.singular)",
        network: "\(model.layers) × \(model.hidden) \(model.cell.rawValue)",
        figures: data.tokens.areWords ? [ShownFigure("perplexity")] : []))
  }
}

extension RunSettings where Task.ModelConfiguration == LanguageModelConfiguration {
  /// The language model that training begins with.
  ///
  /// - Throws: what `MemoryEstimate.check` throws where there is not the memory to train it.
  func languageModel(vocabularyCount: Int) throws -> LanguageModel {
    try model.memory(vocabularyCount: vocabularyCount, positions: Double(training.batch) * Double(training.steps))
      .check(advising: "model.hidden, model.layers, training.batch or training.steps")
    var initialization = RandomGenerator(seed: seed).split("initialization")
    return LanguageModel(model, vocabularyCount: vocabularyCount, using: &initialization)
  }
}

/// What a language model is, beside its tensors.
public typealias LanguageModelDescription = ModelDescription<LanguageModeling>

extension ModelDescription<LanguageModeling> {
  /// The metadata of a language model's file: `configuration` and `vocabulary`.
  public func metadata(vocabulary: Vocabulary) throws -> [String: String] {
    try metadata(["vocabulary": vocabulary])
  }
}

extension DataSource {
  /// The text to train on, cut and tokenized as the recipe says.
  func corpus(_ data: TextDataConfiguration) throws(TextDataError) -> TextCorpus {
    switch self {
    case .path(let path):
      try TextCorpus(
        contentsOf: URL(fileURLWithPath: path), tokenizer: data.tokenizer, minimumCount: data.minimumCount,
        mergeCount: data.merges ?? Vocabulary.usualMergeCount, fractions: data.fractions)
    case .embedded(let name, let text):
      try TextCorpus(
        text: text, name: name, tokenizer: data.tokenizer, minimumCount: data.minimumCount,
        mergeCount: data.merges ?? Vocabulary.usualMergeCount, fractions: data.fractions)
    }
  }

  /// The text to be measured by a model with the vocabulary of `codec`.
  func corpus(_ codec: TextCodec, fractions: SplitFractions) throws(TextDataError) -> TextCorpus {
    switch self {
    case .path(let path):
      try TextCorpus(contentsOf: URL(fileURLWithPath: path), codec: codec, fractions: fractions)
    case .embedded(let name, let text):
      try TextCorpus(text: text, name: name, codec: codec, fractions: fractions)
    }
  }
}
