public import RecurrentData
import RecurrentLayers
public import RecurrentTensors
import RecurrentTraining

/// The task `captioning`: says what is to be seen in a picture, word by word.
public enum Captioning: RecipeTask {
  public typealias DataConfiguration = CaptioningData
  public typealias ModelConfiguration = CaptionerConfiguration
  public typealias Goal = CaptioningObjective

  /// What a captioner's file holds beside its tensors.
  public struct Artifacts: Codable, Sendable {
    /// The words.
    public let vocabulary: Vocabulary
    /// What tells a frozen encoder from others; nil: the encoder is a part of the model.
    public let encoder: String?
  }

  public static var name: String { "captioning" }
  public static var summary: String { "says what is to be seen in a picture, and shows where it looked for each word" }
  public static var verbs: [TaskVerb] {
    [TaskVerb("caption", example: "PICTURE --attention look.html"), TaskVerb("watch", example: "PICTURE --output watch.html")]
  }
  public static var meaninglessTrainingKeys: Set<String> { ["steps", "activationPenalty", "slownessPenalty"] }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let pictures = try PictureSource(source, data)
    let corpus = try Parts<CaptionSet>(source, data, pictures: pictures)
    var (trainingSet, validationSet) = (try corpus.part(.train), try corpus.part(.validation))
    let vocabulary = Vocabulary(
      ofSentences: trainingSet.pictures.flatMap { $0.captions.map { data.text($0.text) } }, tokenizer: data.tokenizer,
      minimumCount: data.minimumCount, mergeCount: data.merges ?? Vocabulary.usualMergeCount)
    let artifacts = Artifacts(vocabulary: vocabulary, encoder: model.trainsEncoder ? nil : EmbeddedFiles.squeezeNetDigest)
    let reader = try CaptionReader(data, model, vocabulary)
    func inputs(_ set: inout CaptionSet) throws -> PictureInputs {
      try PictureInputs(
        of: &set, in: pictures, reader, broken: data.broken, grid: model.grid, encoder: artifacts.encoder ?? "", settings.preparation)
    }
    let trainingPictures = try inputs(&trainingSet)
    let validationPictures = try inputs(&validationSet)
    let examples = try EncodedCaptions(trainingSet, reader, maximumLength: data.maximumLength)
    let validation = try EncodedCaptions(validationSet, reader)
    let looking = model.attention == .none ? "no" : model.attention.rawValue
    return try PreparedRun(
      settings,
      objective: CaptioningObjective(
        validation: validation, pictures: validationPictures, reader: reader, labelSmoothing: training.labelSmoothing),
      source: CaptionBatches(examples, trainingPictures, choice: data.captions, batchSize: training.batch, seed: settings.seed),
      artifacts: artifacts, trainedOn: TrainedOn(trainingSet.contents),
      memory: (
        model.memory(wordCount: vocabulary.count, batch: training.batch, longest: examples.longest),
        "model.hidden, model.size, training.batch or data.maximumLength"
      ),
      words: RunDescription(
        recipe: settings.name, rateUnit: data.tokens.rateUnit, lossUnit: "nats a \(data.tokens.singular)",
        network: "\(model.encoder.rawValue), \(model.layers) × \(model.hidden) \(model.cell.rawValue), \(looking) attention",
        figures: [ShownFigure("bleu1", label: "BLEU-1"), ShownFigure("bleu4", label: "BLEU-4"), ShownFigure("exact", style: .percent)]),
      notes: [
        "\(Figures.counted(trainingSet.count, "picture")) with \(Figures.counted(examples.count, "caption")) to learn from,"
          + " \(Figures.grouped(validationSet.count)) for validation; \(Figures.counted(vocabulary.count, "token"))"
      ] + examples.notes + validation.notes + corpus.overlaps + fineTuningNotes(settings))
  }

  /// Says of an encoder that comes with weights and learns as fast as the rest that it will forget them.
  private static func fineTuningNotes(_ settings: RunSettings<Self>) -> [String] {
    let isRuled = settings.training.parameters?.entries.contains { $0.pattern.hasPrefix("encoder") } ?? false
    guard settings.model.fineTune, settings.model.encoder == .squeezenet, !isRuled else { return [] }
    return [
      "the encoder learns as fast as what begins at random, and may forget what it knows; training.parameters={\"encoder.*\": {rate: 0.01}} is usual"
    ]
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> CaptionReader {
    if let encoder = artifacts.encoder, encoder != EmbeddedFiles.squeezeNetDigest {
      throw ArtifactError("was trained on what another encoder sees (\(encoder)); this version has \(EmbeddedFiles.squeezeNetDigest)")
    }
    if (artifacts.encoder == nil) != settings.model.trainsEncoder {
      throw ArtifactError("says of its encoder both that it is frozen and that it learns")
    }
    return try ArtifactError.reading("vocabulary") { try CaptionReader(settings.data, settings.model, artifacts.vocabulary) }
  }

  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? {
    settings.model.memory(wordCount: artifacts.vocabulary.count, batch: 1, longest: 1).parameterCount
  }

  public static func model(
    _ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator
  ) -> Captioner {
    Captioner(settings.model, wordCount: artifacts.vocabulary.count, using: &generator)
  }
}
