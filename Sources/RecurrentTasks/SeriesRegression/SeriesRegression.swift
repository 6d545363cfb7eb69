import RecurrentData
public import RecurrentLayers
public import RecurrentTensors
import RecurrentTraining

/// The task `series-regression`: numbers made of series of measurements, in any of the five arrangements in time (`Arrangement`).
public enum SeriesRegression: RecipeTask {
  public typealias DataConfiguration = SeriesRegressionDataConfiguration
  public typealias ModelConfiguration = SeriesRegressionModelConfiguration
  public typealias Goal = SeriesRegressionObjective

  /// What the file of a model of pairs of series holds beside its tensors.
  public struct Artifacts: Codable, Sendable {
    /// How series become what the model reads, and its answers numbers of the file's units.
    public let regression: RegressionCodec
  }

  public static var name: String { "series-regression" }

  public static var summary: String {
    "makes numbers of a series of measurements: one answer, one at each step, or a series of its own"
  }

  public static var verbs: [TaskVerb] { [TaskVerb("predict", example: "INPUT"), TaskVerb("watch", example: "INPUT:1")] }
  public static var meaninglessTrainingKeys: Set<String> {
    ["steps", "activationPenalty", "slownessPenalty", "labelSmoothing"]
  }

  public static func prepare(_ settings: RunSettings<Self>, from source: DataSource) throws -> PreparedRun<Self> {
    let (data, model, training) = (settings.data, settings.model, settings.training)
    let corpus = try Parts<SequencePairSet>(source, data, model.arrangement, by: settings.dealing)
    let pairs = try corpus.part(.train)
    let codec = try RegressionCodec(pairs, arrangement: model.arrangement, standardizes: data.standardize)
    let examples = try codec.encode(pairs)
    if examples.targetCount == 0 { throw DataError(pairs.path, "no series of the training part has a target") }
    let validation = try corpus.sets[.validation].map { try codec.encode($0) }
    // What does not fit is found now, and not after the training.
    let test = try corpus.sets[.test].map { try codec.encode($0) }
    var run = try PreparedRun<Self>(
      settings,
      objective: SeriesRegressionObjective(
        measured: validation ?? examples, hasValidation: validation != nil, dropout: model.dropoutLayer),
      source: LengthSortedBatches(
        lengths: examples.stepCounts, batchSize: training.batch, pooled: 1, seed: settings.seed, digest: examples.digest
      ) { examples.batch($0) },
      artifacts: Artifacts(regression: codec), trainedOn: corpus.trainedOn,
      memory: (
        model.memory(
          inputSize: codec.inputSize, outputSize: codec.outputSize,
          positions: Double(training.batch) * Double(examples.stepCounts.max() ?? 1)),
        "model.hidden, model.layers or training.batch"
      ),
      words: RunDescription(
        recipe: settings.name, rateUnit: "series/s", lossUnit: data.standardize ? "of the targets' variance" : "squared",
        network: model.summary, figures: [ShownFigure("r2", label: "R²", style: .exact)]),
      notes: codec.notes + corpus.overlaps + training.notesWithoutValidation(isMissing: validation == nil))
    if let measured = validation ?? test, measured.targetCount > 0 {
      let part = validation == nil ? DataPart.test : .validation
      run.comparison = { model, _, _ in
        func error(_ answers: [[Float]]) -> Double { RegressionErrors(examples: measured, answers: answers).meanSquare }
        return BaselineComparison(
          figure: "mean squared error on the \(part.rawValue) part", style: .exact, isError: true, model: error(model.answers(to: measured)),
          baselines: RegressionBaselines(training: examples, test: measured, codec: codec).answers.map { ($0.name, error($0.answers)) },
          advice: "more epochs or another training.rate, model.bidirectional, more units")
      }
    }
    return run
  }

  public static func reader(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) throws -> Artifacts {
    try artifacts.regression.checkConsistency(with: settings.model.arrangement)
    return artifacts
  }

  public static func parameterCount(_ settings: ModelSettings<Self>, _ artifacts: Artifacts) -> Double? {
    settings.model.memory(inputSize: artifacts.regression.inputSize, outputSize: artifacts.regression.outputSize, positions: 1).parameterCount
  }

  public static func model(
    _ settings: ModelSettings<Self>, _ artifacts: Artifacts, using generator: inout RandomGenerator
  ) -> ArrangedNetwork<AnyCell<Float>> {
    settings.model.makeNetwork(
      inputSize: artifacts.regression.inputSize, outputSize: artifacts.regression.outputSize, using: &generator)
  }
}
