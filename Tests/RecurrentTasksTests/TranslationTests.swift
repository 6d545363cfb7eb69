import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining
import Testing

@testable import RecurrentTasks

/// Sentences of a tiny language, word by word in another, the verb at the end: what a table of words alone cannot do.
enum TinyLanguage {
  static let words = [
    ("the", "la"), ("a", "un"), ("dog", "perro"), ("cat", "gato"), ("child", "nino"), ("sees", "ve"), ("hears", "oye"),
    ("wants", "quiere"), ("big", "grande"), ("old", "viejo"),
  ]

  /// `"the old dog sees a cat ."` and `"la perro viejo un gato ve ."`: adjectives behind, the verb last.
  static func pairs(count: Int, seed: UInt64) -> [(String, String)] {
    var generator = RandomGenerator(seed: seed)
    func pick(_ range: Range<Int>) -> Int { range.lowerBound + Int(generator.next() % UInt64(range.count)) }
    func phrase() -> (String, String) {
      let (article, noun) = (words[pick(0..<2)], words[pick(2..<5)])
      guard generator.next() % 2 == 0 else { return ("\(article.0) \(noun.0)", "\(article.1) \(noun.1)") }
      let adjective = words[pick(8..<10)]
      return ("\(article.0) \(adjective.0) \(noun.0)", "\(article.1) \(noun.1) \(adjective.1)")
    }
    return (0..<count).map { _ in
      let (subject, verb, object) = (phrase(), words[pick(5..<8)], phrase())
      return ("\(subject.0) \(verb.0) \(object.0).", "\(subject.1) \(object.1) \(verb.1).")
    }
  }

  static func table(_ pairs: [(String, String)]) -> String { pairs.map { "\($0.0)\t\($0.1)\n" }.joined() }

  /// Parallel files for training, validation and test.
  static func files() -> [String: String] {
    var files: [String: String] = [:]
    for (name, count, seed) in [("train", 600, 1), ("val", 60, 2), ("test", 80, 3)] as [(String, Int, UInt64)] {
      let pairs = pairs(count: count, seed: seed)
      files["\(name).xx"] = pairs.map { $0.0 + "\n" }.joined()
      files["\(name).yy"] = pairs.map { $0.1 + "\n" }.joined()
    }
    return files
  }
}

@Suite struct TranslationTests {
  private static func settings(_ assignments: [String] = []) throws -> RunSettings<Translation> {
    var recipe = try Recipe(yaml: "task: translation\n", name: "tiny", origin: "tiny.yaml")
    for assignment in [
      "data.from=xx", "data.to=yy", "data.tokens=words-and-marks", "model.hidden=24", "model.embedding=16", "training.epochs=8",
      "training.batch=16", "training.rate=0.01", "training.clip=1",
    ] + assignments {
      try recipe.set(assignment)
    }
    return try RunSettings(recipe)
  }

  /// A BLEU of a few phrases that happen to be right does not decide; one that means something does, whatever the loss.
  @Test func aBLEUOfChanceDoesNotDecide() throws {
    try withDirectory(TinyLanguage.files()) { directory in
      let objective = try Self.prepare(directory).run.objective
      func score(bleu: Double, loss: Double) -> Double { objective.score(of: Evaluation(loss: loss, units: 1, metrics: ["bleu": bleu])) }
      #expect(score(bleu: 0, loss: 6.2) < score(bleu: 0.64, loss: 8.2), "perplexity 513 is better than 3,786 with a phrase by chance")
      #expect(score(bleu: 1.9, loss: 5) < score(bleu: 0, loss: 6) && score(bleu: 0, loss: 5) < score(bleu: 1.9, loss: 6))
      #expect(score(bleu: 2.5, loss: 9) < score(bleu: 0.5, loss: 1), "what means something is better than what does not")
      #expect(score(bleu: 31, loss: 3) < score(bleu: 30, loss: 2) && score(bleu: 30, loss: 2) < score(bleu: 30, loss: 3))
      #expect(score(bleu: 30, loss: .infinity) == .infinity && score(bleu: 0, loss: .nan) == .infinity)
    }
  }

  private static func prepare(_ url: URL, _ assignments: [String] = []) throws -> (
    run: PreparedRun<Translation>, settings: RunSettings<Translation>
  ) {
    let settings = try settings(assignments)
    return (try Translation.prepare(settings, from: DataSource(url.path)), settings)
  }

  /// A model trained on the directory, written to a file there and read again.
  private static func train(_ url: URL, _ assignments: [String] = [], name: String = "model") throws -> TrainedTranslator {
    let (run, _) = try prepare(url, assignments)
    let result = try run.trainer().run(from: run.model)
    let file = url.appending(path: "\(name).safetensors")
    try saveModel(result.model, metadata: run.metadata(), to: file)
    let trained = try TrainedTranslator(contentsOf: file)
    for (a, b) in zip(trained.model.parameters, result.model.parameters) {
      #expect(a.path == b.path && a.tensor.isBitwiseEqual(to: b.tensor))
    }
    return trained
  }

  /// Order, agreement of words and the end are all learned, whatever the form of the model; without attention much of it.
  @Test(arguments: [
    ([], 95),
    (
      [
        "model.attention=general", "model.feeding=nothing", "model.cell=lstm", "model.layers=2", "model.dropoutBetween=0.1",
        "training.epochs=25",
      ], 95
    ),
    (["model.attention=scaled", "model.feeding=readout", "model.tied=output", "training.labelSmoothing=0.1"], 95),
    (["model.attention=dot", "model.feeding=nothing", "model.bridge=copy", "model.hidden=48", "training.epochs=20"], 95),
    (
      [
        "data.tokens=subwords", "data.merges=20", "data.jointVocabulary=true", "model.tied=all", "model.hidden=64",
        "model.embedding=32", "training.epochs=40",
      ], 95
    ),
    (
      [
        "model.attention=none", "model.feeding=nothing", "model.reverseSource=true", "model.hidden=64", "training.epochs=30",
        "training.rate=0.004",
      ], 25
    ),
    (["model.scheduledSampling=0.3"], 95),
  ] as [([String], Double)])
  func learnsATinyLanguage(assignments: [String], least: Double) throws {
    try withDirectory(TinyLanguage.files()) { url in
      let trained = try Self.train(url, assignments)
      let report = try trained.report(on: EvaluationRequest(source: DataSource(url.path)))
      #expect(report.part == .part(.test))
      let (greedy, beam) = (try #require(report.number("bleuGreedy")), try #require(report.number("bleu")))
      #expect(greedy > least && beam > least, "\(assignments): \(greedy) greedy, \(beam) with a beam")
      #expect(try #require(report.number("chrF")) > least)
      #expect(report.attachments.map(\.name) == ["bleu-by-length.svg", "translations.tsv"])
      let table = report.attachments[1].contents.split(separator: "\n")
      #expect(table.count == 81 && table.allSatisfy { $0.split(separator: "\t").count == 3 })

      let ensemble = try TranslatorEnsemble([trained])
      let pair = TinyLanguage.pairs(count: 1, seed: 9)[0]
      let found = try ensemble.translate([pair.0], by: SentenceSearch(beam: 4, bestCount: 3, keepsWeights: true))[0]
      #expect(found[0].isComplete && found.count == 3)
      if least > 90 { #expect(found[0].text.filter { $0 != " " } == pair.1.filter { $0 != " " }) }
      if trained.settings.model.attention == .none {
        #expect(found[0].weights.isEmpty && found[0].alignment == nil)
      } else {
        #expect(found[0].weights.count == found[0].symbols.count)
        #expect(found[0].weights.allSatisfy { $0.count == found[0].sourceSymbols.count + 1 && abs($0.reduce(0, +) - 1) < 1e-5 })
        #expect(found[0].alignment != nil)
      }
    }
  }

  /// A sentence among others is the sentence alone, with whatever width of beam.
  @Test(arguments: [1, 4])
  func theOthersDoNotMatter(beam: Int) throws {
    try withDirectory(TinyLanguage.files()) { url in
      let trained = try Self.train(url, ["training.epochs=1", "data.tokens=characters"])
      let sentences = TinyLanguage.pairs(count: 12, seed: 5).map(\.0) + ["", "dog", "an unknown wörd"]
      let search = SentenceSearch(beam: beam, bestCount: beam, keepsWeights: true)
      let ensemble = try TranslatorEnsemble([trained])
      let together = try ensemble.translate(sentences, by: search)
      for (sentence, found) in zip(sentences, together) { #expect(try ensemble.translate([sentence], by: search)[0] == found) }
      #expect(together.last?.first?.unknownCount == 3)  // u, k and ö
    }
  }

  /// What an ensemble writes, it writes by the mean of its members' probabilities; and its members know the same tokens.
  @Test func anEnsembleIsOfModelsOfTheSameTokens() throws {
    try withDirectory(TinyLanguage.files()) { url in
      let first = try Self.train(url, ["training.epochs=2"], name: "a")
      let second = try Self.train(url, ["training.epochs=2", "seed=7", "model.hidden=16"], name: "b")
      let sentence = "the old dog sees a cat."
      let both = try TranslatorEnsemble([first, second]).translate([sentence])[0][0]
      #expect(both.isComplete)
      let byHand = try Self.logProbabilities(of: both.symbols, after: sentence, by: [first, second])
      #expect(abs(both.logProbability - byHand.ofMean) < 1e-4)
      // A member's own probability, and the mean of the logarithms, are others: what is above tells them apart.
      let (a, b) = (byHand.ofMembers[0], byHand.ofMembers[1])
      #expect(abs(a - b) > 0.1 && abs(byHand.ofMean - (a + b) / 2) > 0.01, "\(byHand)")

      let same = try TranslatorEnsemble([first, first]).translate([sentence])[0][0]
      let alone = try TranslatorEnsemble([first]).translate([sentence])[0][0]
      #expect(same.text == alone.text && abs(same.logProbability - alone.logProbability) < 1e-4)
      let other = try Self.train(url, ["training.epochs=1", "data.tokens=characters"], name: "c")
      let error = try #require(throws: TranslationError.self) { try TranslatorEnsemble([first, other]) }
      #expect(error.description.contains("model 2"))
    }
  }

  /// The logarithm of the probability of a translation and of its end, by each member, and by the mean of their probabilities at each token;
  /// at each token an ensemble's own step must say that mean.
  private static func logProbabilities(
    of symbols: [String], after sentence: String, by members: [TrainedTranslator]
  ) throws -> (ofMean: Double, ofMembers: [Double]) {
    let codecs = members[0].codecs
    let written = try symbols.map { Int32(try #require(codecs.target.vocabulary.symbols.firstIndex(of: $0))) }
    let source = TokenBatch([try codecs.tokens(ofSource: sentence, reversed: false).tokens])
    let encoded = members.map { $0.model.network.encode(source.tokens, lengths: source.lengths) }
    let decoders = zip(members, encoded).map { $0.model.network.decoder.steps(over: $1.memory, lengths: $1.lengths) }
    var states = encoded.map(\.start)
    let ensemble = DecoderEnsemble(decoders)
    var (ofMean, ofMembers) = (0.0, [Double](repeating: 0, count: members.count))
    for (read, next) in zip([codecs.begin] + written, written + [codecs.end]) {
      let token = IndexTensor(shape: [1], scalars: [read])
      let together = ensemble.step(token, from: .init(states))
      let steps = zip(decoders, states).map { $0.step(token, from: $1) }
      states = steps.map(\.state)
      let probabilities = steps.map { step in
        let powers = step.logits.scalars.map { exp(Double($0)) }
        return powers.map { $0 / powers.reduce(0, +) }
      }
      let means = probabilities[0].indices.map { token in probabilities.reduce(0) { $0 + $1[token] } / Double(members.count) }
      #expect(together.logits.shape == [1, means.count])
      #expect(zip(together.logits.scalars, means).allSatisfy { abs(Double($0) - log($1)) < 1e-4 })
      ofMean += log(means[Int(next)])
      for (member, own) in probabilities.enumerated() { ofMembers[member] += log(own[Int(next)]) }
    }
    return (ofMean, ofMembers)
  }

  @Test func resumedIsUninterrupted() throws {
    try withDirectory(TinyLanguage.files()) { url in
      let assignments = [
        "model.dropout=0.2", "model.variational=true", "model.scheduledSampling=0.5", "training.epochs=2", "training.batch=40",
      ]
      let settings = try Self.settings(assignments)
      try expectSameBitsWhenResumed(stoppingAt: [4, 19]) {
        try Translation.prepare(settings, from: DataSource(url.path))
      } configuration: {
        settings.training
      }
    }
  }

  // MARK: Data

  @Test func aTableIsSplitBySource() throws {
    let pairs = TinyLanguage.pairs(count: 400, seed: 1)
    try withDirectory(["pairs.tsv": TinyLanguage.table(pairs)]) { url in
      let settings = try Self.settings(["data.from=1", "data.to=2", "data.validation=0.1", "data.test=0.2"])
      let corpus = try Parts<SentencePairs>(DataSource(url.appending(path: "pairs.tsv").path), settings.data)
      let parts = try DataPart.allCases.map { Set(try corpus.part($0).sources) }
      #expect(parts[0].isDisjoint(with: parts[1]) && parts[0].isDisjoint(with: parts[2]) && parts[1].isDisjoint(with: parts[2]))
      #expect(corpus.sets.values.reduce(0) { $0 + $1.count } == 400)
      let back = try Self.settings(["data.from=2", "data.to=1"])
      let turned = try Parts<SentencePairs>(DataSource(url.appending(path: "pairs.tsv").path), back.data)
      #expect(Set(turned.sets.values.flatMap(\.sources)) == Set(pairs.map(\.1)))
    }
  }

  /// Long pairs are left out of the training, and said to be, by line; nothing is cut, and nothing is left out elsewhere.
  @Test func longPairsAreReportedByLine() throws {
    var files = TinyLanguage.files()
    let long = Array(repeating: "dog", count: 30).joined(separator: " ")
    files["train.xx"]? += "\(long)\na cat.\n"
    files["train.yy"]? += "perro\n\n"
    files["val.xx"]? += "\(long)\n"
    files["val.yy"]? += "perro\n"
    try withDirectory(files) { url in
      let (run, _) = try Self.prepare(url, ["data.maximumLength=20"])
      #expect(run.notes.contains { $0.contains("more than 20 tokens") && $0.contains("line 601") }, "\(run.notes)")
      #expect(run.notes.contains { $0.contains("the target is empty") && $0.contains("line 602") }, "\(run.notes)")
      #expect(run.notes[0].hasPrefix("600 pairs to learn from, 61 for validation"))
      #expect(throws: DataError.self) { try Self.prepare(url, ["data.maximumLength=2"]) }
    }
  }

  @Test(arguments: [
    (["model.attention=none"], "model.feeding"), (["model.attention=dot", "model.encoderHidden=5"], "model.attention"),
    (["model.tied=output", "model.readout=3"], "model.readout"), (["model.bridge=copy", "model.encoderHidden=5"], "model.bridge"),
    (["data.to=xx"], "data.to"), (["data.tokens=characters", "data.merges=3"], "data.merges"),
    (["data.validation=0.5", "data.test=0.5"], "data.test"),
  ])
  func settingsThatDoNotGoTogetherAreRefused(assignments: [String], key: String) throws {
    let error = try #require(throws: RecipeError.self) { try Self.settings(assignments) }
    #expect("\(error)".contains(key), "\(error)")
  }

  @Test func tiedEmbeddingsNeedOneVocabulary() throws {
    try withDirectory(TinyLanguage.files()) { url in
      let error = try #require(throws: RecipeError.self) { try Self.prepare(url, ["model.tied=all"]) }
      #expect(error.description.contains("data.jointVocabulary"))
    }
  }

  @Test func batchesArePaddedWithWhatWeighsNothing() {
    let batch = PairBatch(sources: [[5, 6, 1], [7, 1]], targets: [[3, 1], [4, 5, 6, 1]], begin: 0)
    #expect(batch.source.lengths == [3, 2])
    #expect(batch.target.read == IndexTensor(shape: [4, 2], scalars: [0, 0, 3, 4, 0, 5, 0, 6]))
    #expect(batch.target.targets == IndexTensor(shape: [4, 2], scalars: [3, 4, 1, 5, -1, 6, -1, 1]))
  }
}
