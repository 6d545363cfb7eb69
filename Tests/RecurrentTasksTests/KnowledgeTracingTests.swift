import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining
import Testing

@testable import RecurrentTasks

@Suite struct KnowledgeTracingTests {
  /// Students of different ability whose answers get better with practice; a question asks for one skill or two.
  private static func table(students: Int, seed: UInt64, isRandom: Bool = false) -> String {
    var generator = RandomGenerator(seed: seed)
    var text = "student,question,skill,correct\n"
    for student in 0..<students {
      let ability = Double.random(in: -2...2, using: &generator)
      var practice = [Double](repeating: 0, count: 4)
      for answer in 0..<25 {
        let skill = Int.random(in: 0..<4, using: &generator)
        let skills = answer % 3 == 0 ? [skill, (skill + 1) % 4] : [skill]
        let strength = isRandom ? 0 : ability + practice[skill] - 0.7 * Double(skill)
        let isRight = Double.random(in: 0..<1, using: &generator) < 1 / (1 + exp(-strength))
        for skill in skills {
          practice[skill] += 0.3
          text += "s\(student),q\(answer),\(["add", "divide", "multiply", "subtract"][skill]),\(isRight ? 1 : 0)\n"
        }
      }
    }
    return text
  }

  private static func data(_ change: (inout AnswerDataConfiguration) -> Void = { _ in }) -> AnswerDataConfiguration {
    var data = AnswerDataConfiguration()
    data.question = "question"
    change(&data)
    return data
  }

  private static func recipe(_ data: AnswerDataConfiguration, epochs: Int = 12) throws -> RunSettings<KnowledgeTracing> {
    var recipe = try Recipe(
      yaml: """
        task: knowledge-tracing
        description: a test
        reproduces: nothing
        data: {format: \(data.format.rawValue), history: \(data.history.rawValue), \
        question: \(data.question ?? "none"), longestPractice: \(data.longestPractice.map { "\($0)" } ?? "none")}
        model: {hidden: 16, embedding: 8, dropout: 0.1}
        training: {epochs: \(epochs), batch: 16, steps: 40, rate: 0.01, clip: 5}
        """, name: "test", origin: "test.yaml")
    recipe.seed = 4
    return try RunSettings(recipe)
  }

  /// Trains on a file and reads the model back from its own.
  private static func trained(
    _ text: String, _ settings: RunSettings<KnowledgeTracing>, named name: String = "answers.csv",
    _ body: (TrainedKnowledgeTracing, URL) throws -> Void
  ) throws {
    try withDirectory([name: text]) { directory in
      let file = directory.appending(path: name)
      let run = try KnowledgeTracing.prepare(settings, from: .path(file.path))
      let result = try run.trainer().run(from: run.model)
      let url = directory.appending(path: "model.safetensors")
      try saveModel(result.model, metadata: run.metadata(), to: url)
      try body(TrainedKnowledgeTracing(contentsOf: url), file)
    }
  }

  private static func member(_ key: String, of report: EvaluationReport) throws -> Double {
    let member = try #require(report.members.first { $0.0 == key })
    return try #require(Double(member.1.description))
  }

  @Test func aModelLearnsWhoKnowsWhatAndBeatsShares() throws {
    try Self.trained(Self.table(students: 400, seed: 1), try Self.recipe(Self.data())) { trained, file in
      let report = try trained.report(on: EvaluationRequest(source: .path(file.path)))
      #expect(report.part == .part(.test))
      let area = try Self.member("auc", of: report)
      // Shares of right answers know the skill; who answers, and how often he has practised, only the model can know.
      #expect(try area > Self.member("baselineAUC", of: report) + 0.05)
      let answers = try Int(Self.member("answers", of: report))  // of about 40 students, 25 questions each, whatever their skills
      #expect(answers % 25 == 0 && (700...1300).contains(answers))
      let shuffled = try trained.report(
        on: EvaluationRequest(source: .path(file.path), part: .whole, options: [.shuffleAnswers: ""]))
      #expect(try abs(Self.member("auc", of: shuffled) - 0.5) < 0.02)
      let predictions = try #require(report.attachments.first { $0.name == "predictions.csv" }).contents
      #expect(predictions.split(separator: "\n").count == answers + 1)
      #expect(predictions.contains("add divide"))
    }
  }

  @Test func theCellsOfOneStudentAreWatched() throws {
    try Self.trained(Self.table(students: 20, seed: 1), try Self.recipe(Self.data(), epochs: 1)) { trained, file in
      let run = try trained.watch(.text(file.path + ":3"), limit: 7)
      #expect(run.steps.count == 7 && run.steps.allSatisfy { $0.hasSuffix(" right") || $0.hasSuffix(" wrong") })
      #expect(run.cells.map { $0.hidden.shape } == [[7, 1, 16]])
      #expect(throws: WatchError.self) { try trained.watch(.text(file.path + ":21"), limit: 7) }
    }
  }

  /// What pulls published figures up: the answer to a question stands under each of its skills. Answers made by throwing a coin must come
  /// out at one half; a history that crosses skills in a file sorted by skill finds them, one that stays within the skill does not.
  @Test func randomAnswersAreOneHalfUnlessAQuestionSeesItsOwnAnswer() throws {
    var generator = RandomGenerator(seed: 8)
    var lines = ""
    for _ in 0..<500 {
      let answers = (0..<4).map { _ in Bool.random(using: &generator) ? 1 : 0 }
      // Four questions, each of both skills, sorted by skill as the ASSISTments file is.
      lines += "8\n1,1,1,1,2,2,2,2,\n" + (answers + answers).map { "\($0)," }.joined() + "\n"
    }
    func area(_ history: AnswerDataConfiguration.History) throws -> Double {
      var result = 0.0
      let data = Self.data { ($0.format, $0.history, $0.question) = (.threeLines, history, nil) }
      try Self.trained(lines, Self.recipe(data, epochs: 25), named: "answers.txt") { trained, file in
        result = try Self.member("auc", of: trained.report(on: EvaluationRequest(source: .path(file.path), part: .whole)))
      }
      return result
    }
    #expect(try area(.student) > 0.6)
    #expect(try abs(area(.skill) - 0.5) < 0.04)
  }

  /// The same in a table that names its questions: there an answer is one step, and the history may be whole.
  @Test func aQuestionOfSeveralSkillsDoesNotSeeItsAnswer() throws {
    let text = Self.table(students: 1200, seed: 3, isRandom: true)
    try Self.trained(text, Self.recipe(Self.data(), epochs: 4)) { trained, file in
      let report = try trained.report(on: EvaluationRequest(source: .path(file.path)))
      #expect(try abs(Self.member("auc", of: report) - 0.5) < 0.04)  // 3,000 answers: four standard errors
    }
  }

  /// A prediction depends on what is before it and on nothing else: not on its own answer, not on later ones, not on other students.
  @Test(arguments: [CellKind.lstm, .gru])
  func noProbabilityDependsOnItsOwnAnswerOrALaterOne(_ cell: CellKind) throws {
    var configuration = KnowledgeTracingConfiguration()
    (configuration.cell, configuration.hidden, configuration.embedding) = (cell, 12, 6)
    var generator = RandomGenerator(seed: 2)
    let model = KnowledgeTracingModel(configuration, skillCount: 5, using: &generator)
    let skills: [[Int32]] = [[1], [2, 3], [4], [0, 1, 2], [3], [2]]
    let first = SkillSequence(student: "a", answers: skills.enumerated().map { SkillAnswer(skills: $1, isRight: $0 % 2 == 0) })
    let other = SkillSequence(student: "b", answers: skills.reversed().map { SkillAnswer(skills: $0, isRight: true) } + first.answers)
    let before = model.probabilities([first, other])
    #expect(model.probabilities([first])[0] == before[0])
    for changed in first.answers.indices {
      var sequence = first
      sequence.answers[changed].isRight.toggle()
      let after = model.probabilities([sequence, other])
      #expect(after[1] == before[1])
      for step in first.answers.indices { #expect((after[0][step] == before[0][step]) == (step <= changed)) }
    }
  }

  /// A sequence in parts: the second part reads the answer before it.
  @Test func aPartReadsTheAnswerBeforeIt() {
    let sequence = SkillSequence(
      student: "a", answers: [1, 2, 3].map { SkillAnswer(skills: [$0], isRight: $0 == 2, counts: $0 != 3) })
    let batch = AnswerBatch([sequence], parts: [(0, 0..<2), (0, 2..<3)])
    #expect(batch.tokens[0].scalars == [AnswerBatch.start, 6, 3, 0])  // [time, batch]; 6 is skill 2, right; 3 skill 1, wrong
    #expect(batch.skills[0].scalars == [1, 3, 2, 0])
    #expect(batch.targets.scalars == [0, 0, 1, 0])
    #expect(batch.mask.scalars == [1, 0, 1, 0])
    #expect(batch.lengths == [2, 1] && batch.countedCount == 2)
  }

  @Test func longPracticeIsNotCounted() throws {
    // No two students are the same.
    let lines = (0..<20).map { "5\n1,1,1,2,2\n\($0 % 2),\($0 / 2 % 2),\($0 / 4 % 2),\($0 / 8 % 2),\($0 / 16)\n" }.joined()
    try withDirectory(["answers.txt": lines]) { directory in
      let source = DataSource.path(directory.appending(path: "answers.txt").path)
      let data = Self.data { ($0.format, $0.history, $0.longestPractice, $0.question) = (.threeLines, .skill, 2, nil) }
      let corpus = try AnswerCorpus(source, data)
      // Each student has a sequence of three answers, which are too many, and one of two.
      let students = (corpus.train.count + corpus.validation.count) / 2
      #expect(students > 12 && corpus.validation.count >= 2)
      #expect(corpus.train.flatMap(\.answers).count { $0.counts } == corpus.train.count)
      #expect(corpus.notes.contains { $0.contains("\(3 * students) answers are not counted: more than 2 of one student to one skill") })
    }
  }

  @Test func aRunStoppedAndResumedEndsWithTheSameBits() throws {
    let settings = try Self.recipe(Self.data(), epochs: 3)
    try withDirectory(["answers.csv": Self.table(students: 60, seed: 5)]) { directory in
      let source = DataSource.path(directory.appending(path: "answers.csv").path)
      try expectSameBitsWhenResumed(stoppingAt: [2, 5]) {
        try KnowledgeTracing.prepare(settings, from: source)
      } configuration: {
        settings.training
      }
    }
  }

  @Test func badDataAreToldOf() throws {
    func message(_ files: [String: String], _ name: String, _ data: AnswerDataConfiguration = Self.data()) throws -> String {
      try withDirectory(files) { directory in
        let path = name.isEmpty ? directory.path : directory.appending(path: name).path
        do {
          _ = try KnowledgeTracing.prepare(Self.recipe(data), from: .path(path))
          return "nothing thrown"
        } catch { return "\(error)".replacingOccurrences(of: directory.path, with: "DIR") }
      }
    }
    let rows = (0..<40).map { "s\($0),q,add,1\n" }.joined()
    #expect(
      try message(["a.csv": "student,question,skill,correct\n" + rows], "a.csv").hasPrefix(
        "DIR/a.csv: the answers of the validation part are all right or all wrong"))
    #expect(
      try message(["a.csv": "student,question,skil,correct\ns,q,add,1\n"], "a.csv").contains("did you mean \"skil\"?"))
    #expect(
      try message(["a.csv": "student,question,skill,correct\ns,q,add,yes\n"], "a.csv").contains("DIR/a.csv:2: column 4 (\"correct\")"))
    #expect(try message(["notes.txt": "x"], "").contains("no file to train on: expected train.csv"))
    #expect(try message(["train_1.csv": "x", "train_2.csv": "x"], "").contains("more than one train file: train_1.csv, train_2.csv"))
    #expect(try message(["test.csv": "student,question,skill,correct\ns,q,add,1\n"], "").contains("no file to train on"))
    #expect(
      try message(["train.csv": "student,question,skill,correct\ns,q,add,1\n"], "").contains("too few to keep some for validation"))
    let short = Self.data { $0.longestPractice = 1 }
    let table = "student,question,skill,correct\n" + (0..<40).map { "s\($0),q,add,1\ns\($0),r,add,0\n" }.joined()
    #expect(try message(["a.csv": table], "a.csv", short).contains("data.longestPractice leaves out all of them"))
  }
}
