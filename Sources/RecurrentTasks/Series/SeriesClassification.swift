import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// What a task on labelled series answers: a whole series, or each of its steps.
public protocol SeriesAnswer: Sendable {
  /// The name of the task in recipes and model files.
  static var name: String { get }
  /// What the task is, in one line.
  static var summary: String { get }
  /// Whether each step has its own answer.
  static var isTagging: Bool { get }
}

/// One answer for a series: many to one.
public enum WholeSeries: SeriesAnswer {
  public static var name: String { "series-classification" }
  public static var summary: String { "says which class a series of measurements, or an image read in steps, is of" }
  public static var isTagging: Bool { false }
}

/// One answer for each step of a series: many to many, in step.
public enum EachStep: SeriesAnswer {
  public static var name: String { "series-tagging" }
  public static var summary: String { "says of each step of a series of measurements which class it is of" }
  public static var isTagging: Bool { true }
}

/// The task `series-classification`.
public typealias SeriesClassification = SeriesLabelling<WholeSeries>

/// The task `series-tagging`.
public typealias SeriesTagging = SeriesLabelling<EachStep>

/// A task on labelled series.
public enum SeriesLabelling<Answer: SeriesAnswer>: RecipeTask {
  public typealias DataConfiguration = SeriesDataConfiguration
  public typealias ModelConfiguration = SeriesModelConfiguration
  public typealias Goal = SeriesObjective

  /// What the file of a model of series holds beside its tensors.
  public struct Artifacts: Codable, Sendable {
    /// How series become what the model reads, and the classes.
    public let series: SeriesCodec
  }

  public static var name: String { Answer.name }
  public static var summary: String { Answer.summary }
  static var isTagging: Bool { Answer.isTagging }

  public static var verbs: [TaskVerb] { [TaskVerb("predict", example: "INPUT"), TaskVerb("watch", example: "INPUT:1")] }
  public static var meaninglessTrainingKeys: Set<String> { ["steps", "activationPenalty", "slownessPenalty"] }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let corpus = try Parts<SequenceSet>(source, data, isTagging: isTagging, by: settings.dealing)
    let series = try corpus.part(.train)
    let codec = try SeriesCodec(series, standardizes: data.standardize)
    let examples = try codec.encode(series, isTagging: isTagging)
    if examples.targetCount == 0 { throw DataError(series.path, "no series of the training part has a label") }
    let validation = try corpus.sets[.validation].map { try codec.encode($0, isTagging: isTagging) }
    var notes = codec.standardization?.notes ?? []
    for part in [corpus.notes, examples.notes, validation?.notes ?? [], corpus.overlaps] { notes += part }
    // A label that the training part lacks is found now, and not after the training.
    if let test = corpus.sets[.test] { _ = try codec.encode(test, isTagging: isTagging) }
    notes += try training.notesWithoutValidation(isMissing: validation == nil)

    var run = try PreparedRun<Self>(
      settings,
      objective: SeriesObjective(
        measured: validation ?? examples, hasValidation: validation != nil, classCount: codec.classes.count,
        loss: ClassificationLoss(
          data.classWeights, labels: examples.labels.joined(), classCount: codec.classes.count, labelSmoothing: training.labelSmoothing),
        noise: Float(data.noise)),
      // One batch at a time is sorted: series are short, and few enough that mixing them well is worth more than less padding.
      source: LengthSortedBatches(
        lengths: examples.lengths, batchSize: training.batch, pooled: 1, seed: settings.seed, digest: examples.digest
      ) { examples.batch($0) },
      artifacts: Artifacts(series: codec), trainedOn: corpus.trainedOn,
      memory: (
        model.memory(
          channelCount: codec.featureCount, classCount: codec.classes.count, isTagging: isTagging, batch: training.batch,
          longest: codec.longest),
        "model.hidden, model.layers, model.window or training.batch"
      ),
      words: RunDescription(
        recipe: settings.name, rateUnit: "series/s", lossUnit: "nats a label", network: model.encoder.summary,
        figures: ShownFigure.classification),
      notes: notes)
    let test = corpus.sets[.test]
    if let measured = corpus.sets[.validation] ?? test {
      let part = corpus.sets[.validation] == nil ? DataPart.test : .validation
      run.comparison = { model, best, seconds in
        let accuracy =
          if part == .validation, let accuracy = best?.metrics["accuracy"] { accuracy } else {
            try model.evaluate(codec.encode(measured, isTagging: isTagging), classCount: codec.classes.count).confusion.accuracy
          }
        let baselines = try SeriesBaselines(training: series, codec: codec, isTagging: isTagging).measured(on: measured, within: seconds / 2)
        return BaselineComparison(
          figure: "accuracy on the \(part.rawValue) part", style: .percent, model: accuracy,
          baselines: baselines.figures.map { ($0.name, $0.accuracy) },
          advice: "more epochs or another training.rate, model.bidirectional or model.kind, dropout or data.noise where the training loss is far"
            + " lower; with few series a neighbour is hard to beat")
      }
    }
    if let reach = run.model.encoder.reach, reach < codec.longest {
      let extent = model.readsStretches(isTagging: isTagging) ? "stretches of" : "the last"
      run.notes.append(
        "the network sees \(extent) \(Figures.counted(reach, "step")), and the longest series has \(Figures.grouped(codec.longest))")
    }
    return run
  }

  public static func model(
    _ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator
  ) -> SeriesModel {
    SeriesModel(
      settings.model, channelCount: artifacts.series.featureCount, classCount: artifacts.series.classes.count, isTagging: isTagging,
      using: &generator)
  }

  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? {
    let codec = artifacts.series
    return settings.model.memory(
      channelCount: codec.featureCount, classCount: codec.classes.count, isTagging: isTagging, batch: 1, longest: 1
    ).parameterCount
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> Artifacts {
    try artifacts.series.checkConsistency()
    return artifacts
  }

  public static func validate(_ settings: ModelSettings<Self>) throws(ConfigurationError) {
    if isTagging, settings.model.pooling != .last {
      throw ConfigurationError(
        key: "model.pooling", "makes one vector of a series, and \(name) answers each step; leave it out")
    }
  }
}

extension TrainingConfiguration {
  /// What must be said of a run without a validation part.
  ///
  /// - Throws: `ConfigurationError` where it is to stop early.
  func notesWithoutValidation(isMissing: Bool) throws(ConfigurationError) -> [String] {
    guard isMissing else { return [] }
    if earlyStopping != nil {
      throw ConfigurationError(
        key: "training.earlyStopping", "there is no validation part to stop by; set data.validation, or leave it out")
    }
    return ["no validation part: every epoch is measured on the training part, and the model of the last one is kept"]
  }
}
