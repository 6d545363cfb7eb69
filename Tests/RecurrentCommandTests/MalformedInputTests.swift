import Foundation
import RecurrentTraining
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Every malformed input gets one or two lines that say what is wrong and what to do, exit code 1, and never a trap.
@Suite struct MalformedInputTests {
  /// Checks the message of a failed command.
  func expectFailure(
    _ outcome: Outcome, _ mentions: [String], location: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status == 1, "\(outcome.error)", sourceLocation: location)
    #expect(outcome.error.hasPrefix("recurrent: "), "\(outcome.error)", sourceLocation: location)
    #expect(outcome.error.split(separator: "\n").count <= 2, "\(outcome.error)", sourceLocation: location)
    for mention in mentions {
      #expect(outcome.error.contains(mention), "\(mention) is not in: \(outcome.error)", sourceLocation: location)
    }
  }

  // MARK: Text

  @Test(arguments: [
    ("", ["text.txt", "empty"]),
    ("to be or not", ["too short", "training.steps"]),
    ("\u{FEFF}", ["text.txt", "empty"]),
  ])
  func textThatIsTooShort(text: String, mentions: [String]) throws {
    let scratch = try TinyRun.scratch()
    try scratch.file("text.txt", text)
    let outcome = try Recurrent.run(["train", "tiny.yaml"], in: scratch)
    expectFailure(outcome, mentions)
    #expect(!scratch.has("output"), "nothing is written before the data are known to be good")
  }

  @Test func textThatIsNotUTF8() throws {
    let scratch = try TinyRun.scratch()
    try scratch.file("text.txt", Data("caf".utf8) + Data([0xE9, 0x20]) + Data(TinyRun.text(count: 5000).utf8))
    expectFailure(try Recurrent.run(["train", "tiny.yaml"], in: scratch), ["text.txt", "not UTF-8", "offset 3"])
    let bytes = try Recurrent.run(["train", "tiny.yaml", "--set", "data.tokens=bytes"], in: scratch)
    #expect(bytes.status == 0, "bytes need no encoding: \(bytes.error)")
  }

  @Test func dataThatIsNotThere() throws {
    let scratch = try TinyRun.scratch()
    expectFailure(
      try Recurrent.run(["train", "tiny.yaml", "--data", "nowhere.txt"], in: scratch), ["nowhere.txt", "no such"])
    try FileManager.default.createDirectory(at: scratch.url.appending(path: "empty"), withIntermediateDirectories: true)
    expectFailure(try Recurrent.run(["train", "tiny.yaml", "--data", "empty"], in: scratch), ["empty", "train.txt"])
    let bare = try scratch.file("bare.yaml", "task: language-model\n")
    expectFailure(try Recurrent.run(["train", bare], in: scratch), ["bare.yaml", "--data"])
  }

  // MARK: Recipe

  @Test(arguments: [
    ("", ["empty"]),
    ("task: [", [":", "not YAML"]),
    ("- task", ["key: value"]),
    ("model:\n  hidden: 3\n", ["\"task\" is missing"]),
    ("task: poetry\n", ["bad.yaml:1:", "unknown task \"poetry\""]),
    ("task: language-model\nmodel:\n  hiden: 3\n", ["bad.yaml:3:", "\"hiden\" in model", "did you mean \"hidden\"?"]),
    ("task: language-model\ntrainig:\n  epochs: 3\n", ["bad.yaml:2:", "did you mean \"training\"?"]),
    ("task: language-model\nmodel:\n  hidden: many\n", ["bad.yaml:3:", "model.hidden must be an integer", "\"many\""]),
    (
      "task: language-model\nmodel:\n  hidden: -4\n",
      ["bad.yaml:3:", "model.hidden must be an integer from 1", "\"-4\""]
    ),
    ("task: language-model\nmodel:\n  hidden: 1.5\n", ["bad.yaml:3:", "\"1.5\""]),
    ("task: language-model\nmodel:\n  hidden: [3]\n", ["bad.yaml:3:", "a list"]),
    ("task: language-model\nmodel:\n  hidden: 3\n  hidden: 4\n", ["stands twice"]),
    ("task: language-model\nmodel: lstm\n", ["bad.yaml:2:", "model must be"]),
    ("task: language-model\ntraining:\n  rate: .inf\n", ["bad.yaml:3:", "training.rate must be a number"]),
    ("task: language-model\ntraining:\n  optimizer: adan\n", ["bad.yaml:3:", "did you mean \"adam\"?"]),
    ("task: language-model\ndata:\n  split: [0.9, 0.3, 0]\n", ["data.split"]),
    ("task: language-model\nmodel:\n  tied: true\n", ["model.tied", "embedding"]),
    ("task: language-model\ntraining:\n  nesterov: true\n", ["training.nesterov"]),
  ])
  func recipesWithAMistake(yaml: String, mentions: [String]) throws {
    let scratch = try TinyRun.scratch()
    try scratch.file("bad.yaml", yaml)
    expectFailure(
      try Recurrent.run(["train", "bad.yaml", "--data", "text.txt"], in: scratch), ["bad.yaml"] + mentions)
  }

  @Test func recipesThatAreNoRecipes() throws {
    let scratch = try TinyRun.scratch()
    expectFailure(try Recurrent.run(["train", "."], in: scratch), ["is a directory"])
    expectFailure(try Recurrent.run(["train", "missing.yaml"], in: scratch), ["missing.yaml", "no such file"])
    expectFailure(try Recurrent.run(["train", "shakespeare"], in: scratch), ["did you mean \"shakespeare-"])
    try scratch.file("latin.yaml", Data([0x74, 0xE9, 0x3A]))
    expectFailure(try Recurrent.run(["train", "latin.yaml"], in: scratch), ["latin.yaml", "not UTF-8"])
    try scratch.file("large.yaml", String(repeating: "# a comment\n", count: 100_000))
    expectFailure(try Recurrent.run(["train", "large.yaml"], in: scratch), ["large.yaml", "megabyte"])
    try scratch.file("deep.yaml", String(repeating: "[", count: 100_000))
    expectFailure(try Recurrent.run(["train", "deep.yaml"], in: scratch), ["deep.yaml", "not YAML"])
  }

  @Test(arguments: [
    ("training.epochs", ["KEY=VALUE"]),
    ("training.epocs=3", ["did you mean \"training.epochs\"?"]),
    ("epochs=3", ["did you mean \"training.epochs\"?"]),
    ("model.hidden=0", ["model.hidden must be an integer from 1"]),
    ("model.hidden=", ["model.hidden must be an integer"]),
    ("training.rate=fast", ["training.rate must be a number"]),
    ("data.split=1,2", ["data.split must be 3 numbers"]),
    ("seed=-1", ["seed must be an integer"]),
  ])
  func overridesWithAMistake(assignment: String, mentions: [String]) throws {
    let scratch = try TinyRun.scratch()
    expectFailure(try Recurrent.run(["train", "tiny.yaml", "--set", assignment], in: scratch), ["--set"] + mentions)
  }

  // MARK: Files in the way

  @Test func directoriesAndFilesInTheWay() throws {
    let scratch = try TinyRun.trained()
    expectFailure(
      try Recurrent.run(["train", "tiny.yaml", "--output", "run"], in: scratch),
      ["--resume", "--output", "--overwrite"])
    #expect(try Recurrent.run(["train", "tiny.yaml", "--output", "run", "--overwrite"], in: scratch).status == 0)
    expectFailure(
      try Recurrent.run(["train", "tiny.yaml", "--output", "text.txt"], in: scratch), ["text.txt", "is a file"])
    expectFailure(
      try Recurrent.run(["train", "tiny.yaml", "--output", "elsewhere", "--resume"], in: scratch), ["no run to resume"])
    expectFailure(
      try Recurrent.run(["train", "tiny.yaml", "--output", "run", "--resume", "--set", "model.hidden=9"], in: scratch),
      ["hidden was 16 and is now 9"])
    try FileManager.default.createDirectory(
      at: scratch.url.appending(path: "blocked/model.safetensors"), withIntermediateDirectories: true)
    expectFailure(
      try Recurrent.run(["train", "tiny.yaml", "--output", "blocked"], in: scratch), ["model.safetensors", "directory"])
    expectFailure(
      try Recurrent.run(["evaluate", "blocked/model.safetensors", "--data", "text.txt"], in: scratch), ["directory"])
    expectFailure(try Recurrent.run(["inspect", "."], in: scratch), ["is a directory without a model.safetensors"])
  }

  /// A limit on the size of files stands in for a full disk: the write fails half-way. Of the model of 125 kB and the checkpoint of 500
  /// twenty kilobytes hold nothing, three hundred the model.
  @Test(arguments: [(40, false), (600, true)])
  func aDiskThatIsFull(blocks: Int, holdsModel: Bool) throws {
    let scratch = try TinyRun.scratch(hidden: 48)
    let train = ["train", "tiny.yaml", "--output", "run"]
    func run(_ arguments: [String], blocks: Int) throws -> Outcome {
      try Running(arguments, in: scratch, shell: "ulimit -f \(blocks); exec \"$0\" \"$@\"").wait()
    }
    let outcome = try run(train, blocks: blocks)
    expectFailure(outcome, [holdsModel ? "checkpoint.safetensors" : "model.safetensors", "ulimit -f"])
    #expect(outcome.output.contains("the run goes on without a new checkpoint"))
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.url.appending(path: "run").path)
    #expect(!left.contains { $0.hasSuffix(".tmp") }, "no half file stays: \(left)")
    #expect(!left.contains("checkpoint.safetensors") && left.contains("model.safetensors") == holdsModel)
    guard holdsModel else { return }
    // The finished model: the one that a run with room makes.
    #expect(outcome.error.contains("; the model is in ") && !outcome.error.contains("--resume"))
    #expect(try Recurrent.run(["train", "tiny.yaml", "--output", "whole"], in: scratch).status == 0)
    #expect(try scratch.bytes("run/model.safetensors") == scratch.bytes("whole/model.safetensors"))
    // Where there is a checkpoint, it says how to go on.
    let resumed = try run(["train", "tiny.yaml", "--output", "whole", "--resume", "--set", "training.epochs=3"], blocks: blocks)
    expectFailure(resumed, ["checkpoint.safetensors", "--resume goes on from the last checkpoint"])
  }

  /// A run whose checkpoint was removed to save space is a run still, and so is what is left of any other.
  @Test(arguments: RunFile.allCases)
  func anyFileOfARunIsARun(file: RunFile) throws {
    let scratch = try TinyRun.scratch()
    let url = file.url(in: scratch.url.appending(path: "run"))
    try FileManager.default.createDirectory(
      at: file == .samples ? url : url.deletingLastPathComponent(), withIntermediateDirectories: true)
    if file != .samples { try Data("old".utf8).write(to: url) }
    expectFailure(try Recurrent.run(["train", "tiny.yaml", "--output", "run"], in: scratch), ["there is a run here already", "--overwrite"])
    if file == .model {
      expectFailure(
        try Recurrent.run(["train", "tiny.yaml", "--output", "run", "--resume"], in: scratch), ["no checkpoint.safetensors", "--overwrite"])
    }
    if file != .samples { #expect(try scratch.text("run/\(file.rawValue)") == "old") }
    #expect(try Recurrent.run(["train", "tiny.yaml", "--output", "run", "--overwrite"], in: scratch).status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.appending(path: "run").path).sorted() == [
      "checkpoint.safetensors", "loss.svg", "metrics.jsonl", "model.safetensors", "recipe.yaml",
    ])
  }

  /// An old model never answers for a new recipe: it is aside until there is a new one, and comes back if there will be none.
  @Test func aNewRunThatMakesNoModel() throws {
    let scratch = try TinyRun.trained()
    let names = ["model.safetensors", "checkpoint.safetensors", "metrics.jsonl", "recipe.yaml", "loss.svg"]
    let old = try names.map { try scratch.bytes("run/\($0)") }
    let train = ["train", "tiny.yaml", "--output", "run", "--overwrite"]
    let settings = ["training.optimizer=sgd", "training.rate=1e6", "training.clip=none", "training.weightDecay=1"]
    let diverged = try Recurrent.run(train + settings.flatMap { ["--set", $0] }, in: scratch)
    expectFailure(diverged, ["not finite"])
    #expect(diverged.output.contains("the run that was here before is back"))
    #expect(try names.map { try scratch.bytes("run/\($0)") } == old && !scratch.has("run/previous-run"))

    let killed = try Running(train + ["--json", "--set", "model.hidden=1024"], in: scratch)
    let limit = Date(timeIntervalSinceNow: 60)
    while !killed.outputSoFar.contains("\"step\""), killed.isRunning, Date() < limit { usleep(1000) }
    killed.signal(SIGKILL)
    _ = try killed.wait()
    for arguments in [["evaluate", "run", "--data", "text.txt"], ["generate", "run"], ["inspect", "run"]] {
      expectFailure(try Recurrent.run(arguments, in: scratch), ["has made no model yet", "run/previous-run"])
    }
    #expect(try names.map { try scratch.bytes("run/previous-run/\($0)") } == old)
    #expect(try Recurrent.run(["inspect", "run/previous-run"], in: scratch).status == 0)
    expectFailure(try Recurrent.run(["train", "tiny.yaml", "--output", "run"], in: scratch), ["there is a run here already"])
    #expect(try Recurrent.run(train, in: scratch).status == 0)
    #expect(!scratch.has("run/previous-run"))
    #expect(try scratch.bytes("run/model.safetensors") == old[0], "the same recipe once more")
  }

  @Test func standardOutputThatIsFull() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let scratch = try TinyRun.trained()
    let running = try Running(["generate", "run"], in: scratch, shell: "\"$0\" \"$@\" > /dev/full")
    expectFailure(try running.wait(), ["standard output", "space"])
  }

  // MARK: Models

  @Test func modelsThatAreCorrupt() throws {
    let scratch = try TinyRun.trained()
    let good = try scratch.bytes("run/model.safetensors")
    func check(_ name: String, _ data: Data, _ mentions: [String], location: SourceLocation = #_sourceLocation) throws {
      try scratch.file(name, data)
      for arguments in [
        ["inspect", name], ["generate", name], ["evaluate", name, "--data", "text.txt"],
      ] {
        expectFailure(try Recurrent.run(arguments, in: scratch), [name] + mentions, location: location)
      }
    }
    try check("empty.safetensors", Data(), [])
    try check("short.safetensors", good.prefix(good.count / 2), [])
    try check("header.safetensors", good.prefix(100), [])
    try check("long.safetensors", good + Data([0]), [])
    try check("text.safetensors", Data(TinyRun.text(count: 4000).utf8), [])
    var huge = good
    huge[6] = 0x7F
    try check("huge.safetensors", huge, ["header"])
    try check(
      "renamed.safetensors", replacing("rnn.weight_ih_l0", with: "rnn.weight_ih_l7", in: good), ["weight_ih_l0"])
    try check("format.safetensors", replacing("recurrent", with: "recurring", in: good), ["format = recurrent"])
    try check("cell.safetensors", replacing("\\\"lstm\\\"", with: "\\\"lstn\\\"", in: good), ["configuration"])
    try check("task.safetensors", replacing("language-model", with: "language-modal", in: good), ["configuration"])
    try check("shape.safetensors", replacing("\\\"hidden\\\":16", with: "\\\"hidden\\\":17", in: good), [])
    expectFailure(
      try Recurrent.run(["inspect", "run/checkpoint.safetensors"], in: scratch),
      ["checkpoint.safetensors", "the model.safetensors beside it"])
    expectFailure(try Recurrent.run(["inspect", "nowhere"], in: scratch), ["nowhere", "no such file"])
  }

  @Test func checkpointsThatAreCorrupt() throws {
    let scratch = try TinyRun.trained()
    let good = try scratch.bytes("run/checkpoint.safetensors")
    for (count, name) in [(good.count / 3, "cut"), (0, "empty")] {
      try scratch.file("run/checkpoint.safetensors", good.prefix(count))
      let outcome = try Recurrent.run(["train", "tiny.yaml", "--output", "run", "--resume"], in: scratch)
      expectFailure(outcome, ["checkpoint.safetensors"])
      #expect(scratch.has("run/model.safetensors"), "\(name): the model stays")
    }
  }

  @Test func promptsWithSymbolsThatTheModelDoesNotKnow() throws {
    let scratch = try TinyRun.trained()
    let outcome = try Recurrent.run(["generate", "run", "--prompt", "the Übersee"], in: scratch)
    expectFailure(outcome, ["--prompt", "'Ü'"])
    #expect(outcome.output.isEmpty)
    try scratch.file("other.txt", "THE SEA")
    expectFailure(
      try Recurrent.run(["evaluate", "run", "--data", "other.txt", "--split", "all"], in: scratch),
      ["other.txt", "'T'"])
    try scratch.file("one.txt", "t")
    expectFailure(
      try Recurrent.run(["evaluate", "run", "--data", "one.txt", "--split", "all"], in: scratch), ["too short"])
  }

  @Test func aModelThatNoMachineCanHold() throws {
    let scratch = try TinyRun.scratch()
    let outcome = try Recurrent.run(
      ["train", "tiny.yaml", "--set", "model.hidden=65536", "--set", "model.layers=64"], in: scratch)
    expectFailure(outcome, ["memory", "model.hidden"])
    #expect(!scratch.has("output"))
  }

  #if os(Linux)
    /// A limit of the process is a bound of its memory as the machine is.
    @Test(arguments: ["-v", "-d"])
    func aModelThatTheLimitCannotHold(option: String) throws {
      let scratch = try TinyRun.scratch()
      let arguments = ["train", "tiny.yaml", "--set", "model.hidden=4096", "--threads", "1"]  // 3.2 GB
      let outcome = try Running(arguments, in: scratch, shell: "ulimit \(option) 3000000; exec \"$0\" \"$@\"").wait()
      expectFailure(outcome, ["(ulimit \(option)) leaves", "model.hidden"])
    }

    /// Where there is room for the model and none for the stack of a thread, a run does without.
    @Test(.timeLimit(.minutes(5))) func threadsThatCannotBegin() throws {
      let scratch = try TinyRun.scratch()
      let train = ["train", "tiny.yaml", "--threads", "2", "--output"]
      let outcome = try Running(train + ["run"], in: scratch, shell: "ulimit -s 8000000; ulimit -v 4000000; exec \"$0\" \"$@\"").wait()
      #expect(outcome.status == 0, "\(outcome)")
      #expect(try Recurrent.run(train + ["whole"], in: scratch).status == 0)
      #expect(try scratch.bytes("run/model.safetensors") == scratch.bytes("whole/model.safetensors"))
    }

    /// Where the estimate, a least one, lets a run begin that the limit then ends, it ends with a line and no trace.
    @Test func memoryThatGivesOut() throws {
      let scratch = try TinyRun.scratch()
      let arguments = ["train", "tiny.yaml", "--set", "model.hidden=1500", "--threads", "1"]  // 0.6 GB
      let outcome = try Running(arguments, in: scratch, shell: "ulimit -d 700000; exec \"$0\" \"$@\"").wait()
      #expect(outcome.status == 1, "\(outcome)")
      #expect(outcome.error.hasPrefix("Recurrent: no memory for ") && outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
    }
  #endif

  @Test func aLossThatIsNotANumber() throws {
    let scratch = try TinyRun.scratch()
    let outcome = try Recurrent.run(
      [
        "train", "tiny.yaml", "--set", "training.optimizer=sgd", "--set", "training.rate=1e6", "--set",
        "training.clip=none", "--set", "training.weightDecay=1", "--set", "training.epochs=20", "--output", "run",
      ], in: scratch)
    expectFailure(outcome, ["step", "training.rate"])
  }

  private func replacing(_ old: String, with new: String, in data: Data) -> Data {
    precondition(old.utf8.count == new.utf8.count, "the offsets must stay")
    var data = data
    if let range = data.range(of: Data(old.utf8)) {
      data.replaceSubrange(range, with: Data(new.utf8))
    } else {
      Issue.record("\(old) is not in the file")
    }
    return data
  }
}
