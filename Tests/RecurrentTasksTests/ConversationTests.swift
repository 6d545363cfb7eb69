import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining
import Testing

@testable import RecurrentTasks

@Suite struct ConversationTests {
  private static let names = ["Anna", "Bert", "Carl", "Dora"]

  /// Conversations whose last answer depends on the first turn and on nothing else.
  private static func lines(_ count: Int) -> String {
    (0..<count).map { index in
      let name = names[(index * 7 + index / 4) % 4]
      let small = ["Hello.", "Good day!", "Oh, hi."][index % 3]
      return "{\"topic\":\"names\",\"turns\":[\"I am \(name).\",\"\(small)\",\"Who?\",\"\(name)\"]}\n"
    }.joined()
  }

  /// Prepares a run on a file of these lines, or on a directory `parts` of 240 conversations: dealt by what they are, the twelve different
  /// ones of these would each be in one part alone.
  private static func prepare(
    _ directory: URL, lines: String? = nil, change: (inout RecipeValues) -> Void = { _ in }
  ) throws -> (RunSettings<ConversationModeling>, PreparedRun<ConversationModeling>) {
    var url = directory.appending(path: "talk.jsonl")
    try Data((lines ?? Self.lines(240)).utf8).write(to: url)
    if lines == nil {
      let all = Self.lines(240).split(separator: "\n")
      url = directory.appending(path: "parts")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      for (part, indices) in Splits.random(count: 240, fractions: SplitFractions(train: 0.8, validation: 0.1, test: 0.1), seed: 0) {
        try Data(indices.map { all[$0] + "\n" }.joined().utf8).write(to: url.appending(path: "\(part.rawValue).jsonl"))
      }
    }
    var values = RecipeValues()
    change(&values)
    let settings = try RunSettings<ConversationModeling>(
      Recipe(yaml: values.yaml, name: "tiny", origin: "tiny.yaml"))
    return (settings, try ConversationModeling.prepare(settings, from: .path(url.path)))
  }

  /// What tests change in the recipe.
  struct RecipeValues {
    var tokens = "words-and-marks"
    var context = "conversation"
    var epochs = 60
    var steps = 100
    var hidden = 32
    var rate = 0.02
    var cell = "lstm"
    var dropout = 0.0

    var yaml: String {
      """
      task: conversation
      data:
        tokens: \(tokens)
        context: \(context)
        split: [0.8, 0.1, 0.1]
      model:
        cell: \(cell)
        hidden: \(hidden)
        layers: 1
        embedding: 32
        dropout: \(dropout)
      training:
        epochs: \(epochs)
        batch: 8
        steps: \(steps)
        rate: \(rate)
        clip: 5

      """
    }
  }

  private static func trained(
    _ directory: URL, change: (inout RecipeValues) -> Void = { _ in }
  ) throws -> TrainedConversationModel {
    let (settings, run) = try prepare(directory, change: change)
    let output = directory.appending(path: "run")
    _ = try Trainer(
      objective: run.objective, source: run.source, configuration: settings.training, seed: 1, directory: output, modelMetadata: run.metadata()
    ).run(from: run.model)
    return try TrainedConversationModel(contentsOf: output.appending(path: "model.safetensors"))
  }

  private static func byTurn(_ trained: TrainedConversationModel, _ directory: URL) throws -> [Double] {
    let set = try ConversationSet(jsonLines: directory.appending(path: "talk.jsonl"))
    let sequences = try EncodedConversations(set, trained.codec).sequences(trained.settings.data.context)
    return (0..<4).map { trained.model.score(sequences, turns: $0..<$0 + 1).perplexity }
  }

  /// What the issue is about: with the conversation before it the last answer is known, without it one of four.
  @Test(arguments: ["lstm", "gru"]) func anAnswerThatDependsOnAnEarlierTurn(cell: String) throws {
    try withDirectory { directory in
      let trained = try Self.trained(directory) { ($0.cell, $0.epochs, $0.rate, $0.hidden) = (cell, 100, 0.01, 64) }
      let perplexities = try Self.byTurn(trained, directory)
      #expect(perplexities[3] < 1.1, "\(perplexities)")
      var generator = RandomGenerator(seed: 1)
      for name in Self.names {
        var partner = ConversationPartner(trained.model, codec: trained.codec)
        for turn in ["I am \(name).", "Good day!", "Who?"] { try partner.hear(turn) }
        #expect(partner.answer(sampling: Sampling(temperature: 0), longest: 5, using: &generator) == name)
      }
    }
  }

  @Test func withoutContextTheAnswerIsGuessed() throws {
    try withDirectory { directory in
      let trained = try Self.trained(directory) { $0.context = "none" }
      let perplexities = try Self.byTurn(trained, directory)
      // A name and the end of the turn: 4 alternatives and 1, that is a perplexity of 2.
      #expect(perplexities[3] > 1.9, "\(perplexities)")
      // What was heard does not matter: the same answers whatever it was.
      var answers: Set<String> = []
      for name in Self.names {
        var generator = RandomGenerator(seed: 4)
        var partner = ConversationPartner(trained.model, codec: trained.codec, context: .none)
        try partner.hear("I am \(name).")
        answers.insert(partner.answer(sampling: Sampling(), longest: 20, using: &generator))
      }
      #expect(answers.count == 1)
    }
  }

  @Test func bothKindsOfRunsHaveTheSameTargets() throws {
    try withDirectory { directory in
      let (_, with) = try Self.prepare(directory)
      let (_, without) = try Self.prepare(directory) { $0.context = "none" }
      var generator = RandomGenerator(seed: 1)
      let a = with.objective.evaluate(with.model, using: &generator)
      let b = without.objective.evaluate(without.model, using: &generator)
      #expect(a.units == b.units)
      #expect(with.source.stepsPerEpoch == without.source.stepsPerEpoch)
      #expect(try with.metadata()["vocabulary"] == without.metadata()["vocabulary"])
      #expect(abs(a.loss - b.loss) < 0.5, "both are guessing")
    }
  }

  @Test func turnsTogetherAreTheWhole() throws {
    try withDirectory { directory in
      let (_, run) = try Self.prepare(directory)
      let set = try ConversationSet(jsonLines: directory.appending(path: "talk.jsonl"))
      let codec = try TextCodec(
        Tokenizer(.wordsAndMarks), JSONDecoder().decode(Vocabulary.self, from: Data(run.metadata()["vocabulary"]!.utf8)),
        replacesUnknown: true)
      let encoded = try EncodedConversations(set, codec)
      let whole = run.model.score(encoded.sequences(.conversation))
      let parts = [0..<1, 1..<3, 3..<Int.max].map { run.model.score(encoded.sequences(.conversation), turns: $0) }
      let sum = parts.reduce(TokenScore(), +)
      #expect(whole.count == encoded.tokenCount && sum.count == whole.count)
      #expect(abs(sum.total / whole.total - 1) < 1e-6)
      // The first turn has no context in either case.
      let alone = run.model.score(encoded.sequences(.none), turns: 0..<1)
      #expect(alone.count == parts[0].count && abs(alone.total / parts[0].total - 1) < 1e-6)
      // Words between spaces, and an end for each turn.
      let words = set.conversations.flatMap(\.turns).reduce(0) { $0 + $1.split(separator: " ").count }
      #expect(encoded.wordCount == words + 240 * 4)
    }
  }

  /// A conversation read in parts: each part begins with nothing, and every token is predicted once.
  @Test func longConversationsAreReadInPartsAndSaid() throws {
    try withDirectory { directory in
      let (_, run) = try Self.prepare(directory) { $0.steps = 6 }
      let told = "192 of 192 conversations are longer than training.steps, 6 words-and-marks: they are learned from in parts"
      #expect(run.notes.contains(told), "\(run.notes)")
      let (_, whole) = try Self.prepare(directory)
      #expect(!whole.notes.contains { $0.contains("longer than training.steps") })
      func units(_ run: PreparedRun<ConversationModeling>) throws -> Int {
        var generator = RandomGenerator(seed: 1)
        return try (0..<run.source.stepsPerEpoch).reduce(0) {
          let batch = try run.source.batch(at: $1, epoch: 0, shard: .whole)
          return $0 + run.objective.loss(of: run.model, on: batch, from: NoCarriedState(), using: &generator).units
        }
      }
      #expect(try units(run) == units(whole))
    }
  }

  @Test func resumedEqualsUninterrupted() throws {
    try withDirectory { directory in
      var configuration = TrainingConfiguration()
      try expectSameBitsWhenResumed(
        stoppingAt: [5, 21],
        {
          let (settings, run) = try Self.prepare(directory) { ($0.epochs, $0.dropout) = (2, 0.3) }
          configuration = settings.training
          return run
        }, configuration: { configuration })
    }
  }

  @Test(arguments: ["subwords", "words-with-spaces", "words", "characters", "bytes"])
  func everyKindOfTokenTalks(tokens: String) throws {
    try withDirectory { directory in
      let trained = try Self.trained(directory) { ($0.tokens, $0.epochs) = (tokens, 1) }
      func talk(_ seed: UInt64) throws -> [String] {
        var generator = RandomGenerator(seed: seed)
        var partner = ConversationPartner(trained.model, codec: trained.codec)
        return try (0..<12).map { _ in
          try partner.hear("Zoë 😀 says\nhi <unk> <eos>")
          return partner.answer(sampling: Sampling(temperature: 3), longest: 12, using: &generator)
        }
      }
      let answers = try talk(1)
      for answer in answers {
        #expect(!answer.contains("<unk>") && !answer.contains("<bos>") && !answer.contains("<eos>"), "\(answer)")
        #expect(!answer.contains(where: \.isNewline) && answer.contains { !$0.isWhitespace }, "\(answer)")
      }
      #expect(try talk(1) == answers)
      #expect(try talk(2) != answers)
    }
  }

  /// Heard and said is the same to the state, and a reset is a new beginning.
  @Test func theStateIsThatOfWhatWasSaid() throws {
    try withDirectory { directory in
      let trained = try Self.trained(directory) { $0.epochs = 2 }
      var generator = RandomGenerator(seed: 9)
      var first = ConversationPartner(trained.model, codec: trained.codec)
      try first.hear("I am Carl.")
      let said = first.answer(sampling: Sampling(), longest: 30, using: &generator)
      var second = ConversationPartner(trained.model, codec: trained.codec)
      try second.hear("Oh, hi.")
      second.reset()
      try second.hear("I am Carl.")
      try second.hear(said)
      var (one, other) = (RandomGenerator(seed: 2), RandomGenerator(seed: 2))
      #expect(
        first.answer(sampling: Sampling(), longest: 30, using: &one)
          == second.answer(sampling: Sampling(), longest: 30, using: &other))
    }
  }

  /// An answer that was cut short is a turn like one that came to its end.
  @Test func anAnswerThatIsCutShortIsATurn() throws {
    try withDirectory { directory in
      let trained = try Self.trained(directory) { $0.epochs = 2 }
      var generator = RandomGenerator(seed: 1)
      var cut = ConversationPartner(trained.model, codec: trained.codec)
      var whole = ConversationPartner(trained.model, codec: trained.codec)
      try cut.hear("I am Dora.")
      let word = cut.answer(sampling: Sampling(), longest: 1, using: &generator)
      #expect(!word.isEmpty)
      for turn in ["I am Dora.", word] { try whole.hear(turn) }
      for _ in 0..<3 {
        var (one, other) = (generator, generator)
        #expect(
          cut.answer(sampling: Sampling(), longest: 20, using: &one)
            == whole.answer(sampling: Sampling(), longest: 20, using: &other))
        _ = generator.next()
      }
    }
  }

  @Test func reportsBesideTurnsAlone() throws {
    try withDirectory { directory in
      let trained = try Self.trained(directory)
      let report = try trained.report(on: EvaluationRequest(source: .path(directory.appending(path: "parts").path)))
      #expect(report.part == .part(.test))
      func number(_ key: String) -> Double? {
        guard case .number(let value) = report.members.first(where: { $0.0 == key })?.1 else { return nil }
        return value
      }
      let (whole, alone) = (try #require(number("perplexity")), try #require(number("perplexityWithoutContext")))
      #expect(whole < 1.5 && alone > whole + 0.1, "\(whole) \(alone)")
      #expect(report.text.contains("turn 3 to 5"))
      #expect(report.text.contains("of 96 turns in 24 conversations"))
    }
  }

  @Test func badData() throws {
    func message(_ text: String) throws -> String {
      try withDirectory { directory in
        do {
          _ = try Self.prepare(directory, lines: text)
          return "nothing thrown"
        } catch { return "\(error)".replacing(directory.path, with: "DIR") }
      }
    }
    #expect(try message("").hasPrefix("DIR/talk.jsonl: there is not one conversation"))
    #expect(
      try message("{\"turns\":[\"only one\"]}\n")
        == "DIR/talk.jsonl: there is no valid part (there is: train); give a directory with valid.jsonl, or set its fraction in"
        + " data.split")
    #expect(try message("{\"turns\":[\"a\"}\n").hasPrefix("DIR/talk.jsonl:1:14: ] is needed here"))
  }
}
