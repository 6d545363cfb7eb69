import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// The task `forecasting`: what comes next in a series, and how sure that is.
public enum Forecasting: RecipeTask {
  public typealias DataConfiguration = ForecastingDataConfiguration
  public typealias ModelConfiguration = ForecastingConfiguration
  public typealias Training = ForecastTask
  public typealias Trained = TrainedForecaster

  public static var kind: TaskKind { .forecasting }
  public static var summary: String { "forecasts columns of a table with times, with their uncertainty; goes on with a series" }
  public static var verbs: [TaskVerb] { [TaskVerb("forecast", example: "--data FILE"), TaskVerb("watch", example: "FILE")] }
  public static var meaninglessTrainingKeys: Set<String> {
    ["steps", "labelSmoothing", "activationPenalty", "slownessPenalty"]
  }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<ForecastTask> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let series = try TimeSeries(source, data)
    let parts = try series.parts(data)
    let trainingRows = parts[.train] ?? 0..<0
    let origins = try series.origins(in: .train, parts, model)
    let validation = try series.origins(in: .validation, parts, model)
    let scaling = try SeriesScaling(series, training: trainingRows)
    let channelCount = SeriesChannels.count(scaling, data)
    try model.memory(targetCount: series.targets.count, channelCount: channelCount, batch: training.batch)
      .check(advising: "model.hidden, model.layers, model.window, model.horizon or training.batch")
    let channels = SeriesChannels(series, scaling, data)
    let baselines = try ForecastBaselines(channels, model, season: data.season, training: trainingRows, validation: validation)
    let errors = baselines.kinds.map { kind in
      var sums = ErrorSums(steps: model.horizon, targets: series.targets.count)
      sums.add(baselines.points(kind, channels, origins: validation), origins: validation, channels)
      return "\(baselines.name(kind)) \(Figures.exact(sums.meanSquared))"
    }
    var initialization = RandomGenerator(seed: settings.seed).split("initialization")
    return PreparedRun(
      task: ForecastTask(
        channels, model, origins: origins, validation: validation, batchSize: training.batch, seed: settings.seed),
      model: ForecastModel(model, targetCount: series.targets.count, channelCount: channelCount, using: &initialization),
      metadata: try settings.description.metadata(["scaling": scaling]),
      words: RunDescription(
        recipe: settings.name, rateUnit: "windows/s",
        lossUnit: model.distribution == .gaussian ? "nats a value" : "pinball loss a value",
        network: "\(model.layers) × \(model.hidden) \(model.cell.rawValue)",
        figures: [ShownFigure("mse", label: "MSE", style: .exact)]),
      notes: series.notes + scaling.notes + [
        "\(Figures.grouped(origins.count)) windows to learn from and \(Figures.grouped(validation.count)) to validate with",
        "validation MSE\(model.strategy == .recursive && model.horizon > 1 ? " over \(model.horizon) rows" : ""): "
          + errors.joined(separator: ", "),
      ])
  }
}

extension TimeSeries {
  /// The rows of a part from which on a forecast of the whole horizon stays within the part, with a whole window before them: in training
  /// within the part too, else reaching into the parts before, which lie in the past.
  ///
  /// - Throws: `DataError` where there is none.
  func origins(
    in split: TextSplit, _ parts: [TextSplit: Range<Int>], _ model: ForecastingConfiguration
  ) throws(DataError) -> [Int] {
    let rows = parts[split] ?? 0..<0
    let steps = split == .train ? model.outputSteps : model.horizon
    let first = max(rows.lowerBound, model.window)
    let last = rows.upperBound - steps
    guard !rows.isEmpty, first <= last else {
      throw DataError(
        path,
        "the \(split.rawValue) part has \(Figures.counted(rows.count, "row")), too few for a window of \(model.window) and a horizon of "
          + "\(model.horizon); make model.window or model.horizon smaller, or change data.split")
    }
    return Array(first...last)
  }
}
