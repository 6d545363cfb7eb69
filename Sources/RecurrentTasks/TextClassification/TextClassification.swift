import Foundation
public import RecurrentData
import RecurrentLayers
public import RecurrentTensors
import RecurrentTraining

/// The task `text-classification`: says which of a few labels a text has.
public enum TextClassification: RecipeTask {
  public typealias DataConfiguration = TextClassificationData
  public typealias ModelConfiguration = TextClassifierConfiguration
  public typealias Goal = TextClassificationObjective

  /// What a text classifier's file holds beside its tensors.
  public struct Artifacts: Codable, Sendable {
    /// The symbols that tokens stand for.
    public let vocabulary: Vocabulary
    /// What is told apart.
    public let labels: ClassTable
  }

  public static var name: String { "text-classification" }
  public static var summary: String { "says which label a text has, how sure it is, and which words moved it" }
  public static var verbs: [TaskVerb] {
    [TaskVerb("predict", example: "INPUT --explain"), TaskVerb("watch", example: "INPUT --output watch.html")]
  }
  public static var meaninglessTrainingKeys: Set<String> { ["steps", "activationPenalty", "slownessPenalty"] }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let corpus = try Parts<LabelledTexts>(source, data, by: settings.dealing)
    let texts = try corpus.part(.train)
    let validationTexts = try corpus.part(.validation)
    let labels = try ClassTable(labels: texts.labels, path: texts.path)
    let vocabulary = Vocabulary(
      ofTexts: texts.texts, tokenizer: data.tokenizer, minimumCount: data.minimumCount,
      mergeCount: data.merges ?? Vocabulary.usualMergeCount)
    let codec = try TextCodec(data.tokenizer, vocabulary, replacesUnknown: true)
    let examples = try LabelledSequences(texts, codec: codec, labels: labels, data: data)
    let validation = try LabelledSequences(validationTexts, codec: codec, labels: labels, data: data)
    // A label that no training text has is found now, and not after the training.
    if let test = corpus.sets[.test] { _ = try labels.indices(of: test) }

    var run = try PreparedRun(
      settings,
      objective: TextClassificationObjective(
        validation: validation, labelCount: labels.count,
        loss: ClassificationLoss(
          data.classWeights, labels: examples.labels, classCount: labels.count, labelSmoothing: training.labelSmoothing)),
      source: LengthSortedBatches(
        lengths: examples.sequences.map(\.count), batchSize: training.batch, seed: settings.seed, digest: examples.digest
      ) { examples.batch($0) },
      artifacts: Artifacts(vocabulary: vocabulary, labels: labels), trainedOn: corpus.trainedOn,
      memory: (
        model.memory(
          vocabularyCount: vocabulary.count, labelCount: labels.count, batch: training.batch, longest: examples.longest),
        "model.hidden, model.layers, training.batch or data.maximumLength"
      ),
      words: RunDescription(
        recipe: settings.name, rateUnit: "texts/s", lossUnit: "nats a text", network: model.encoder.summary,
        figures: ShownFigure.classification, exampleInput: validationTexts.texts.first),
      notes: [examples, validation].flatMap(\.notes) + corpus.overlaps)
    run.comparison = { _, best, seconds in
      // So many words are fitted and measured in a second at least.
      let bytes = (texts.texts + validationTexts.texts).reduce(0) { $0 + $1.utf8.count }
      guard let accuracy = best?.metrics["accuracy"], Double(bytes) <= seconds * 1e6 else { return nil }
      let baseline = try baseline(labels, fittedOn: texts, measuredOn: validationTexts)
      return BaselineComparison(
        figure: "accuracy on the \(DataPart.validation.rawValue) part", style: .percent, model: accuracy,
        baselines: [("bag-of-words logistic regression", baseline.accuracy)],
        advice: "more epochs, model.pooling mean or max, word vectors (model.vectors), more dropout; with few texts single words are hard to beat")
    }
    if let path = model.vectors {
      let vectors = try WordVectors(
        contentsOf: URL(fileURLWithPath: path), dimension: model.embedding, of: vocabulary)
      run.model.embedding.take(vectors)
      run.notes.append(
        "\(Figures.grouped(vectors.found.count)) of \(Figures.counted(vocabulary.count, "word")) have a vector in \(path)")
    }
    return run
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> TextCodec {
    try ArtifactError.reading("vocabulary") {
      try TextCodec(settings.data.tokenizer, artifacts.vocabulary, replacesUnknown: true)
    }
  }

  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? {
    settings.model.memory(vocabularyCount: artifacts.vocabulary.count, labelCount: artifacts.labels.count, batch: 1, longest: 1).parameterCount
  }

  public static func model(
    _ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator
  ) -> TextClassifier {
    TextClassifier(
      settings.model, vocabularyCount: artifacts.vocabulary.count, labelCount: artifacts.labels.count, using: &generator)
  }
}

extension Embedding<Float> {
  /// Takes over the vectors that were found; the others are drawn anew, as wide as those that were found, so that neither kind
  /// outweighs the other.
  fileprivate mutating func take(_ vectors: WordVectors) {
    let squares = vectors.found.values.reduce(0.0) { total, vector in
      total + vector.reduce(0.0) { $0 + Double($1) * Double($1) }
    }
    let deviation = (squares / Double(vectors.found.count * vectors.dimension)).squareRoot()
    // The embedding was drawn with deviation 0.1.
    weight = weight * Float(deviation / 0.1)
    weight.withUnsafeMutableScalars { scalars in
      for (index, vector) in vectors.found {
        for (position, number) in vector.enumerated() { scalars[index * vectors.dimension + position] = number }
      }
    }
  }
}
