import Foundation
import Testing

/// Models of series: trained, measured, asked and cross-validated by the built command.
@Suite struct SeriesCommandTests {
  /// Series of 4 to 7 steps whose first step says which class they are of; the same in every run.
  private static func lines(count: Int) -> String {
    (0..<count).map { row in
      let isUp = row % 2 == 0
      let rest = (0..<3 + row % 4).map { "\(Double((row * 7 + $0 * 5) % 11) / 10)" }.joined(separator: ", ")
      return "{\"id\": \"s\(row)\", \"label\": \"\(isUp ? "up" : "down")\", \"x\": [\(isUp ? 2 : -2), \(rest)]}\n"
    }.joined()
  }

  private static let recipe = """
    task: series-classification
    data:
      source: data
    model:
      hidden: 8
    training:
      epochs: 20
      batch: 8
      rate: 0.02
    """

  private static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(at: scratch.url.appending(path: "data"), withIntermediateDirectories: true)
    try scratch.file("data/train.jsonl", lines(count: 60))
    try scratch.file("data/test.jsonl", lines(count: 30))
    try scratch.file("tiny.yaml", recipe)
    return scratch
  }

  @Test func fromARecipeToPredictions() throws {
    let scratch = try Self.scratch()
    let training = try Recurrent.run(["train", "tiny.yaml", "--output", "run"], in: scratch)
    #expect(training.status == 0, "\(training.error)")
    #expect(training.output.contains("no validation part") && training.output.contains("predict run FILE\n"))
    let evaluation = try Recurrent.run(["evaluate", "run", "--data", "data", "--output", "figures"], in: scratch)
    #expect(evaluation.status == 0 && evaluation.output.contains("accuracy            100.00 % of 30 series"), "\(evaluation)")
    #expect(FileManager.default.fileExists(atPath: scratch.url.appending(path: "figures/confusion.svg").path))

    try scratch.file("new.jsonl", "{\"x\": [2, 0.5, 0.1]}\n{\"id\": \"mine\", \"x\": [-2, 0.3]}\n")
    let words = try Recurrent.run(["predict", "run", "new.jsonl"], in: scratch)
    let fields = words.output.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(fields.map { $0.prefix(2).joined(separator: " ") } == ["1 up", "mine down"])
    let objects = try Recurrent.run(["predict", "run", "new.jsonl", "--json"], in: scratch).objects()
    #expect(objects.map { $0["label"] as? String } == ["up", "down"] && objects.map { $0["steps"] as? Int } == [3, 2])
    let inspection = try Recurrent.run(["inspect", "run"], in: scratch)
    #expect(inspection.output.contains("series of 4 to 7 steps"), "\(inspection.output)")
  }

  @Test func foldByFold() throws {
    let scratch = try Self.scratch()
    let arguments = ["cross-validate", "tiny.yaml", "--data", "data/train.jsonl", "--set", "data.folds=3"]
    let words = try Recurrent.run(arguments, in: scratch)
    #expect(words.status == 0 && words.output.contains("fold 3/3  accuracy "), "\(words)")
    #expect(words.output.contains("\naccuracy            ") && words.output.contains("\n1-NN Euclidean      "))
    let objects = try Recurrent.run(arguments + ["--json"], in: scratch).objects()
    #expect(objects.count == 4 && objects[0]["tested"] as? Int == 20)
    #expect((objects.last?["accuracy"] as? [String: Any])?["mean"] as? Double ?? 0 > 0.9)
    #expect(objects.last?["folds"] as? Int == 3)
  }

  /// A class of one member is trained on in every fold, and that is said before the first.
  @Test(arguments: ["stratified", "random"])
  func aClassOfOneMember(splitting: String) throws {
    let scratch = try Self.scratch()
    try scratch.file("all.jsonl", Self.lines(count: 30) + "{\"label\": \"single\", \"x\": [0, 0.5, 0.1]}\n")
    let arguments = ["cross-validate", "tiny.yaml", "--data", "all.jsonl", "--set", "data.splitting=\(splitting)", "--set", "training.epochs=2"]
    let words = try Recurrent.run(arguments + ["--set", "data.folds=5"], in: scratch)
    let note = "all.jsonl: no series with the label \"single\" was left to train on: one is trained on and not held out\n"
    #expect(words.status == 0 && words.output.contains(note + "fold 1/5") && words.output.contains("fold 5/5"), "\(words)")
    let json = try Recurrent.run(arguments + ["--set", "data.folds=5", "--json"], in: scratch)
    #expect(json.status == 0 && json.error.hasSuffix(note) && json.objects().prefix(5).compactMap { $0["tested"] as? Int }.reduce(0, +) == 30)
    // A fold that would have nothing left is refused at once.
    let each = try Recurrent.run(arguments + ["--set", "data.folds=31"], in: scratch)
    #expect(each.status == 1 && each.output.isEmpty && each.error.contains("it would have no series to test on"), "\(each)")
    // `train` says the same of each fold and of a small share.
    var noteCount = 0
    for assignment in ["data.test=0.9"] + (1...5).map({ "data.fold=\($0)" }) {
      let folds = assignment.hasPrefix("data.fold") ? ["--set", "data.folds=5"] : []
      let trained = try Recurrent.run(["train"] + arguments.dropFirst() + folds + ["--set", assignment, "--output", assignment], in: scratch)
      #expect(trained.status == 0, "\(assignment): \(trained.error)")
      if trained.output.contains("\"single\"") { noteCount += 1 }
      #expect(try Recurrent.run(["evaluate", assignment, "--data", "all.jsonl"], in: scratch).status == 0, "\(assignment)")
    }
    #expect(noteCount >= 1)
  }

  /// A class that one group has cannot be kept in training without its group: said before the first fold, with the fold.
  @Test func aClassOfOneGroup() throws {
    let scratch = try Self.scratch()
    let lines = (0..<12).map { row in
      "{\"group\": \"g\(row % 4)\", \"label\": \"\(row % 4 == 2 ? "rare" : row % 2 == 0 ? "up" : "down")\", \"x\": [\(row), 1]}\n"
    }
    try scratch.file("all.jsonl", lines.joined() + "{\"group\": \"g1\", \"label\": \"up\", \"x\": [1]}\n")
    let outcome = try Recurrent.run(
      ["cross-validate", "tiny.yaml", "--data", "all.jsonl", "--set", "data.splitting=group", "--set", "data.folds=4"], in: scratch)
    #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome)")
    #expect(outcome.error.contains(": fold ") && outcome.error.contains("the label \"rare\" occurs in no group but g2"), "\(outcome.error)")
  }

  @Test func refusalsSayWhatToDo() throws {
    let scratch = try Self.scratch()
    func error(_ arguments: [String]) throws -> String {
      let outcome = try Recurrent.run(arguments, in: scratch)
      #expect(outcome.status != 0, "\(arguments)")
      return outcome.error
    }
    #expect(try error(["cross-validate", "tiny.yaml"]).contains("no data.folds; add --set data.folds=5"))
    #expect(try error(["cross-validate", "char-rnn"]).contains("cross-validation is for tasks on series and for speech-recognition"))
    #expect(try error(["train", "tiny.yaml", "--set", "data.formt=ts"]).contains("did you mean \"data.format\""))
    _ = try Recurrent.run(["train", "tiny.yaml", "--output", "run", "--set", "training.epochs=1"], in: scratch)
    #expect(try error(["predict", "run"]).contains("a model of series reads files"))
    #expect(try error(["predict", "run", "none.jsonl"]).contains("no such file"))
    #expect(try error(["predict", "run", "--explain", "data/test.jsonl"]).contains("--explain is for texts"))
    #expect(try error(["evaluate", "run", "--data", "data", "--split", "valid"]).contains("there is no valid part"))
    try scratch.file("wide.jsonl", "{\"x\": [[1, 2]]}\n")
    #expect(try error(["predict", "run", "wide.jsonl"]).contains("2 channels a step, and the model reads 1"))
  }
}
