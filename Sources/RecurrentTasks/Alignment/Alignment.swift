import RecurrentData
import RecurrentLayers
public import RecurrentTensors
import RecurrentTraining

/// The task `alignment`: matches pictures and sentences, and says which region of a picture answers which word.
public enum Alignment: RecipeTask {
  public typealias DataConfiguration = CaptionData
  public typealias ModelConfiguration = AlignmentConfiguration
  public typealias Artifacts = CaptionArtifacts
  public typealias Goal = AlignmentObjective

  public static var name: String { "alignment" }
  public static var summary: String { "matches pictures and sentences, and shows which region answers which word" }
  public static var verbs: [TaskVerb] {
    [TaskVerb("align", example: "PICTURE \"a dog runs on the beach\" --output align.html"), TaskVerb("watch", example: "INPUT --output watch.html")]
  }
  public static var meaninglessTrainingKeys: Set<String> { ["steps", "activationPenalty", "slownessPenalty", "labelSmoothing"] }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let known = try CaptionedPictures(data, model.pictures, from: source, settings.preparation) { model.regions.description(of: $0) }
    let (captions, pictures) = known.training
    return try PreparedRun(
      settings, objective: AlignmentObjective(validation: known.validation.captions, pictures: known.validation.pictures),
      source: CaptionBatches(captions, choice: data.captions, sorted: false, training, seed: settings.seed) { indices, _ in
        let numbers = indices.map { captions.pictures[$0] }
        return AlignmentBatch(pictures: pictures.batch(numbers), numbers: numbers, sentences: indices.map { captions.words($0) })
      },
      artifacts: known.artifacts, trainedOn: TrainedOn(captions.captioned.contents),
      memory: (
        model.memory(wordCount: known.artifacts.vocabulary.count, batch: training.batch, longest: captions.longest),
        "model.hidden, model.jointSize, training.batch or data.maximumLength"
      ),
      words: RunDescription(
        recipe: settings.name, rateUnit: "sentences/s", lossUnit: "of the margin a pair",
        network: "\(model.encoder.rawValue), \(Figures.counted(model.regions.count, "region")), \(model.layers) × 2 × \(model.hidden) \(model.cell.rawValue)",
        figures: [
          ShownFigure("sentenceRecall10", label: "sentence R@10", style: .percent), ShownFigure("pictureRecall10", label: "picture R@10", style: .percent),
        ], exampleInput: captions.captioned.pictures.first?.captions.first?.text),
      notes: known.notes + model.pictures.notes(training))
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> CaptionReader {
    try artifacts.reader(settings.data, settings.model.pictures, featureCount: settings.model.regions.featureCount)
  }

  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? {
    settings.model.memory(wordCount: artifacts.vocabulary.count, batch: 1, longest: 1).parameterCount
  }

  public static func model(_ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator) -> Aligner {
    Aligner(settings.model, wordCount: artifacts.vocabulary.count, standardization: artifacts.standardization, using: &generator)
  }
}
