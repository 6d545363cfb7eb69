import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining
import Testing

@testable import RecurrentTasks

@Suite struct TextClassificationTests {
  private static func settings(
    _ assignments: [String] = []
  ) throws -> RunSettings<TextClassification> {
    var recipe = try Recipe(yaml: "task: text-classification\n", name: "tiny", origin: "tiny.yaml")
    for assignment in [
      "model.hidden=12", "model.embedding=8", "training.epochs=12", "training.batch=16", "training.rate=0.01",
      "training.clip=1",
    ] + assignments {
      try recipe.set(assignment)
    }
    return try RunSettings(recipe)
  }

  private static func prepare(
    _ url: URL, _ assignments: [String] = []
  ) throws -> (run: PreparedRun<TextClassification>, settings: RunSettings<TextClassification>) {
    let settings = try settings(assignments)
    return (try TextClassification.prepare(settings, from: DataSource(url.path)), settings)
  }

  /// A model trained on the directory, written to `model.safetensors` there and read again.
  private static func train(_ url: URL, _ assignments: [String] = []) throws -> TrainedTextClassifier {
    let (run, _) = try prepare(url, assignments)
    let result = try run.trainer().run(from: run.model)
    let file = url.appending(path: "model.safetensors")
    try saveModel(result.model, metadata: run.metadata(), to: file)
    let trained = try TrainedTextClassifier(contentsOf: file)
    for (a, b) in zip(trained.model.parameters, result.model.parameters) {
      #expect(a.path == b.path && a.tensor.isBitwiseEqual(to: b.tensor))
    }
    return trained
  }

  // MARK: Learning

  /// Order matters here: no sum over words can tell "not good" from "good". Reading both ways with every pooling, and one way.
  @Test(arguments: [
    ["model.pooling=max"], ["model.pooling=mean"], ["model.pooling=attention", "training.epochs=20"], ["model.pooling=last"],
    ["model.pooling=last", "model.bidirectional=false", "model.cell=gru", "training.epochs=20"],
    ["model.pooling=max", "model.layers=2", "model.dropout=0.1", "model.dropoutEmbedding=0.05", "training.epochs=20"],
    ["model.pooling=max", "data.tokens=characters", "model.hidden=32", "training.epochs=14"],
    ["model.kind=convolution", "model.layers=2"], ["model.kind=window", "model.window=4", "training.epochs=20"],
  ])
  func learnsWhatTheOrderOfWordsSays(assignments: [String]) throws {
    try LabelledExamples.withDirectory { url in
      let trained = try Self.train(url, assignments)
      let report = try trained.report(on: EvaluationRequest(source: DataSource(url.path)))
      #expect(report.part == .part(.test))
      let accuracy = try #require(report.number("accuracy"))
      #expect(accuracy > 0.95, "\(assignments): \(accuracy)")
      let whole = try trained.report(
        on: EvaluationRequest(source: DataSource(url.appending(path: "test.tsv").path), part: .whole))
      #expect(whole.number("accuracy") == accuracy)
      #expect(whole.text.contains("no baseline"))
      #expect(try #require(report.number("texts")) == 200)
    }
  }

  /// One row in ten is good: where classes are balanced a rare one is found all the same.
  @Test func rareClassesCountAsMuchWhenBalanced() throws {
    let logits = Tensor<Float>(shape: [3, 2], scalars: [1, 0, 0, 2, -1, 1])
    let targets = IndexTensor(shape: [3], scalars: [0, 1, 0])
    let weighted = weightedCrossEntropy(logits: logits, targets: targets, weights: [1, 3], labelSmoothing: 0).scalar
    func loss(_ margin: Double) -> Double { log(1 + exp(-margin)) }
    #expect(abs(Double(weighted) - (loss(1) + 3 * loss(2) + loss(-2)) / 5) < 1e-6)
    let even = weightedCrossEntropy(logits: logits, targets: targets, weights: [2, 2], labelSmoothing: 0.1).scalar
    #expect(abs(even - crossEntropy(logits: logits, targets: targets, labelSmoothing: 0.1).scalar) < 1e-6)

    let rare = LabelledExamples.table(count: 500, seed: 3, ratio: 10)
    try LabelledExamples.withDirectory(training: rare) { url in
      let trained = try Self.train(url, ["data.classWeights=balanced", "training.epochs=20"])
      let report = try trained.report(on: EvaluationRequest(source: DataSource(url.path)))
      #expect(try #require(report.number("macroF1")) > 0.95)
    }
  }

  /// A run stopped in the middle of an epoch and resumed ends with the same bits.
  @Test func resumedIsUninterrupted() throws {
    try LabelledExamples.withDirectory { url in
      let (run, settings) = try Self.prepare(url, ["model.dropout=0.2", "training.epochs=3"])
      let whole = try run.trainer().run(from: run.model)
      let interruption = Interruption()
      let directory = url.appending(path: "run")
      let stopped = try Trainer(
        objective: run.objective, source: run.source, configuration: settings.training, seed: 1, directory: directory, modelMetadata: run.metadata(),
        interruption: interruption
      ).run(from: run.model) { event in
        if case .step(let step) = event, step.epoch == 2, step.step == 7 { interruption.request() }
      }
      #expect(stopped.reason == .interrupted)
      // Everything is made anew, as in another process.
      let (again, _) = try Self.prepare(url, ["model.dropout=0.2", "training.epochs=3"])
      let resumed = try Trainer(
        objective: again.objective, source: again.source, configuration: settings.training, seed: 1, directory: directory, modelMetadata: again.metadata()
      ).run(from: again.model, resuming: true)
      #expect(resumed.globalStep == whole.globalStep && resumed.best == whole.best)
      for (a, b) in zip(resumed.last.parameters, whole.last.parameters) {
        #expect(a.tensor.isBitwiseEqual(to: b.tensor), "\(a.path)")
      }
    }
  }

  // MARK: Verdicts

  /// What else is judged with a text, and how long that is, changes nothing.
  @Test(arguments: EncoderKind.allCases, [PoolingKind.attention, .last])
  func aTextInABatchIsATextAlone(_ kind: EncoderKind, _ pooling: PoolingKind) throws {
    try LabelledExamples.withDirectory { url in
      let (run, _) = try Self.prepare(
        url, ["model.pooling=\(pooling.rawValue)", "model.layers=2", "model.kind=\(kind.rawValue)"])
      let sequences: [[Int32]] = [[1, 2, 3], [4, 5, 6, 7, 8, 9, 1], [2]]
      let batch = TokenBatch(sequences)
      let together = run.model.logits(batch.tokens, lengths: batch.lengths)
      for (row, sequence) in sequences.enumerated() {
        let alone = TokenBatch([sequence])
        let logits = run.model.logits(alone.tokens, lengths: alone.lengths)
        for (a, b) in zip(logits.scalars, together.index(row).scalars) { #expect(abs(a - b) < 1e-5) }
      }
    }
  }

  /// The influence of a word is the slope of the log-odds when its vector grows, and the verdict after the last word is the
  /// verdict.
  @Test(arguments: PoolingKind.allCases)
  func explanationsAreTheGradient(_ pooling: PoolingKind) throws {
    try LabelledExamples.withDirectory { url in
      let trained = try Self.train(url, ["model.pooling=\(pooling.rawValue)", "training.epochs=2"])
      let text = "the music was not good and unheard"
      let explanation = try trained.explain(text)
      #expect(explanation.verdict == (try trained.predict(text)))
      #expect(explanation.tokens.map(\.text) == text.split(separator: " ").map(String.init))
      #expect(explanation.tokens.map(\.isKnown) == [true, true, true, true, true, true, false])
      let last = try #require(explanation.tokens.last)
      #expect(abs(last.probability - explanation.verdict.probability) < 1e-5)
      let prefix = try trained.predict("the music was not")
      #expect(abs(explanation.tokens[3].probability - prefix.probabilities[explanation.verdict.labelIndex]) < 1e-5)

      let embedded = trained.model.embedding(IndexTensor(shape: [7, 1], scalars: try trained.read(text).tokens))
      for index in 0..<7 {
        func logOdds(_ scale: Float) -> Double {
          let scales = Tensor<Float>(shape: [7, 1, 1], scalars: (0..<7).map { $0 == index ? scale : 1 })
          let scores = trained.model.logits(embedded: embedded * scales, lengths: [7]).scalars
          let label = explanation.verdict.labelIndex
          return Double(scores[label] - scores[1 - label])
        }
        let slope = (logOdds(1.02) - logOdds(0.98)) / 0.04
        #expect(
          abs(slope - explanation.tokens[index].influence) < 0.02 * max(0.1, explanation.largestInfluence),
          "word \(index): \(slope), \(explanation.tokens[index].influence)")
      }
    }
  }

  @Test func thePageHoldsWhateverTheTextHolds() throws {
    try LabelledExamples.withDirectory { url in
      let trained = try Self.train(url, ["training.epochs=1", "data.tokens=words"])
      let page = try trained.explain("good <script>alert(\"1\")</script> & \u{1B}[2J").html(labels: trained.labels.names)
      #expect(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;") && page.contains(">&amp;</span>"))
      #expect(!page.contains("<script") && !page.contains("\u{1B}") && !page.contains("nan"))
    }
  }

  @Test func longTextsAreCutAsTheRecipeSays() throws {
    var data = TextClassificationData()
    #expect(data.kept(of: 9) == [0..<9])
    data.maximumLength = 5
    #expect(data.kept(of: 5) == [0..<5])
    #expect(data.kept(of: 9) == [0..<5])
    data.keep = .end
    #expect(data.kept(of: 9) == [4..<9])
    data.keep = .both
    #expect(data.kept(of: 9) == [0..<3, 7..<9])

    try LabelledExamples.withDirectory { url in
      let (run, _) = try Self.prepare(url, ["data.maximumLength=4", "data.keep=end"])
      #expect(run.notes.count { $0.contains(" texts cut to 4 tokens; the end stays") } == 2, "\(run.notes)")
      let trained = try Self.train(url, ["data.maximumLength=4", "data.keep=end", "training.epochs=1"])
      let verdict = try trained.predict("the film was a story with music")
      #expect(verdict.tokenCount == 7 && verdict.readCount == 4)
      #expect(try trained.predict("a story with music").probabilities == verdict.probabilities)
    }
  }

  // MARK: Data

  /// As models of earlier versions are measured.
  @Test func aSingleFileIsHeldOutByLabelAndPlace() throws {
    try LabelledExamples.withDirectory(training: LabelledExamples.table(count: 400, seed: 1, ratio: 10), test: nil) { url in
      var data = TextClassificationData()
      (data.validation, data.test) = (0.2, 0.1)
      let file = DataSource(url.appending(path: "train.tsv").path)
      let corpus = try Parts<LabelledTexts>(file, data, by: .place)
      #expect(try DataPart.allCases.map { try corpus.part($0).count } == [280, 80, 40])
      for split in DataPart.allCases {
        let part = try corpus.part(split)
        #expect(part.labels.count { $0 == "good" } * 10 == part.count)
        #expect(part.lines == part.lines.sorted())
      }
      let lines = try DataPart.allCases.flatMap { try corpus.part($0).lines }
      #expect(Set(lines).count == 400)
      #expect(try Parts<LabelledTexts>(file, data, by: .place).part(.test).lines == corpus.part(.test).lines)
    }
  }

  @Test func columnsByNumberAndOtherSeparators() throws {
    let rows = (0..<40).map { "\($0)\t\"row \($0)\"\t\($0 % 2)" }.joined(separator: "\n")
    try LabelledExamples.withDirectory(training: rows, test: nil) { url in
      var data = TextClassificationData()
      (data.header, data.labelColumn, data.textColumn, data.skipEmpty) = (false, "3", "2", true)
      let texts = try LabelledTexts(contentsOf: url.appending(path: "train.tsv"), data)
      #expect(texts.count == 40 && texts.texts[3] == "\"row 3\"" && texts.labels[3] == "1")
      let csv = url.appending(path: "some.csv")
      try Data("a;b\n;x\n1;\"two; or\nthree\"\n2; \n".utf8).write(to: csv)
      (data.header, data.labelColumn, data.textColumn, data.separator) = (true, "a", "b", .semicolon)
      #expect(throws: DataError.self) { try LabelledTexts(contentsOf: csv, data) }
      try Data("a;b\n1;\"two; or\nthree\"\n2; \n".utf8).write(to: csv)
      let quoted = try LabelledTexts(contentsOf: csv, data)
      #expect(quoted.texts == ["two; or\nthree"] && quoted.skippedCount == 1)
    }
  }

  @Test func wordVectorsTakeTheirPlaces() throws {
    try LabelledExamples.withDirectory { url in
      let vectors = url.appending(path: "vectors.txt")
      try Data("2 8\ngood 1 2 3 4 5 6 7 8\nunseen 0 0 0 0 0 0 0 0\n".utf8).write(to: vectors)
      let (run, _) = try Self.prepare(url, ["model.vectors=\(vectors.path)"])
      let codec = try TextCodec(
        Tokenizer(.wordsAndMarks), JSONDecoder().decode(Vocabulary.self, from: Data((run.metadata()["vocabulary"] ?? "").utf8)))
      let good = try #require(codec.vocabulary.index(of: "good"))
      #expect(run.model.embedding.weight.index(good).scalars == [1, 2, 3, 4, 5, 6, 7, 8])
      #expect(run.notes.last?.hasPrefix("1 of ") == true)
      let others = run.model.embedding.weight.index(good == 0 ? 1 : 0).scalars
      #expect(others.contains { abs($0) > 0.5 }, "the others are as wide: \(others)")
    }
  }

  // MARK: Files of other tasks

  @Test func aModelOfAnotherTaskSaysWhatItIs() throws {
    try LabelledExamples.withDirectory { url in
      _ = try Self.train(url, ["training.epochs=1"])
      let file = url.appending(path: "model.safetensors")
      let error = #expect(throws: StoredModelError.self) { try TrainedLanguageModel(contentsOf: file) }
      #expect(error?.problem == "is a text-classification model; here a language-model model is needed")
      let stored = try StoredModel(contentsOf: file)
      #expect(stored.task == TextClassification.kind)
      #expect(try stored.trained() is TrainedTextClassifier)
    }
  }
}

extension EvaluationReport {
  /// A figure of the JSON.
  func number(_ key: String) -> Double? {
    for (name, value) in members where name == key {
      switch value {
      case .number(let number): return number
      case .integer(let number): return Double(number)
      default: return nil
      }
    }
    return nil
  }
}
