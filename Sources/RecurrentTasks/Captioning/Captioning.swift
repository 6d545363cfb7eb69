import RecurrentData
import RecurrentLayers
public import RecurrentTensors
import RecurrentTraining

/// The task `captioning`: says what is to be seen in a picture, word by word.
public enum Captioning: RecipeTask {
  public typealias DataConfiguration = CaptionData
  public typealias ModelConfiguration = CaptionerConfiguration
  public typealias Artifacts = CaptionArtifacts
  public typealias Goal = CaptioningObjective

  public static var name: String { "captioning" }
  public static var summary: String { "says what is to be seen in a picture, and shows where it looked for each word" }
  public static var verbs: [TaskVerb] {
    [TaskVerb("caption", example: "PICTURE"), TaskVerb("watch", example: "PICTURE --output watch.html")]
  }
  public static var meaninglessTrainingKeys: Set<String> { ["steps", "activationPenalty", "slownessPenalty"] }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let known = try CaptionedPictures(data, model.pictures, from: source, settings.preparation) { model.description(of: $0) }
    let (examples, pictures) = known.training
    let looking = model.attention == .none ? "no" : model.attention.rawValue
    return try PreparedRun(
      settings,
      objective: CaptioningObjective(
        validation: known.validation.captions, pictures: known.validation.pictures, reader: known.reader, labelSmoothing: training.labelSmoothing),
      source: CaptionBatches(examples, choice: data.captions, sorted: true, training, seed: settings.seed) {
        CaptionBatch(examples, pictures, $0, mixtureRate: model.mixtureRate(at: $1))
      },
      artifacts: known.artifacts, trainedOn: TrainedOn(examples.captioned.contents),
      memory: (
        model.memory(wordCount: known.artifacts.vocabulary.count, batch: training.batch, longest: examples.longest),
        "model.hidden, model.size, training.batch or data.maximumLength"
      ),
      words: RunDescription(
        recipe: settings.name, rateUnit: data.tokens.rateUnit, lossUnit: "nats a \(data.tokens.singular)",
        network: "\(model.encoder.rawValue), \(model.layers) × \(model.hidden) \(model.cell.rawValue), \(looking) attention",
        figures: [ShownFigure("bleu1", label: "BLEU-1"), ShownFigure("bleu4", label: "BLEU-4"), ShownFigure("exact", style: .percent)]),
      notes: known.notes + model.pictures.notes(training))
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> CaptionReader {
    try artifacts.reader(settings.data, settings.model.pictures, featureCount: settings.model.describedCount)
  }

  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? {
    settings.model.memory(wordCount: artifacts.vocabulary.count, batch: 1, longest: 1).parameterCount
  }

  public static func model(
    _ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator
  ) -> Captioner {
    Captioner(settings.model, wordCount: artifacts.vocabulary.count, standardization: artifacts.standardization, using: &generator)
  }
}
