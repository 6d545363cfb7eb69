import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// What a task on labelled series answers: a whole series, or each of its steps.
public protocol SeriesAnswer: Sendable {
  /// The name of the task in recipes and model files.
  static var kind: TaskKind { get }
  /// What the task is, in one line.
  static var summary: String { get }
  /// Whether each step has its own answer.
  static var isTagging: Bool { get }
}

/// One answer for a series: many to one.
public enum WholeSeries: SeriesAnswer {
  public static var kind: TaskKind { .seriesClassification }
  public static var summary: String { "says which class a series of measurements, or an image read in steps, is of" }
  public static var isTagging: Bool { false }
}

/// One answer for each step of a series: many to many, in step.
public enum EachStep: SeriesAnswer {
  public static var kind: TaskKind { .seriesTagging }
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
  public typealias Training = SeriesTask
  public typealias Trained = TrainedSeriesModel<Answer>

  public static var kind: TaskKind { Answer.kind }
  public static var summary: String { Answer.summary }
  static var isTagging: Bool { Answer.isTagging }

  public static var verbs: [TaskVerb] { [TaskVerb("predict", example: "series.jsonl"), TaskVerb("watch", example: "series.jsonl:1")] }
  public static var meaninglessTrainingKeys: Set<String> { ["steps", "activationPenalty", "slownessPenalty"] }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<SeriesTask> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    try check(settings)
    let corpus = try SeriesCorpus(source, data, isTagging: isTagging)
    let series = try corpus.part(.train)
    let codec = try SeriesCodec(series, standardizes: data.standardize)
    let examples = try codec.encode(series, isTagging: isTagging)
    if examples.targetCount == 0 { throw DataError(series.path, "no series of the training part has a label") }
    let validation = try corpus.parts[.validation].map { try codec.encode($0, isTagging: isTagging) }
    var notes = codec.standardization?.notes ?? []
    for part in [corpus.notes, examples.notes, validation?.notes ?? []] { notes += part }
    // A label that the training part lacks is found now, and not after the training.
    if let test = corpus.parts[.test] { _ = try codec.encode(test, isTagging: isTagging) }
    if validation == nil {
      notes.append("no validation part: every epoch is measured on the training part, and the model of the last one is kept")
      if training.earlyStopping != nil {
        throw ConfigurationError(
          key: "training.earlyStopping", "there is no validation part to stop by; set data.validation, or leave it out")
      }
    }

    try model.memory(
      channelCount: codec.featureCount, classCount: codec.classes.count, isTagging: isTagging, batch: training.batch,
      longest: codec.longest
    ).check(advising: "model.hidden, model.layers, model.window or training.batch")
    var initialization = RandomGenerator(seed: settings.seed).split("initialization")
    let start = SeriesModel(
      model, channelCount: codec.featureCount, classCount: codec.classes.count, isTagging: isTagging,
      using: &initialization)
    if let reach = start.encoder.reach, reach < codec.longest {
      let extent = model.readsStretches(isTagging: isTagging) ? "stretches of" : "the last"
      notes.append(
        "the network sees \(extent) \(Figures.counted(reach, "step")), and the longest series has \(Figures.grouped(codec.longest))")
    }
    return PreparedRun(
      task: SeriesTask(
        training: examples, validation: validation, classCount: codec.classes.count, data: data, configuration: training,
        seed: settings.seed),
      model: start, metadata: try settings.description.metadata(["series": codec]),
      words: RunDescription(
        recipe: settings.name, rateUnit: "series/s", lossUnit: "nats a label", network: model.encoder.summary,
        figures: [
          ShownFigure("accuracy", style: .percent), ShownFigure("macroF1", label: "macro F1", style: .percent),
        ]),
      notes: notes)
  }

  private static func check(_ settings: RunSettings<Self>) throws(ConfigurationError) {
    if isTagging, settings.model.pooling != .last {
      throw ConfigurationError(
        key: "model.pooling", "makes one vector of a series, and \(kind.rawValue) answers each step; leave it out")
    }
  }
}
