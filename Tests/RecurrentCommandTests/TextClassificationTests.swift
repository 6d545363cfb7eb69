import Foundation
import Testing

/// Text classification as a person meets it: train, evaluate, predict, inspect, and what is said of bad data.
@Suite struct TextClassificationCommandTests {
  private static let recipe = """
    task: text-classification
    description: a classifier for tests
    data:
      source: data
      validation: 0.2
    model:
      hidden: 8
      embedding: 8
    training:
      epochs: 4
      batch: 8
      rate: 0.02

    """

  /// Rows of a table with a header.
  private static func rows(_ range: Range<Int>) -> String {
    let fillers = ["the sea", "a film", "some music"]
    return range.map { row in
      // No two texts are the same.
      let words = ["and", "there", "it", "all", "of", "this", "is", "here"].enumerated().map { row >> $0 & 1 == 0 ? "" : " " + $1 }.joined()
      return "\(row % 2 == 0 ? "good" : "bad")\t\(fillers[row % 3])\(words) was \(row % 2 == 0 ? "great" : "dull")!\n"
    }.joined()
  }

  private static func scratch(training: String? = nil, test: String? = nil) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("tiny.yaml", recipe)
    try FileManager.default.createDirectory(at: scratch.url.appending(path: "data"), withIntermediateDirectories: true)
    try scratch.file("data/train.tsv", training ?? "label\ttext\n" + rows(0..<120))
    try scratch.file("data/test.tsv", test ?? "label\ttext\n" + rows(120..<160))
    return scratch
  }

  private static func trained() throws -> Scratch {
    let scratch = try scratch()
    let outcome = try Recurrent.run(["train", "tiny.yaml", "--output", "run"], in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("(accuracy ") && outcome.output.contains("texts/s"))
    #expect(outcome.output.contains("predict run"))
    return scratch
  }

  /// A label that one text has is trained on, however small the training share is.
  @Test(arguments: ["data.validation=0.7", "data.test=0.7"])
  func aLabelOfOneText(assignment: String) throws {
    let scratch = try Self.scratch(training: "label\ttext\n" + Self.rows(0..<20) + "mixed\ta film was both\n")
    let arguments = ["--data", assignment.hasPrefix("data.test") ? "data/train.tsv" : "data"]
    let outcome = try Recurrent.run(["train", "tiny.yaml", "--output", "run", "--set", assignment] + arguments, in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("no text with the label \"mixed\" was left to train on: one is trained on and not held out"))
    #expect(try Recurrent.run(["evaluate", "run", "--split", "valid"] + arguments, in: scratch).status == 0)
  }

  @Test func trainsEvaluatesAndInspects() throws {
    let scratch = try Self.trained()
    let words = try Recurrent.run(["evaluate", "run", "--data", "data"], in: scratch)
    #expect(words.status == 0, "\(words.error)")
    #expect(words.output.hasPrefix("run/model.safetensors on the test part of data:\n"))
    #expect(words.output.contains("accuracy            100.00 % of 40 texts\n"))
    #expect(words.output.contains("\n  good"))
    #expect(words.output.contains("bag-of-words logistic regression") && words.output.contains("+0.00 points"))
    let json = try Recurrent.run(["evaluate", "run", "--data", "data", "--json", "--output", "figures"], in: scratch)
    let object = try #require(json.objects().first)
    #expect(object["accuracy"] as? Double == 1 && object["split"] as? String == "test")
    #expect(object["confusion"] as? [[Int]] == [[20, 0], [0, 20]])
    let baseline = try #require(object["baseline"] as? [String: Any])
    #expect(baseline["accuracy"] as? Double == 1, "one word is enough here")
    #expect(try scratch.text("figures/evaluation.json") == json.output)
    #expect(try scratch.text("figures/confusion.svg").contains("bad as good: 0 of 20"))
    let valid = try Recurrent.run(["evaluate", "run", "--data", "data", "--split", "valid", "--json"], in: scratch)
    #expect((12...36).contains(valid.objects().first?["texts"] as? Int ?? 0))

    let inspected = try Recurrent.run(["inspect", "run"], in: scratch)
    #expect(inspected.output.contains("task        text-classification: "))
    #expect(inspected.output.contains("labels      2: \"bad\" \"good\"\n"))
    #expect(inspected.output.contains("batches of 8, seed 1\n"))
    let whole = try #require(try Recurrent.run(["inspect", "run", "--json"], in: scratch).objects().first)
    #expect(whole["labels"] as? [String] == ["bad", "good"])
    #expect((whole["vocabulary"] as? [String])?.contains("great") == true)
  }

  @Test func predictsArgumentsAndLines() throws {
    let scratch = try Self.trained()
    let both = try Recurrent.run(["predict", "run", "A great film!", "so dull"], in: scratch)
    #expect(both.status == 0, "\(both.error)")
    let lines = both.output.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].hasPrefix("good\t") && lines[1].hasPrefix("bad\t") && lines[1].hasSuffix(" %\t(1 of its 2 words is not known)"))
    let input = try Recurrent.run(["predict", "run", "--json"], in: scratch, input: "A great film!\nso dull\n")
    let objects = input.objects()
    #expect(objects.map { $0["label"] as? String } == ["good", "bad"])
    let probabilities = try #require(objects[0]["probabilities"] as? [String: Double])
    #expect(abs((probabilities["good"] ?? 0) + (probabilities["bad"] ?? 0) - 1) < 1e-6)
    #expect(objects[0]["probability"] as? Double == probabilities["good"])
    #expect(objects[0]["tokens"] as? Int == 4 && objects[1]["unknown"] as? Int == 1)
    #expect(!scratch.has("explanation.html"))
  }

  @Test func explainsAVerdict() throws {
    let scratch = try Self.trained()
    let table = try Recurrent.run(["predict", "run", "--explain", "the film was great"], in: scratch)
    #expect(table.status == 0, "\(table.error)")
    #expect(table.output.hasPrefix("good\t") && table.output.contains("influence  so far"))
    #expect(!table.output.contains("\u{1B}"), "no colours where nobody watches")
    #expect(try scratch.text("explanation.html").contains(">great</span>"))
    let json = try Recurrent.run(
      ["predict", "run", "--explain", "--json", "--html", "why.html", "the film was great"], in: scratch)
    let object = try #require(json.objects().first)
    let words = try #require(object["words"] as? [[String: Any]])
    #expect(words.map { $0["text"] as? String } == ["the", "film", "was", "great"])
    let influences = words.compactMap { $0["influence"] as? Double }
    #expect(influences.max() == influences[3] && influences[3] > 0, "\(influences)")
    #expect(scratch.has("why.html") && object["html"] as? String == "why.html")
  }

  // MARK: Mistakes

  private func expectFailure(
    _ outcome: Outcome, _ mentions: [String], location: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status == 1, "\(outcome.error)", sourceLocation: location)
    #expect(outcome.error.split(separator: "\n").count <= 2, "\(outcome.error)", sourceLocation: location)
    for mention in mentions {
      #expect(outcome.error.contains(mention), "\(mention) is not in: \(outcome.error)", sourceLocation: location)
    }
  }

  @Test func oneCanLookIntoItsCells() throws {
    let scratch = try Self.trained()
    try scratch.file("text.txt", "The music was dull!")
    let outcome = try Recurrent.run(["watch", "run", "--file", "text.txt", "--units", "all", "--json"], in: scratch)
    let object = try #require(outcome.objects().first, "\(outcome.error)")
    #expect((object["steps"] as? [String])?.prefix(4) == ["the", "music", "was", "dull"])
    let cells = try #require(object["cells"] as? [[String: Any]])
    #expect(cells.contains { $0["direction"] as? String == "reverse" } == (cells.count == 2))
    #expect(cells.allSatisfy { ($0["units"] as? [Int])?.count == 8 })
    try scratch.file("bytes.txt", Data([0x66, 0xFF, 0x66]))
    for (file, mention) in [("bytes.txt", "not UTF-8"), ("nowhere.txt", "nowhere.txt")] {
      let failure = try Recurrent.run(["watch", "run", "--file", file], in: scratch)
      #expect(failure.status == 1 && failure.error.contains(mention), "\(failure.error)")
    }
  }

  @Test func verbsOfOtherTasksSayWhatTheModelIs() throws {
    let scratch = try Self.trained()
    expectFailure(
      try Recurrent.run(["generate", "run"], in: scratch),
      ["is a text-classification model, and generate needs a language-model model", "predict, watch, evaluate, inspect"])
    let other = try TinyRun.trained()
    expectFailure(
      try Recurrent.run(["predict", "run", "a text"], in: other),
      ["is a language-model model, and predict needs a model of text-classification, knowledge-tracing, series-classification,", "generate, watch, evaluate, inspect"])
    expectFailure(
      try Recurrent.run(["evaluate", "run", "--data", "data", "--weights", "bfloat16"], in: scratch), ["--weights"])
    expectFailure(
      try Recurrent.run(["evaluate", "run", "--data", "tinyshakespeare"], in: scratch), ["tinyshakespeare", "--data"])
    expectFailure(try Recurrent.run(["predict", "run", ""], in: scratch), ["text 1", "empty"])
    expectFailure(try Recurrent.run(["predict", "run", "good", " "], in: scratch), ["text 2", "empty"])
    expectFailure(try Recurrent.run(["predict", "run"], in: scratch), ["standard input is empty"])
    let usage = try Recurrent.run(["predict", "run", "a", "--html", "x"], in: scratch)
    #expect(usage.status == 64 && usage.error.contains("--explain"))
  }

  @Test(arguments: [
    ("label\ttext\ngood\tfine\nbad\t \n", ["data/train.tsv:3", "the text is empty", "data.skipEmpty=true"]),
    ("label\ttext\n\tfine\nbad\tdull\n", ["data/train.tsv:2", "the label is empty"]),
    ("label\ttext\ngood\tfine\nbad\n", ["data/train.tsv:3"]),
    ("label\ttext\ngood\tfine\ngood\tdull\n", ["data/train.tsv", "all labels are \"good\""]),
    ("lable\ttext\ngood\tfine\nbad\tdull\n", ["data/train.tsv:1", "\"label\"", "did you mean \"lable\"?"]),
    ("label\ttext\ngood\tfi\u{0}ne\n", ["data/train.tsv:2", "binary file"]),
    ("label\ttext\n", ["data/train.tsv", "no row"]),
    ("", ["data/train.tsv", "empty"]),
  ])
  func trainingTablesWithAMistake(table: String, mentions: [String]) throws {
    let scratch = try Self.scratch(training: table)
    expectFailure(try Recurrent.run(["train", "tiny.yaml"], in: scratch), mentions)
    #expect(!scratch.has("output"), "nothing is written before the data are known to be good")
  }

  @Test func aLabelOfTheTestSplitAlone() throws {
    let mistaken = "label\ttext\n" + Self.rows(120..<130) + "god\tgreat\n"
    let scratch = try Self.scratch(test: mistaken)
    let mentions = ["data/test.tsv:12", "\"god\"", "bad, good", "did you mean \"good\"?"]
    expectFailure(try Recurrent.run(["train", "tiny.yaml"], in: scratch), mentions)
    let trained = try Self.trained()
    try trained.file("data/test.tsv", mistaken)
    expectFailure(try Recurrent.run(["evaluate", "run", "--data", "data"], in: trained), mentions)
  }

  @Test func recipesWithAMistake() throws {
    let scratch = try Self.scratch()
    for (assignment, mention) in [
      ("training.steps=5", "unknown key \"training.steps\""),
      ("model.pooling=maxx", "did you mean \"max\"?"),
      ("data.header=false", "data.labelColumn"),
      ("data.test=0.9", "data.test"),
      ("data.validation=0", "no valid part"),
      ("model.hidden=65536", "memory"),
    ] {
      expectFailure(
        try Recurrent.run(
          ["train", "tiny.yaml", "--set", assignment] + (mention == "memory" ? ["--set", "model.layers=64"] : []),
          in: scratch), [mention])
    }
  }
}
