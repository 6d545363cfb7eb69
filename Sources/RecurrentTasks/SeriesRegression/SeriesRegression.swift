import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// The task `series-regression`: numbers made of series of measurements, in any of the five arrangements in time (`Arrangement`).
public enum SeriesRegression: RecipeTask {
  public typealias DataConfiguration = SeriesRegressionDataConfiguration
  public typealias ModelConfiguration = SeriesRegressionModelConfiguration
  public typealias Training = SeriesRegressionTask
  public typealias Trained = TrainedSeriesRegression

  public static var kind: TaskKind { .seriesRegression }

  public static var summary: String {
    "makes numbers of a series of measurements: one answer, one at each step, or a series of its own"
  }

  public static var verbs: [TaskVerb] { [TaskVerb("predict", example: "series.jsonl"), TaskVerb("watch", example: "series.jsonl:1")] }
  public static var meaninglessTrainingKeys: Set<String> {
    ["steps", "activationPenalty", "slownessPenalty", "labelSmoothing"]
  }

  public static func prepare(
    _ settings: RunSettings<Self>, from source: DataSource
  ) throws -> PreparedRun<SeriesRegressionTask> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let corpus = try RegressionCorpus(source, data, model.arrangement)
    let pairs = try corpus.part(.train)
    let codec = try RegressionCodec(pairs, arrangement: model.arrangement, standardizes: data.standardize)
    let examples = try codec.encode(pairs)
    if examples.targetCount == 0 { throw DataError(pairs.path, "no series of the training part has a target") }
    let validation = try corpus.parts[.validation].map { try codec.encode($0) }
    // What does not fit is found now, and not after the training.
    if let test = corpus.parts[.test] { _ = try codec.encode(test) }
    var notes = codec.notes
    if validation == nil {
      notes.append("no validation part: every epoch is measured on the training part, and the model of the last one is kept")
      if training.earlyStopping != nil {
        throw ConfigurationError(
          key: "training.earlyStopping", "there is no validation part to stop by; set data.validation, or leave it out")
      }
    }
    try model.memory(
      inputSize: codec.inputSize, outputSize: codec.outputSize,
      positions: Double(training.batch) * Double(examples.stepCounts.max() ?? 1)
    ).check(advising: "model.hidden, model.layers or training.batch")
    var initialization = RandomGenerator(seed: settings.seed).split("initialization")
    return PreparedRun(
      task: SeriesRegressionTask(
        training: examples, validation: validation, configuration: training, dropout: model.dropoutLayer, seed: settings.seed),
      model: model.makeNetwork(inputSize: codec.inputSize, outputSize: codec.outputSize, using: &initialization),
      metadata: try settings.description.metadata(["regression": codec]),
      words: RunDescription(
        recipe: settings.name, rateUnit: "series/s", lossUnit: data.standardize ? "of the targets' variance" : "squared",
        network: model.summary, figures: [ShownFigure("r2", label: "R²", style: .exact)]),
      notes: notes)
  }
}
