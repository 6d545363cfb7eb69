import Foundation
import RecurrentTensors
import RecurrentTraining
import Testing

@testable import RecurrentData
@testable import RecurrentTasks

/// What a model was trained on is known of any data that it is measured on.
@Suite struct TrainedOnTests {
  /// Data of one task by chance: nothing can be learned from them but the examples themselves.
  struct Case: Sendable, CustomTestStringConvertible {
    let task: String
    let file: String
    let assignments: [String]
    /// The header, if there is one, and an example of a number.
    let header: String
    let line: @Sendable (Int, inout RandomGenerator) -> String
    var testDescription: String { task }
  }

  private static func words(_ count: Int, _ generator: inout RandomGenerator) -> String {
    (0..<count).map { _ in "w\(generator.next() % 60)" }.joined(separator: " ")
  }

  private static func numbers(_ count: Int, _ generator: inout RandomGenerator) -> String {
    "[" + (0..<count).map { _ in String(format: "%.3f", generator.normal()) }.joined(separator: ",") + "]"
  }

  static let cases: [Case] = [
    Case(task: "text-classification", file: "data.csv", assignments: ["data.test=0.3"], header: "label,text\n") { _, generator in
      "\(generator.next() % 2 == 0 ? "a" : "b"),\(words(8, &generator))\n"
    },
    Case(
      task: "translation", file: "data.tsv",
      assignments: ["data.tokens=words", "data.from=1", "data.to=2", "data.header=false", "data.test=0.3", "model.embedding=8"], header: ""
    ) { _, generator in "\(words(4, &generator))\t\(words(4, &generator))\n" },
    Case(task: "conversation", file: "data.jsonl", assignments: ["data.tokens=words", "data.split=[0.6,0.1,0.3]", "model.embedding=8"], header: "") { _, generator in
      "{\"turns\":[\"\(words(4, &generator))\",\"\(words(3, &generator))\"]}\n"
    },
    Case(task: "series-classification", file: "data.jsonl", assignments: ["data.test=0.3", "data.validation=0.1"], header: "") { _, generator in
      "{\"label\":\"\(generator.next() % 2 == 0 ? "a" : "b")\",\"x\":\(numbers(5, &generator))}\n"
    },
    Case(task: "series-regression", file: "data.jsonl", assignments: ["data.test=0.3", "data.validation=0.1"], header: "") { _, generator in
      "{\"x\":\(numbers(5, &generator)),\"y\":\(numbers(1, &generator))}\n"
    },
    Case(task: "knowledge-tracing", file: "data.csv", assignments: ["data.split=[0.6,0.1,0.3]"], header: "student,skill,correct\n") { number, generator in
      (0..<6).map { _ in "s\(number),\(generator.next() % 4),\(generator.next() % 2)\n" }.joined()
    },
  ]

  private static func report(_ trained: any TrainedModel, _ url: URL, _ part: MeasuredPart? = nil) throws -> EvaluationReport {
    try trained.report(on: EvaluationRequest(source: DataSource(url.path), part: part))
  }

  private static func integer(_ key: String, _ report: EvaluationReport) throws -> Int {
    guard case .integer(let value) = report.members.first(where: { $0.0 == key })?.1 else {
      throw EvaluationError("no \(key) in \(report.members.map(\.0))")
    }
    return value
  }

  /// Trains on a file, and gives what stands in the model's file.
  private static func trained(_ test: Case, on url: URL) throws -> any TrainedModel {
    let text = "task: \(test.task)\ndata:\n  validation: 0.1\nmodel:\n  hidden: 8\ntraining:\n  epochs: 1\n"
    var recipe = try Recipe(yaml: ["conversation"].contains(test.task) ? text.replacing("data:\n  validation: 0.1\n", with: "") : text, name: "r", origin: "r.yaml")
    for assignment in test.assignments { try recipe.set(assignment) }
    func train<Task: RecipeTask>(_ task: Task.Type) throws -> any TrainedModel {
      let run = try Task.prepare(RunSettings<Task>(recipe), from: DataSource(url.path))
      let file = url.deletingLastPathComponent().appending(path: "model.safetensors")
      try run.trained(run.trainer().run(from: run.model)).save(to: file)
      return try Trained<Task>(contentsOf: file)
    }
    return try train(recipe.task.task)
  }

  @Test(arguments: cases) func noTestExampleWasTrainedOnWhenOthersCome(_ test: Case) throws {
    var generator = RandomGenerator(seed: 1)
    let lines = (0..<200).map { test.line($0, &generator) }
    let more = (200..<203).map { test.line($0, &generator) }
    let files = [
      "data": lines, "more": lines + more, "first": more + lines, "sorted": (lines + more).sorted(), "fewer": Array(lines.dropFirst(5)),
      "new": (300..<320).map { test.line($0, &generator) },
    ]
    try LabelledSeriesExamples.withFiles(
      Dictionary(uniqueKeysWithValues: files.map { ("\($0)-\(test.file)", test.header + $1.joined()) })
    ) { directory in
      func url(_ name: String) -> URL { directory.appending(path: "\(name)-\(test.file)") }
      let trained = try Self.trained(test, on: url("data"))
      for name in ["data", "more", "first", "sorted", "fewer"] {
        let report = try Self.report(trained, url(name))
        #expect(report.part == .part(.test))
        #expect(try Self.integer("trainedOn", report) == 0, "\(name)")
        #expect(!report.text.contains("trained on"), "\(name)")
      }
      // The file as a whole: what was trained on is counted, and the rest is measured apart.
      let whole = try Self.report(trained, url("data"), .whole)
      let count = try Self.integer("trainedOn", whole)
      #expect(abs(count - 120) < 25)
      #expect(whole.text.contains("\(count) of 200 ") && whole.text.contains("trained on; on the other \(200 - count):"), "\(whole.text)")
      guard case .object(let others) = whole.members.first(where: { $0.0 == "others" })?.1 else {
        Issue.record("nothing of the others")
        return
      }
      #expect(others.contains { $0.0 == "loss" })
      let train = try Self.report(trained, url("data"), .part(.train))
      #expect(try Self.integer("trainedOn", train) == count)
      #expect(try Self.integer("trainedOn", Self.report(trained, url("new"), .whole)) == 0)
    }
  }

  /// Each example twice, with labels by chance: none is in two parts.
  @Test(arguments: cases.filter { $0.task != "knowledge-tracing" }) func equalExamplesAreInOnePart(_ test: Case) throws {
    var (generator, labels) = (RandomGenerator(seed: 1), RandomGenerator(seed: 2))
    let lines = (0..<100).map { test.line($0, &generator) }
    let again = lines.map { line in
      line.replacing(/^[ab],/, with: labels.next() % 2 == 0 ? "a," : "b,").replacing(/"label":"."/, with: "\"label\":\"\(labels.next() % 2 == 0 ? "a" : "b")\"")
    }
    try LabelledSeriesExamples.withFiles(["twice-\(test.file)": test.header + lines.joined() + again.joined()]) { directory in
      let url = directory.appending(path: "twice-\(test.file)")
      let trained = try Self.trained(test, on: url)
      #expect(try Self.integer("trainedOn", Self.report(trained, url)) == 0)
    }
  }

  @Test func filesThatShareExamplesAreTold() throws {
    let test = Self.cases[0]
    var generator = RandomGenerator(seed: 1)
    let lines = (0..<40).map { test.line($0, &generator) }
    try LabelledSeriesExamples.withFiles([
      "train.csv": test.header + lines[..<30].joined(), "valid.csv": test.header + lines[30..<35].joined(),
      "test.csv": test.header + lines[25...].joined(),
    ]) { url in
      let recipe = try Recipe(yaml: "task: text-classification\nmodel:\n  hidden: 8\ntraining:\n  epochs: 1\n", name: "r", origin: "r.yaml")
      let run = try TextClassification.prepare(RunSettings(recipe), from: DataSource(url.path))
      #expect(run.notes.contains { $0.hasSuffix("5 of 15 texts of the test part are in the training part too") }, "\(run.notes)")
      let trained = try run.trained(run.trainer().run(from: run.model))
      #expect(try Self.report(trained, url).text.contains("5 of 15 texts of the test part were trained on; on the other 10:"))
    }
  }

  @Test func whatWasTrainedOnIsKeptAsText() throws {
    var generator = RandomGenerator(seed: 1)
    let hashes = (0..<1000).map { _ in ContentHash(bits: generator.next()) }
    let kept = TrainedOn(hashes)
    let data = try JSONEncoder().encode(kept)
    #expect(try JSONDecoder().decode(TrainedOn.self, from: data) == kept && data.count < 11_500)
    #expect(kept == TrainedOn(hashes.reversed()) && kept.digest != TrainedOn(Array(hashes.dropFirst())).digest)
    // Too many to be listed: the digest tells the same training part.
    let many = (0...TrainedOn.limit).map { _ in ContentHash(bits: generator.next()) }
    let large = TrainedOn(many)
    #expect(large.hashes == nil && large.hashes(or: many)?.count == many.count)
    #expect(large.hashes(or: hashes) == nil && large.hashes(or: nil) == nil)
    for text in ["{\"count\":1,\"digest\":\"x\"}", "{\"count\":1,\"digest\":\"1f\",\"hashes\":\"AAAA\"}"] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(TrainedOn.self, from: Data(text.utf8)) }
    }
  }

  // MARK: What the model never saw

  @Test func unknownWordsAndSkillsAreTold() throws {
    for (test, from, refusal) in [
      (Self.cases[0], "w", "knows none of the words of these texts, such as \"x"),
      (Self.cases[1], "w", "knows none of the words of these sources, such as \"x"),
      (Self.cases[2], "w", "knows none of the words of these conversations, such as \"x"),
      (Self.cases[5], #",(\d),"#, "knows none of the skills of these answers, such as \""),
    ] {
      var generator = RandomGenerator(seed: 1)
      let lines = (0..<100).map { test.line($0, &generator) }
      let pattern = try Regex(from)
      func renamed(_ line: String) -> String {
        line.replacing(pattern) { match in from == "w" ? "x" : "," + line[match.range].filter(\.isNumber) + ".0," }
      }
      try LabelledSeriesExamples.withFiles([
        "data-\(test.file)": test.header + lines.joined(), "none-\(test.file)": test.header + lines.map(renamed).joined(),
        "some-\(test.file)": test.header + lines.enumerated().map { $0 < 10 ? renamed($1) : $1 }.joined(),
      ]) { directory in
        func url(_ name: String) -> URL { directory.appending(path: "\(name)-\(test.file)") }
        let trained = try Self.trained(test, on: url("data"))
        let error = #expect(throws: EvaluationError.self) { try Self.report(trained, url("none"), .whole) }
        #expect(error?.description.contains(refusal) == true && error?.description.contains("it knows \"") == true, "\(String(describing: error))")
        let some = try Self.report(trained, url("some"), .whole)
        #expect(try Self.integer("unknown", some) > 0)
        #expect(some.text.contains("unknown"), "\(some.text)")
      }
    }
  }
}
