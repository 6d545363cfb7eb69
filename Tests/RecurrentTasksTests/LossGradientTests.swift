import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import RecurrentTraining
import Testing

@testable import RecurrentTasks

/// The gradient of every task's loss, by the code that trains it, in `Double` against central differences, with respect to every parameter.
///
/// Two settings are left out, because their gradient is not that of the loss on purpose: `gradientSteps`, which cuts it, and a `likelihood`
/// below 1, whose weights are constants to it.
@Suite struct LossGradientTests {
  /// The error on the first batch of a run of a recipe, whose dropout draws the same each time.
  ///
  /// - Parameters:
  ///   - assignments: What the recipe sets, beside three units and small batches.
  ///   - network: A network in `Double` of the recipe's sizes.
  private static func error<Task: RecipeTask, Network: Module>(
    _: Task.Type, _ assignments: [String], on source: DataSource,
    _ network: (RunSettings<Task>, Task.Artifacts, inout RandomGenerator) -> Network,
    _ loss: (Task.Goal, Network, Task.Goal.Batch, inout RandomGenerator) -> Tensor<Double>
  ) throws -> Double where Network.Scalar == Double {
    var recipe = try Recipe(yaml: "task: \(Task.name)\n", name: "tiny", origin: "tiny.yaml")
    for assignment in ["model.hidden=3", "training.batch=3"] + assignments { try recipe.set(assignment) }
    let settings = try RunSettings<Task>(recipe)
    let run = try Task.prepare(settings, from: source)
    let batch = try run.source.batch(at: 0, epoch: 0, shard: .whole)
    var generator = RandomGenerator(seed: 3)
    // Zeros that a network begins with would hide what is behind them, or stand at the edge of a rectifier.
    let network = network(settings, run.artifacts, &generator).mapParameters {
      $0 + Tensor(normalWithMean: 0, standardDeviation: 0.1, shape: $0.shape, using: &generator)
    }
    return gradientError(at: network) { network, _ in
      var generator = RandomGenerator(seed: 5)
      return loss(run.objective, network, batch, &generator)
    }
  }

  /// The same on files in a directory, or on the one file `name` of them.
  private static func error<Task: RecipeTask, Network: Module>(
    _ task: Task.Type, _ assignments: [String], files: [String: String], named name: String = "",
    _ network: (RunSettings<Task>, Task.Artifacts, inout RandomGenerator) -> Network,
    _ loss: (Task.Goal, Network, Task.Goal.Batch, inout RandomGenerator) -> Tensor<Double>
  ) throws -> Double where Network.Scalar == Double {
    try withDirectory(files) { directory in
      try error(task, assignments, on: .path(directory.appending(path: name).path), network, loss)
    }
  }

  /// Dropout in every place that embedded tokens, layers and outputs have.
  private static let dropout = ["model.dropout=0.3", "model.dropoutInput=0.2", "model.dropoutOutput=0.1", "model.variational=true"]

  @Test(arguments: [
    [], dropout + ["model.dropoutEmbedding=0.2", "model.dropoutRecurrent=0.2", "training.activationPenalty=2", "training.slownessPenalty=1"],
    ["model.tied=true", "model.residual=true", "model.cell=gru", "training.labelSmoothing=0.1"],
  ])
  func languageModeling(assignments: [String]) throws {
    let text = String(repeating: "the cat sat on the mat. ", count: 10)
    let error = try Self.error(
      LanguageModeling.self, ["model.embedding=3", "training.steps=5"] + assignments, files: ["a.txt": text], named: "a.txt"
    ) {
      LanguageNetwork<Double>($0.model, vocabularyCount: $1.vocabulary.count, using: &$2)
    } _: {
      $0.loss(of: $1, on: $2, after: $1.initialState(batchSize: $2.inputs.shape[1]), using: &$3).loss
    }
    #expect(error < 1e-6)
  }

  @Test(arguments: [[], dropout + ["training.labelSmoothing=0.1"], ["data.context=none", "model.tied=true"]])
  func conversation(assignments: [String]) throws {
    let talk = String(repeating: "{\"turns\": [\"I am Anna.\", \"Oh, hi.\", \"Who?\"]}\n{\"turns\": [\"Oh?\", \"I am.\"]}\n", count: 8)
    let error = try Self.error(
      ConversationModeling.self, ["model.embedding=3", "data.tokens=words-and-marks"] + assignments, files: ["a.jsonl": talk], named: "a.jsonl"
    ) {
      LanguageNetwork<Double>($0.model, vocabularyCount: $1.vocabulary.count, using: &$2)
    } _: {
      $0.loss(of: $1, on: $2, using: &$3)
    }
    #expect(error < 1e-6)
  }

  @Test(arguments: [
    [], ["model.pooling=last", "model.bidirectional=false", "model.layers=2", "model.residual=true", "training.labelSmoothing=0.1"],
    dropout + ["model.pooling=attention", "model.dropoutEmbedding=0.2", "data.classWeights=balanced"],
    ["model.kind=window", "model.window=3", "model.pooling=mean"], ["model.kind=window", "model.window=3", "model.pooling=last"],
    dropout + ["model.kind=convolution", "model.layers=2", "model.residual=true"],
  ])
  func textClassification(assignments: [String]) throws {
    let texts = LabelledExamples.table(count: 40, seed: 1, ratio: 3)
    let error = try Self.error(
      TextClassification.self, ["model.embedding=3", "data.maximumLength=6"] + assignments, files: ["a.tsv": texts], named: "a.tsv"
    ) {
      TextClassificationNetwork<Double>($0.model, vocabularyCount: $1.vocabulary.count, labelCount: $1.labels.count, using: &$2)
    } _: {
      $0.loss(of: $1, on: $2, using: &$3)
    }
    #expect(error < 1e-6)
  }

  @Test(arguments: [
    [], ["model.attention=general", "model.feeding=readout", "model.tied=output", "model.readout=3", "training.labelSmoothing=0.1"],
    ["model.attention=scaled", "model.feeding=nothing", "model.layers=2", "model.cell=lstm"],
    ["model.attention=dot", "model.encoderHidden=3", "model.bidirectional=false", "model.bridge=copy"],
    ["model.attention=none", "model.feeding=nothing", "model.reverseSource=true"],
    dropout + ["data.jointVocabulary=true", "model.tied=all", "model.dropoutMemory=0.2", "model.layers=2"],
  ], [0, 0.5])
  func translation(assignments: [String], samplingRate: Double) throws {
    let pairs = TinyLanguage.pairs(count: 30, seed: 1)
    let error = try Self.error(
      Translation.self, ["model.embedding=3", "data.tokens=words-and-marks", "data.validation=0.2"] + assignments,
      files: ["a.tsv": TinyLanguage.table(pairs)], named: "a.tsv"
    ) {
      TranslationNetwork<Double>($0.model, sourceCount: $1.source.count, targetCount: $1.vocabulary.count, using: &$2)
    } _: {
      $0.loss(of: $1, on: TranslationBatch(pairs: $2.pairs, samplingRate: samplingRate), using: &$3)
    }
    #expect(error < 1e-6)
  }

  /// Questions of one skill each, and of one or two.
  @Test(arguments: [false, true], [["model.dropout=0"], ["model.dropout=0.4", "model.layers=2", "model.cell=gru"]])
  func knowledgeTracing(hasSeveralSkills: Bool, assignments: [String]) throws {
    let rows = (0..<10).flatMap { student in
      (0..<6).flatMap { answer in
        (0...(hasSeveralSkills ? answer % 2 : 0)).map { "s\(student),q\(answer),k\((student + answer + $0) % 3),\((student + answer) % 2)\n" }
      }
    }
    let error = try Self.error(
      KnowledgeTracing.self, ["data.question=question", "model.embedding=2"] + assignments,
      files: ["a.csv": "student,question,skill,correct\n" + rows.joined()], named: "a.csv"
    ) {
      KnowledgeTracingNetwork<Double>($0.model, skillCount: $1.skills.count, using: &$2)
    } _: { objective, network, batch, generator in
      #expect(batch.hasSingleSkills != hasSeveralSkills)
      return objective.loss(of: network, on: batch, using: &generator)
    }
    #expect(error < 1e-6)
  }

  @Test(arguments: [
    ["model.likelihood=1"], ["model.likelihood=1", "model.linear=false", "model.strategy=recursive", "model.level=mean"],
    ["model.distribution=quantiles", "model.dropout=0.3", "model.layers=2", "model.level=none"],
  ])
  func forecasting(assignments: [String]) throws {
    // A value is missing here and there.
    let rows = (0..<60).map { "\($0),\($0 % 17 == 5 ? "" : "\(sin(Double($0)))"),\(cos(Double($0)))\n" }
    let error = try Self.error(
      Forecasting.self, ["data.time=time", "data.targets=a,b", "data.season=6", "model.window=4", "model.horizon=2"] + assignments,
      files: ["a.csv": "time,a,b\n" + rows.joined()], named: "a.csv"
    ) {
      ForecastNetwork<Double>($0.model, targetCount: 2, channelCount: SeriesChannels.count($1.scaling, $0.data), using: &$2)
    } _: {
      $0.loss(of: $1, on: $2, using: &$3)
    }
    #expect(error < 1e-6)
  }

  private static let series = [
    [], ["model.bidirectional=true", "model.layers=2", "data.noise=0.1", "data.classWeights=balanced"],
    ["model.dropout=0.3", "model.dropoutInput=0.2", "model.variational=true", "training.labelSmoothing=0.1"],
    ["model.kind=window", "model.window=3"], ["model.kind=convolution", "model.layers=2", "model.residual=true"],
  ]

  @Test(arguments: series, PoolingKind.allCases)
  func seriesClassification(assignments: [String], pooling: PoolingKind) throws {
    #expect(try Self.error(WholeSeries.self, assignments + ["model.pooling=\(pooling.rawValue)"]) < 1e-6)
  }

  @Test(arguments: series)
  func seriesTagging(assignments: [String]) throws { #expect(try Self.error(EachStep.self, assignments) < 1e-6) }

  private static func error<Answer: SeriesAnswer>(_: Answer.Type, _ assignments: [String]) throws -> Double {
    let lines = LabelledSeriesExamples.lines(count: 12, seed: 1, tagging: Answer.isTagging, missingEvery: 5)
    return try error(SeriesLabelling<Answer>.self, assignments, files: ["a.jsonl": lines], named: "a.jsonl") {
      SeriesNetwork<Double>(
        $0.model, channelCount: $1.series.featureCount, classCount: $1.series.classes.count, isTagging: Answer.isTagging, using: &$2)
    } _: {
      $0.loss(of: $1, on: $2, using: &$3)
    }
  }

  @Test(arguments: Arrangement.allCases, [[], ["model.bidirectional=true", "model.layers=2", "model.dropout=0.3"]])
  func seriesRegression(arrangement: Arrangement, assignments: [String]) throws {
    let error = try Self.error(
      SeriesRegression.self, ["model.arrangement=\(arrangement.rawValue)"] + assignments, on: DataSource("pendulum")
    ) { settings, artifacts, generator -> ArrangedNetwork<AnyCell<Double>> in
      settings.model.makeNetwork(inputSize: artifacts.regression.inputSize, outputSize: artifacts.regression.outputSize, using: &generator)
    } _: {
      $0.loss(of: $1, on: $2, using: &$3)
    }
    #expect(error < 1e-6)
  }
}
