import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining
import Testing

@testable import RecurrentTasks

@Suite struct SeriesTests {
  typealias Examples = LabelledSeriesExamples

  static func settings<Answer: SeriesAnswer>(
    _: Answer.Type, _ assignments: [String] = []
  ) throws -> RunSettings<SeriesLabelling<Answer>> {
    var recipe = try Recipe(yaml: "task: \(Answer.name)\n", name: "tiny", origin: "tiny.yaml")
    for assignment in [
      "model.hidden=12", "training.epochs=15", "training.batch=16", "training.rate=0.01", "training.clip=1",
    ] + assignments {
      try recipe.set(assignment)
    }
    return try RunSettings(recipe)
  }

  /// A model trained on the directory, written to `model.safetensors` there and read again.
  static func train<Answer: SeriesAnswer>(
    _ answer: Answer.Type, _ url: URL, _ assignments: [String] = []
  ) throws -> TrainedSeriesModel<Answer> {
    let settings = try settings(answer, assignments)
    let run = try SeriesLabelling<Answer>.prepare(settings, from: DataSource(url.path))
    let result = try run.trainer().run(from: run.model)
    let file = url.appending(path: "model.safetensors")
    try saveModel(result.model, metadata: run.metadata(), to: file)
    let trained = try TrainedSeriesModel<Answer>(contentsOf: file)
    for (a, b) in zip(trained.model.parameters, result.model.parameters) {
      #expect(a.path == b.path && a.tensor.isBitwiseEqual(to: b.tensor))
    }
    return trained
  }

  private static func accuracy<Answer>(_ trained: TrainedSeriesModel<Answer>, _ url: URL) throws -> Double {
    let report = try trained.report(on: EvaluationRequest(source: DataSource(url.path)))
    return try #require(report.number("accuracy"))
  }

  // MARK: Learning

  /// The first step decides: whoever reads the whole series can learn it.
  @Test(arguments: [
    [], ["model.cell=gru", "model.pooling=mean"], ["model.pooling=max", "model.bidirectional=true"],
    ["model.pooling=attention", "model.cell=gru", "model.layers=2", "model.dropout=0.1"],
    ["data.validation=0.2", "training.earlyStopping=10", "data.classWeights=balanced"],
    ["model.kind=window", "model.window=12", "training.epochs=30"],
    ["model.kind=convolution", "model.layers=3", "model.kernel=3", "model.pooling=max"],
  ])
  func learnsWhatTheFirstStepSays(assignments: [String]) throws {
    try Examples.withFiles(Examples.files()) { url in
      let accuracy = try Self.accuracy(Self.train(WholeSeries.self, url, assignments), url)
      #expect(accuracy > 0.95, "\(assignments): \(accuracy)")
    }
  }

  /// What a feed-forward network cannot do: the shortest series has 6 steps, and neither of these sees more than 5.
  @Test(arguments: [
    ["model.kind=window", "model.window=5"], ["model.kind=convolution", "model.layers=2", "model.kernel=2"],
    // The gradient of the last two steps alone teaches nothing about the first.
    ["model.gradientSteps=1", "model.forgetBias=-3", "training.epochs=4"],
  ])
  func whatIsOutOfReachIsNotLearned(assignments: [String]) throws {
    try Examples.withFiles(Examples.files()) { url in
      let accuracy = try Self.accuracy(Self.train(WholeSeries.self, url, assignments), url)
      #expect(accuracy < 0.75, "\(assignments): \(accuracy)")
    }
  }

  @Test(arguments: [[], ["model.cell=gru", "model.bidirectional=true"], ["model.gradientSteps=4"]])
  func tagsEachStep(assignments: [String]) throws {
    try Examples.withFiles(Examples.files(tagging: true)) { url in
      let trained = try Self.train(EachStep.self, url, assignments)
      let accuracy = try Self.accuracy(trained, url)
      #expect(accuracy > 0.95, "\(assignments): \(accuracy)")
      let verdicts = try SeriesLabelling.verdicts(of: trained, contentsOf: url.appending(path: "test.jsonl"))
      #expect(verdicts.allSatisfy { $0.answers.count == $0.stepCount })
    }
  }

  @Test func missingValuesAreMarkedAndSaid() throws {
    let files = [
      "train.jsonl": Examples.lines(count: 200, seed: 1, missingEvery: 3),
      "test.jsonl": Examples.lines(count: 100, seed: 2, missingEvery: 2),
    ]
    try Examples.withFiles(files) { url in
      let run = try SeriesClassification.prepare(Self.settings(WholeSeries.self), from: DataSource(url.path))
      #expect(run.notes.contains { $0.contains("values missing") && $0.contains("marked as missing") })
      let trained = try Self.train(WholeSeries.self, url)
      #expect(trained.artifacts.series.hasMasks && trained.artifacts.series.featureCount == 4)
      #expect(try Self.accuracy(trained, url) > 0.95)
    }
  }

  /// Noise is drawn anew in each step, from the run's generator alone, and touches no mask.
  @Test func noiseIsOnMeasurementsAlone() throws {
    let lines = "{\"label\": \"a\", \"x\": [[1, null], [2, 3]]}\n{\"label\": \"b\", \"x\": [[4, 5]]}\n"
    try Examples.withFiles(["train.jsonl": lines]) { url in
      let settings = try Self.settings(WholeSeries.self, ["data.noise=0.5", "data.standardize=false"])
      let corpus = try Parts<SequenceSet>(DataSource(url.path), settings.data, isTagging: false)
      let examples = try SeriesCodec(corpus.part(.train), standardizes: false).encode(corpus.part(.train), isTagging: false)
      var generator = RandomGenerator(seed: 2)
      let shape: Shape = [200, 2, examples.featureCount]
      let noise = examples.noise(shape: shape, using: &generator).reshaped(to: [400, 4])
      let (measured, masks) = (noise.sliced(0..<2, alongAxis: 1), noise.sliced(2..<4, alongAxis: 1))
      #expect(masks.scalars.allSatisfy { $0 == 0 })
      #expect(abs(measured.mean().scalar) < 0.15 && abs(measured.squared().mean().scalar - 1) < 0.2)

      let run = try SeriesClassification.prepare(settings, from: DataSource(url.path))
      func loss(seed: UInt64) throws -> Float {
        var generator = RandomGenerator(seed: seed)
        let batch = try run.source.batch(at: 0, epoch: 0, shard: .whole)
        return run.objective.loss(of: run.model, on: batch, from: NoCarriedState(), using: &generator).value.scalar
      }
      #expect(try loss(seed: 1) == loss(seed: 1) && loss(seed: 1) != loss(seed: 2))
      #expect(run.objective.evaluate(run.model, using: &generator).loss == run.objective.evaluate(run.model, using: &generator).loss)
    }
  }

  // MARK: Exactness

  /// What stands beside a series, and how far it is padded, changes nothing.
  @Test(arguments: [
    ["model.pooling=last"], ["model.pooling=mean", "model.bidirectional=true"], ["model.pooling=max"],
    ["model.pooling=attention", "model.cell=gru"], ["model.kind=window", "model.window=7"],
    ["model.kind=window", "model.window=3", "model.pooling=mean"], ["model.kind=convolution", "model.pooling=max"],
    ["model.gradientSteps=4"],
  ])
  func paddingChangesNothing(assignments: [String]) throws {
    try Examples.withFiles(Examples.files()) { url in
      let settings = try Self.settings(WholeSeries.self, assignments)
      let corpus = try Parts<SequenceSet>(DataSource(url.path), settings.data, isTagging: false)
      let codec = try SeriesCodec(corpus.part(.train), standardizes: true)
      let examples = try codec.encode(corpus.part(.test), isTagging: false)
      let model = try SeriesClassification.prepare(settings, from: DataSource(url.path)).model
      let together = examples.batch(Array(0..<20), paddedTo: 17)
      let all = model.logits(together.inputs, lengths: together.lengths)
      for index in 0..<20 {
        let alone = examples.batch([index])
        #expect(alone.lengths == nil)
        let difference = (model.logits(alone.inputs) - all.sliced(index..<index + 1)).scalars.map { abs($0) }.max() ?? 1
        #expect(difference < 1e-5, "series \(index): \(difference)")
      }
    }
  }

  /// Truncation changes the gradient and nothing that is computed.
  @Test func truncationChangesNoAnswer() throws {
    try Examples.withFiles(Examples.files()) { url in
      let whole = try SeriesClassification.prepare(Self.settings(WholeSeries.self), from: DataSource(url.path)).model
      var cut = try SeriesClassification.prepare(
        Self.settings(WholeSeries.self, ["model.gradientSteps=3"]), from: DataSource(url.path)
      ).model
      cut.setParameters(whole.parameters.map(\.tensor))
      var generator = RandomGenerator(seed: 1)
      let inputs = Tensor<Float>(uniform: -1...1, shape: [11, 3, 2], using: &generator)
      for lengths in [nil, [11, 2, 7]] as [[Int]?] {
        #expect(cut.logits(inputs, lengths: lengths) == whole.logits(inputs, lengths: lengths))
      }
      let gradients = [whole, cut].map { model in
        valueAndGradient(at: model) { ($0.logits(inputs).squared().sum()) }.gradient.parameters.map(\.tensor)
      }
      #expect(gradients[0] != gradients[1])
    }
  }

  @Test func aRunThatStopsAndGoesOnEndsWithTheSameBits() throws {
    try Examples.withFiles(Examples.files()) { url in
      let settings = try Self.settings(WholeSeries.self, ["training.epochs=3", "model.dropout=0.2", "data.validation=0.2"])
      func run(stoppingAt step: Int?, resuming: Bool, in name: String) throws -> [Tensor<Float>] {
        let run = try SeriesClassification.prepare(settings, from: DataSource(url.path))
        let interruption = Interruption()
        let trainer = Trainer(
          objective: run.objective, source: run.source, configuration: settings.training, seed: settings.seed, directory: url.appending(path: name),
          modelMetadata: try run.metadata(), interruption: interruption)
        let result = try trainer.run(from: run.model, resuming: resuming) { event in
          if case .step(let event) = event, event.globalStep == step { interruption.request() }
        }
        return result.last.parameters.map(\.tensor)
      }
      let whole = try run(stoppingAt: nil, resuming: false, in: "whole")
      let stopped = try run(stoppingAt: 14, resuming: false, in: "parts")
      let resumed = try run(stoppingAt: nil, resuming: true, in: "parts")
      #expect(zip(whole, resumed).allSatisfy { $0.isBitwiseEqual(to: $1) })
      #expect(!zip(whole, stopped).allSatisfy { $0.isBitwiseEqual(to: $1) })
    }
  }

  // MARK: Reports

  @Test func lengthsThatTrainingDidNotHaveAreSaid() throws {
    let short = "{\"label\": \"up\", \"x\": [[8, 0], [5, 0], [5, 0], [5, 0], [5, 0], [5, 0]]}\n"
    let long = "{\"label\": \"up\", \"x\": [[8, 0]\(String(repeating: ", [5, 0]", count: 19))]}\n"
    try Examples.withFiles(["train.jsonl": Examples.lines(count: 60, seed: 1), "test.jsonl": short + long]) { url in
      func words(_ assignments: [String]) throws -> String {
        let trained = try Self.train(WholeSeries.self, url, ["training.epochs=1"] + assignments)
        return try trained.report(on: EvaluationRequest(source: DataSource(url.path))).text
      }
      #expect(try words([]).contains("1 longer than any in training (12 steps); the network reads every step of them"))
      let window = try words(["model.kind=window", "model.window=8"])
      #expect(window.contains("the window sees the last 8 steps: 1 of 2 series are longer"))
      let convolution = try words(["model.kind=convolution", "model.layers=2", "model.kernel=3"])
      #expect(convolution.contains("a convolution sees the last 7 steps: 1 of 2 series are longer"))
    }
  }

  @Test func aReportHasBaselinesAndAConfusionMatrix() throws {
    try Examples.withFiles(Examples.files()) { url in
      let trained = try Self.train(WholeSeries.self, url)
      let report = try trained.report(on: EvaluationRequest(source: DataSource(url.path)))
      #expect(report.text.contains("most frequent       50.00 %"))
      #expect(report.text.contains("1-NN Euclidean") && report.text.contains("1-NN warped"))
      #expect(report.attachments.map(\.name) == ["confusion.svg"])
      let all = try trained.report(
        on: EvaluationRequest(source: DataSource(url.appending(path: "train.jsonl").path), part: .whole))
      #expect(all.part == .whole && !all.text.contains("1-NN"))
    }
  }

  @Test func foldsAreTrainedAndMeasuredInTurn() throws {
    try Examples.withFiles(["all.jsonl": Examples.lines(count: 120, seed: 3)]) { url in
      let source = DataSource(url.appending(path: "all.jsonl").path)
      for splitting in ["stratified", "random", "group"] {
        let reports = try (1...4).map { fold in
          let settings = try Self.settings(
            WholeSeries.self, ["data.folds=4", "data.fold=\(fold)", "data.splitting=\(splitting)"])
          return try #require(try SeriesClassification.validateFold(settings, from: source, interruption: nil))
        }
        #expect(reports.reduce(0) { $0 + $1.testCount } == 120 && reports.allSatisfy { $0.trainingCount + $0.testCount == 120 })
        #expect(reports.allSatisfy { (15...45).contains($0.testCount) }, "\(splitting)")
        #expect(FoldMean(reports.compactMap { $0["accuracy"] }).mean > 0.9, "\(splitting)")
        #expect(reports[0].baselines.map(\.name) == ["most frequent", "1-NN Euclidean", "1-NN warped"])
      }
    }
    let mean = FoldMean([0.5, 0.7, 0.9])
    #expect(abs(mean.mean - 0.7) < 1e-12 && abs(mean.deviation - 0.2) < 1e-12)
  }

  @Test func theCellsOfOneSeriesAreWatched() throws {
    try Examples.withFiles(Examples.files()) { url in
      let trained = try Self.train(WholeSeries.self, url, ["training.epochs=1", "model.bidirectional=true"])
      let file = url.appending(path: "test.jsonl").path
      let run = try trained.watch(.text(file + ":4"), limit: 5)
      #expect(run.steps == ["1", "2", "3", "4", "5"] && run.inputStepCount >= 6)
      #expect(run.cells.map(\.direction) == [.forward, .reverse] && run.cells.allSatisfy { $0.hidden.shape == [5, 1, 12] })
      for (input, mention) in [(file + ":9999", "number 9999 is asked for"), (file + ":x", "FILE:7 is the seventh"), ("none.jsonl", "no such file")] {
        let error = #expect(throws: (any Error).self) { try trained.watch(.text(input), limit: 5) }
        #expect(error.map { "\($0)".contains(mention) } == true, "\(String(describing: error))")
      }
      let window = try Self.train(WholeSeries.self, url, ["training.epochs=1", "model.kind=window"])
      let error = #expect(throws: WatchError.self) { try window.watch(.text(file), limit: 5) }
      #expect(error?.description == "a window network has no cells to look into")
    }
  }

  // MARK: Formats

  @Test func theFourFormatsGiveTheSameSeries() throws {
    let labelFirst = "a,1,2,3\nb,4,5\na,1,2,4\n"
    let lines = """
      {"label": "a", "x": [1, 2, 3]}
      {"label": "b", "x": [4, 5]}
      {"label": "a", "x": [1, 2, 4]}
      """
    let ts = "@problemName t\n@univariate true\n@classLabel true a b\n@data\n1,2,3:a\n4,5:b\n1,2,4:a\n"
    let table = "id,time,label,v\n1,1,a,1\n1,2,a,2\n1,3,a,3\n2,1,b,4\n2,2,b,5\n3,1,a,1\n3,2,a,2\n3,3,a,4\n"
    let files = ["s.csv": labelFirst, "s.jsonl": lines, "s.ts": ts, "table.csv": table]
    try Examples.withFiles(files) { url in
      var digests: [Digest] = []
      for name in files.keys.sorted() {
        var data = SeriesDataConfiguration()
        if name == "table.csv" { (data.idColumn, data.timeColumn) = ("id", "time") }
        let set = try SeriesReader(data: data, isTagging: false).read(url.appending(path: name))
        let examples = try SeriesCodec(set, standardizes: true).encode(set, isTagging: false)
        #expect(examples.lengths == [3, 2, 3] && examples.labels == [[0], [1], [0]], "\(name)")
        digests.append(examples.digest)
      }
      #expect(Set(digests).count == 1)
    }
  }

  @Test func predictionNeedsNoLabels() throws {
    try Examples.withFiles(Examples.files()) { url in
      let trained = try Self.train(WholeSeries.self, url)
      let unlabelled = url.appending(path: "new.jsonl")
      try Data("{\"id\": \"x\", \"x\": [[8, 0], [5, 0], [5, 0]]}\n{\"x\": [[2, 0], [5, 0]]}\n".utf8).write(to: unlabelled)
      let verdicts = try SeriesLabelling.verdicts(of: trained, contentsOf: unlabelled)
      #expect(verdicts.map(\.answers[0].label) == ["up", "down"] && verdicts.map(\.id) == ["x", nil])
      #expect(verdicts.allSatisfy { abs($0.answers[0].probabilities.reduce(0, +) - 1) < 1e-5 })
    }
  }
}
