import RecurrentData
import RecurrentLayers
public import RecurrentTensors
import RecurrentTraining

/// The task `forecasting`: what comes next in a series, and how sure that is.
public enum Forecasting: RecipeTask {
  public typealias DataConfiguration = ForecastingDataConfiguration
  public typealias ModelConfiguration = ForecastingConfiguration
  public typealias Goal = ForecastObjective

  /// What a forecaster's file holds beside its tensors.
  public struct Artifacts: Codable, Sendable {
    /// The scale of each column, as learned from the training rows.
    let scaling: SeriesScaling
    /// Whether the calendar read is that of the table's clock; absent, that of UTC, in files of models that were trained so, or read none.
    let readsClock: Bool?
    /// What makes the intervals hold as many values of the validation part as they say; absent before the training, and in older files.
    var calibration: ForecastCalibration?
  }

  public static var name: String { "forecasting" }
  public static var summary: String { "forecasts columns of a table with times, with their uncertainty; goes on with a series" }
  public static var verbs: [TaskVerb] { [TaskVerb("forecast", example: "--data INPUT"), TaskVerb("watch", example: "INPUT")] }
  public static var meaninglessTrainingKeys: Set<String> {
    ["steps", "labelSmoothing", "activationPenalty", "slownessPenalty"]
  }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let series = try TimeSeries(source, data)
    let parts = try series.parts(data)
    let trainingRows = parts[.train] ?? 0..<0
    let origins = try series.origins(in: .train, parts, model)
    let validation = try series.origins(in: .validation, parts, model)
    let scaling = try SeriesScaling(series, training: trainingRows)
    let artifacts = Artifacts(scaling: scaling, readsClock: data.calendar ? true : nil)
    let channels = SeriesChannels(series, artifacts, data)
    let baselines = try ForecastBaselines(channels, model, season: series.season(data), training: trainingRows, validation: validation)
    let errors = baselines.kinds.map { kind -> (name: String, value: Double) in
      var sums = ErrorSums(steps: model.horizon, targets: series.targets.count)
      sums.add(baselines.points(kind, channels, origins: validation), origins: validation, channels)
      return (baselines.name(kind), sums.meanSquared)
    }
    var run = try PreparedRun<Self>(
      settings, objective: ForecastObjective(channels, model, validation: validation),
      source: ForecastWindows(channels, model, origins: origins, batchSize: training.batch, seed: settings.seed),
      artifacts: artifacts,
      memory: (
        model.memory(
          targetCount: series.targets.count, channelCount: SeriesChannels.count(scaling, data), batch: training.batch),
        "model.hidden, model.layers, model.window, model.horizon or training.batch"
      ),
      words: RunDescription(
        recipe: settings.name, rateUnit: "windows/s",
        lossUnit: model.distribution == .gaussian ? "nats a value" : "pinball loss a value",
        network: "\(model.layers) × \(model.hidden) \(model.cell.rawValue)",
        figures: [ShownFigure("mse", label: "MSE", style: .exact)]),
      notes: series.notes + scaling.notes + [
        "\(Figures.grouped(origins.count)) windows to learn from and \(Figures.grouped(validation.count)) to validate with",
        "validation MSE\(model.strategy == .recursive && model.horizon > 1 ? " over \(model.horizon) rows" : ""): "
          + errors.map { "\($0.name) \(Figures.exact($0.value))" }.joined(separator: ", "),
      ])
    run.comparison = { _, best, _ in
      best?.metrics["mse"].map { error in
        BaselineComparison(
          figure: "MSE on the \(DataPart.validation.rawValue) part", style: .exact, isError: true, model: error, baselines: errors,
          advice: "more epochs, model.linear or another model.level, a window of a whole season, data.calendar, covariates")
      }
    }
    return run
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> Artifacts {
    let names = settings.data.targetNames + settings.data.covariateNames
    if artifacts.scaling.standardization.channelNames != names {
      throw ArtifactError("has a scaling of other columns than its configuration")
    }
    let gapped = artifacts.scaling.gapped
    if Set(gapped).count < gapped.count || !gapped.allSatisfy(names.indices.contains) {
      throw ArtifactError("has a scaling that cannot be read: gapped: \(gapped) are not columns, each once, of \(names.count)")
    }
    if artifacts.calibration?.fits(targetCount: settings.data.targetNames.count) == false {
      throw ArtifactError("has a calibration of other intervals than its configuration")
    }
    return artifacts
  }

  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? {
    settings.model.memory(
      targetCount: settings.data.targetNames.count, channelCount: SeriesChannels.count(artifacts.scaling, settings.data), batch: 1
    ).parameterCount
  }

  public static func model(
    _ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator
  ) -> ForecastModel {
    ForecastModel(
      settings.model, targetCount: settings.data.targetNames.count,
      channelCount: SeriesChannels.count(artifacts.scaling, settings.data), using: &generator)
  }
}

extension TimeSeries {
  /// The rows of a part from which on a forecast of the whole horizon stays within the part, with a whole window before them: in training
  /// within the part too, else reaching into the parts before, which lie in the past.
  ///
  /// - Throws: `DataError` where there is none.
  func origins(
    in split: DataPart, _ parts: [DataPart: Range<Int>], _ model: ForecastingConfiguration
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

  /// The rows that no model is trained on.
  func knownRows(_ parts: [DataPart: Range<Int>]) -> Range<Int> { (parts[.train]?.upperBound ?? 0)..<count }
}
