import Foundation
public import RecurrentData
import RecurrentLayers
public import RecurrentTensors
import RecurrentTraining

/// The task `language-model`: predicts the next character, byte or word of a text.
public enum LanguageModeling: RecipeTask {
  public typealias DataConfiguration = TextDataConfiguration
  public typealias ModelConfiguration = LanguageModelConfiguration
  public typealias Goal = LanguageModelObjective

  /// What a language model's file holds beside its tensors.
  public struct Artifacts: Codable, Sendable {
    /// The symbols that tokens stand for.
    public let vocabulary: Vocabulary
  }

  public static var name: String { "language-model" }
  public static var summary: String { "predicts the next character, byte or word of a text; measures a text; writes one" }
  public static var verbs: [TaskVerb] {
    [TaskVerb("generate", example: "--length 500"), TaskVerb("watch", example: "INPUT --output watch.html")]
  }
  public static var evaluationOptions: [EvaluationOption] { [.weights] }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let corpus = try source.corpus(data)
    let vocabulary = corpus.codec.vocabulary
    let windows = try TextWindows(corpus: corpus, batchSize: training.batch, steps: training.steps)
    return try PreparedRun(
      settings, objective: LanguageModelObjective(corpus: corpus, configuration: training), source: windows,
      artifacts: Artifacts(vocabulary: vocabulary),
      memory: settings.languageModelMemory(vocabularyCount: vocabulary.count),
      words: RunDescription(
        recipe: settings.name, rateUnit: data.tokens.rateUnit, lossUnit: "nats a \(data.tokens.singular)",
        network: "\(model.layers) × \(model.hidden) \(model.cell.rawValue)",
        figures: data.tokens.areWords ? [ShownFigure("perplexity")] : [], exampleInput: corpus.exampleLine))
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> TextCodec {
    try ArtifactError.reading("vocabulary") { try TextCodec(settings.data.tokenizer, artifacts.vocabulary) }
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

extension RunSettings where Task.ModelConfiguration == LanguageModelConfiguration {
  /// What training a language model needs, and the keys to change where the machine lacks it.
  func languageModelMemory(vocabularyCount: Int) -> (estimate: MemoryEstimate, keys: String) {
    (
      model.memory(vocabularyCount: vocabularyCount, positions: Double(training.batch) * Double(training.steps)),
      "model.hidden, model.layers, training.batch or training.steps"
    )
  }
}

extension TextCorpus {
  /// A line of the validation text, the first that is whole.
  fileprivate var exampleLine: String? {
    guard let text = splits[.validation] else { return nil }
    let lines = codec.decode(text.tokens.prefix(1000)).split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    return lines.dropFirst().first.map(String.init)
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
