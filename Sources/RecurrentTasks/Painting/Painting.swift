import RecurrentData
import RecurrentLayers
public import RecurrentTensors
import RecurrentTraining

/// The task `painting`: paints pictures stroke by stroke (DRAW).
public enum Painting: RecipeTask {
  public typealias DataConfiguration = PaintingData
  public typealias ModelConfiguration = PainterConfiguration
  public typealias Goal = PaintingObjective

  /// What a model's file holds beside its tensors.
  public struct Artifacts: Codable, Sendable {
    /// The pictures that it paints.
    public let shape: PictureShape
  }

  public static var name: String { "painting" }
  public static var summary: String { "paints pictures stroke by stroke, and shows where it looked and painted (DRAW)" }
  public static var verbs: [TaskVerb] { [TaskVerb("paint", example: "--count 64 --output canvas.html")] }
  public static var meaninglessTrainingKeys: Set<String> { ["steps", "activationPenalty", "slownessPenalty", "labelSmoothing"] }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let parts = try Parts<PictureSet>(source, data.pictures)
    let (examples, validation) = (try parts.part(.train), try parts.part(.validation))
    let shape = examples.shape
    let looking = model.attention ? "attention \(model.readSize) × \(model.readSize), \(model.writeSize) × \(model.writeSize)" : "no attention"
    var run = try PreparedRun<Self>(
      settings, objective: PaintingObjective(validation, data), source: PaintingBatches(examples, data, training, seed: settings.seed),
      artifacts: Artifacts(shape: shape), trainedOn: parts.trainedOn,
      memory: (model.memory(shape, batch: training.batch), "model.hidden, model.glimpses, data.size or training.batch"),
      words: RunDescription(
        recipe: settings.name, rateUnit: "pictures/s", lossUnit: "nats a picture",
        network: "\(model.glimpses) glimpses, 2 × \(model.hidden) \(model.cell.rawValue), \(looking)",
        figures: [ShownFigure("reconstruction"), ShownFigure("divergence")]),
      notes: [
        "\(Figures.counted(examples.count, "picture")) of \(shape.height) × \(shape.width)\(shape.channels == 3 ? " in colour" : "") to learn from,"
          + " \(Figures.grouped(validation.count)) for validation"
      ] + parts.overlaps)
    // The canvas begins with what is known of each pixel by itself: to learn that first takes epochs.
    run.model.canvas = PixelFrequencies(examples).logits.reshaped(to: run.model.canvas.shape)
    return run
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> Artifacts {
    let shape = artifacts.shape
    guard (1...1024).contains(shape.height), (1...1024).contains(shape.width), shape.channels == 1 || shape.channels == 3 else {
      throw ArtifactError("says that it paints pictures of \(shape.height) x \(shape.width) x \(shape.channels)")
    }
    return artifacts
  }

  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? {
    settings.model.memory(artifacts.shape, batch: 1).parameterCount
  }

  public static func model(
    _ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator
  ) -> Painter {
    Painter(settings.model, shape: artifacts.shape, using: &generator)
  }
}
