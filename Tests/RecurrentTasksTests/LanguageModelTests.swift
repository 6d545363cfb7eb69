import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining
import Testing

@testable import RecurrentTasks

@Suite struct LanguageModelTests {
  private static let text = String(repeating: "the cat sat on the mat; the dog sat on the log. ", count: 60)

  private static func corpus(_ data: TextDataConfiguration = .init()) throws -> TextCorpus {
    try TextCorpus(text: text, tokenizer: data.tokenizer, fractions: data.fractions)
  }

  private static func model(
    _ corpus: TextCorpus, _ change: (inout LanguageModelConfiguration) -> Void = { _ in }
  ) -> (ModelSettings<LanguageModeling>, LanguageModel) {
    var configuration = LanguageModelConfiguration()
    (configuration.hidden, configuration.embedding) = (24, 12)
    change(&configuration)
    var generator = RandomGenerator(seed: 3)
    return (
      ModelSettings<LanguageModeling>(data: .init(), model: configuration),
      LanguageModel(configuration, vocabularyCount: corpus.codec.vocabulary.count, using: &generator)
    )
  }

  private static func train(
    _ model: LanguageModel, _ corpus: TextCorpus,
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> Trainer<LanguageModelObjective>.Result {
    var training = TrainingConfiguration()
    (training.epochs, training.batch, training.steps, training.rate, training.clip) = (6, 4, 20, 0.01, 5)
    change(&training)
    return try Trainer(
      objective: LanguageModelObjective(corpus: corpus, configuration: training),
      source: TextWindows(corpus: corpus, batchSize: training.batch, steps: training.steps), configuration: training, seed: 1
    ).run(from: model)
  }

  /// Every cell learns a text that repeats, far below the entropy of its letters.
  @Test(arguments: CellKind.ofPackage)
  func everyCellLearnsARepeatingText(_ cell: CellKind) throws {
    let corpus = try Self.corpus()
    let (_, model) = Self.model(corpus) { $0.cell = cell }
    let before = try model.evaluate(corpus.tokens(of: .validation)).loss
    let result = try Self.train(model, corpus)
    let after = try result.model.evaluate(corpus.tokens(of: .validation)).loss
    #expect(before > 2.5)
    #expect(after < 0.6)
  }

  @Test func dropoutOfEveryKindStillLearns() throws {
    let corpus = try Self.corpus()
    let (_, model) = Self.model(corpus) {
      ($0.hidden, $0.embedding, $0.tied, $0.variational) = (24, 24, true, true)
      ($0.dropout, $0.dropoutEmbedding, $0.dropoutRecurrent, $0.residual) = (0.1, 0.05, 0.1, true)
    }
    #expect(!model.parameterPaths.contains("output.weight"))
    let result = try Self.train(model, corpus) {
      ($0.epochs, $0.activationPenalty, $0.slownessPenalty, $0.labelSmoothing) = (10, 0.1, 0.1, 0.02)
    }
    #expect(try result.model.evaluate(corpus.tokens(of: .validation)).loss < 1)
  }

  @Test func parameterPathsArePyTorchs() throws {
    let (_, model) = Self.model(try Self.corpus())
    #expect(
      model.parameterPaths == [
        "embedding.weight", "rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0",
        "rnn.weight_ih_l1", "rnn.weight_hh_l1", "rnn.bias_ih_l1", "rnn.bias_hh_l1", "output.weight", "output.bias",
      ])
  }

  /// The loss of a text does not depend on how it is cut into windows, and is that of its tokens one by one, as the writer reads them.
  @Test(arguments: [CellKind.lstm, .gru, .peepholeLSTM])
  func measuringInWindowsEqualsReadingStepByStep(_ cell: CellKind) throws {
    let corpus = try Self.corpus()
    let (_, model) = Self.model(corpus) { $0.cell = cell }
    let tokens = Array(try corpus.tokens(of: .validation).tokens.prefix(50))
    let measured = try model.evaluate(EncodedText(tokens: tokens, unknownCount: 0, characterCount: 50))
    var stream = model.rnn.streaming()
    var total = 0.0
    for (token, next) in zip(tokens, tokens.dropFirst()) {
      let output = stream.step(model.embedding(IndexTensor(shape: [1], scalars: [token])))
      total -= Double(model.logits(output).logSoftmax().scalars[Int(next)])
    }
    #expect(measured.units == 49)
    #expect(abs(measured.loss - total / 49) < 1e-5)
    let text = EncodedText(tokens: tokens, unknownCount: 0, characterCount: 50)
    #expect(abs(try model.evaluate(text, weights: .full).loss - measured.loss) < 1e-5)
    let rounded = try model.evaluate(text, weights: .bfloat16)
    #expect(rounded.units == 49 && rounded.loss != measured.loss && abs(rounded.loss - measured.loss) < 0.01)
  }

  @Test func aSavedModelIsTheSameBits() throws {
    let corpus = try Self.corpus()
    let (settings, model) = Self.model(corpus) { $0.cell = .gru }
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("recurrent-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    try saveModel(model, metadata: settings.metadata(.init(vocabulary: corpus.codec.vocabulary)), to: url)
    let loaded = try TrainedLanguageModel(contentsOf: url)
    #expect(loaded.settings == settings)
    #expect(loaded.codec.vocabulary == corpus.codec.vocabulary)
    for (a, b) in zip(model.parameters, loaded.model.parameters) {
      #expect(a.path == b.path && a.tensor.isBitwiseEqual(to: b.tensor))
    }
  }

  @Test func whatIsWrittenContinuesThePromptAndTheSeedDecides() throws {
    let corpus = try Self.corpus()
    let (_, model) = Self.model(corpus)
    let trained = try Self.train(model, corpus).model
    func write(seed: UInt64, temperature: Double) throws -> String {
      var writer = LanguageModelWriter(trained, codec: corpus.codec)
      var generator = RandomGenerator(seed: seed)
      try writer.read("the cat sat on t")
      return writer.write(tokenCount: 30, sampling: Sampling(temperature: temperature), using: &generator)
    }
    #expect(try write(seed: 1, temperature: 0).hasPrefix("he "))
    #expect(try write(seed: 1, temperature: 1) == write(seed: 1, temperature: 1))
    #expect(try write(seed: 1, temperature: 2) != write(seed: 2, temperature: 2))
    var writer = LanguageModelWriter(trained, codec: corpus.codec)
    #expect(throws: VocabularyError.self) { try writer.read("Ж") }
  }

  @Test func aFileOfAnotherProgramIsRefusedWithItsName() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("recurrent-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    func message(_ metadata: [String: String]) throws -> String {
      try SafetensorsFile.write([], metadata: metadata, to: url)
      do {
        _ = try TrainedLanguageModel(contentsOf: url)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(try message([:]).contains("was not written by this program"))
    #expect(try message(["format": "recurrent"]).contains("has no configuration in its metadata"))
    #expect(try message(["format": "recurrent", "configuration": "{"]).contains("has a configuration that cannot be read"))
    let other = #"{"task": "dance", "data": {}, "model": {}}"#
    #expect(try message(["format": "recurrent", "configuration": other]).contains("the task is dance"))
    #expect(try message([:]).contains(url.path))
  }
}

@Suite struct SamplingTests {
  private func counts(_ sampling: Sampling) -> [Int] {
    let scores: [Float] = [0, 1, 2, 3].map { Float($0) * 0.6931472 }  // probabilities 1/15, 2/15, 4/15, 8/15
    var generator = RandomGenerator(seed: 9)
    var counts = [0, 0, 0, 0]
    for _ in 0..<15_000 { counts[sampling.draw(from: scores, using: &generator)] += 1 }
    return counts
  }

  @Test func frequenciesFollowTheScores() {
    let expected = [1000, 2000, 4000, 8000]
    for (count, mean) in zip(counts(Sampling()), expected) { #expect(abs(count - mean) < 250) }
  }

  @Test func theLikeliestAloneAtTemperatureZero() {
    #expect(counts(Sampling(temperature: 0)) == [0, 0, 0, 15_000])
    #expect(counts(Sampling(temperature: 0.01)) == [0, 0, 0, 15_000])
  }

  @Test func onlyTheBestFew() {
    let best = counts(Sampling(topK: 2))
    #expect(best[0] == 0 && best[1] == 0 && abs(best[2] - 5000) < 250)
    let nucleus = counts(Sampling(topP: 0.79))  // 8/15 is not enough, 12/15 is
    #expect(nucleus[0] == 0 && nucleus[1] == 0 && abs(nucleus[2] - 5000) < 250)
    #expect(counts(Sampling(topP: 0.5)) == [0, 0, 0, 15_000])
  }
}
