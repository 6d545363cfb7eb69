import Foundation
import Testing

/// Training, measuring, writing and looking, as a person does them one after the other.
@Suite struct TrainingTests {
  @Test func aRunLeavesADirectoryThatExplainsItself() throws {
    let scratch = try TinyRun.scratch()
    let outcome = try Recurrent.run(["train", "tiny.yaml", "--set", "training.epochs=3", "--seed", "7"], in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.error.isEmpty)
    #expect(!outcome.output.contains("\u{1B}") && !outcome.output.contains("\r"), "no terminal, no control sequences")
    #expect(outcome.output.contains("epoch 3/3: train "))
    for name in ["model.safetensors", "checkpoint.safetensors", "recipe.yaml", "metrics.jsonl", "loss.svg"] {
      #expect(scratch.has("output/tiny/\(name)"), "\(name) is missing")
    }
    let recipe = try scratch.text("output/tiny/recipe.yaml")
    #expect(recipe.contains("  epochs: 3\n") && recipe.contains("seed: 7\n"))
    let chart = try scratch.text("output/tiny/loss.svg")
    #expect(chart.hasPrefix("<svg") && chart.contains("validation") && chart.contains("Learning rate"))

    // The resolved recipe makes the same model again.
    let again = try Recurrent.run(["train", "output/tiny/recipe.yaml", "--output", "again"], in: scratch)
    #expect(again.status == 0)
    #expect(try scratch.bytes("again/model.safetensors") == scratch.bytes("output/tiny/model.safetensors"))
  }

  @Test func jsonIsPure() throws {
    let scratch = try TinyRun.scratch()
    let outcome = try Recurrent.run(["train", "tiny.yaml", "--json"], in: scratch)
    #expect(outcome.status == 0)
    #expect(outcome.error.isEmpty)
    let events = outcome.objects().map { $0["event"] as? String ?? "?" }
    #expect(events.first == "started")
    #expect(events.last == "finished")
    #expect(events.filter { $0 == "epoch" }.count == 2)
    #expect(events.contains("step"))
    let epoch = try #require(outcome.objects().last { $0["event"] as? String == "epoch" })
    #expect((epoch["validation"] as? [String: Any])?["loss"] is Double)
    #expect((epoch["sample"] as? String)?.isEmpty == false)
  }

  /// What is meant for people goes into no file that takes the number of a closed stream.
  @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
  func closedStreams(closing: String) throws {
    let scratch = try TinyRun.scratch()
    let outcome = try Running(["train", "tiny.yaml", "--output", "run"], in: scratch, shell: "exec \"$0\" \"$@\" \(closing)").wait()
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(try Recurrent.run(["train", "tiny.yaml", "--output", "open"], in: scratch).status == 0)
    func lines(_ run: String) throws -> [Substring] { try scratch.text("\(run)/metrics.jsonl").split(separator: "\n") }
    #expect(try lines("run").count == lines("open").count && lines("run").allSatisfy { $0.hasPrefix("{") })
    for name in ["model.safetensors", "recipe.yaml"] { #expect(try scratch.bytes("run/\(name)") == scratch.bytes("open/\(name)"), "\(name)") }
  }

  @Test func evaluationAgreesWithItsParts() throws {
    let scratch = try TinyRun.trained()
    let outcome = try Recurrent.run(["evaluate", "run", "--data", "text.txt", "--json"], in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    let object = try #require(outcome.objects().first)
    #expect(outcome.objects().count == 1)
    let loss = try #require(object["loss"] as? Double)
    let perplexity = try #require(object["perplexity"] as? Double)
    let bits = try #require(object["bitsPerCharacter"] as? Double)
    #expect(object["split"] as? String == "test")
    #expect(object["tokens"] as? Int == 599)
    #expect(abs(perplexity - exp(loss)) < 1e-9 * perplexity)
    #expect(abs(bits - loss / log(2)) < 1e-9)
    #expect(loss < 2.5, "it has learned something: guessing is about 3")

    let valid = try Recurrent.run(
      ["evaluate", "run/model.safetensors", "--data", "text.txt", "--split", "valid"], in: scratch)
    #expect(valid.status == 0)
    #expect(valid.output.contains("on the valid part of text.txt"))
    let all = try Recurrent.run(["evaluate", "run", "--data", "text.txt", "--split", "all", "--json"], in: scratch)
    #expect(all.objects().first?["tokens"] as? Int == 5999)
  }

  @Test func evaluationTellsWhatBFloat16Costs() throws {
    let scratch = try TinyRun.trained()
    let arguments = ["evaluate", "run", "--data", "text.txt", "--weights", "bfloat16"]
    let outcome = try Recurrent.run(arguments + ["--json"], in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    let object = try #require(outcome.objects().first)
    let loss = try #require(object["loss"] as? Double)
    let rounded = try #require(object["bfloat16"] as? [String: Any])
    let roundedLoss = try #require(rounded["loss"] as? Double)
    #expect(roundedLoss != loss && abs(roundedLoss - loss) < 0.01)
    let difference = try #require(rounded["lossDifference"] as? Double)
    #expect(abs(difference - (roundedLoss - loss)) < 1e-12)
    #expect(abs(try #require(rounded["perplexity"] as? Double) - exp(roundedLoss)) < 1e-9 * exp(roundedLoss))

    let words = try Recurrent.run(arguments, in: scratch)
    #expect(words.output.contains("with bfloat16 weights in the recurrent layers:"))
    #expect(words.output.contains(String(format: "%.4f", roundedLoss)))
    let plain = try Recurrent.run(["evaluate", "run", "--data", "text.txt", "--json"], in: scratch)
    #expect(plain.objects().first?["loss"] as? Double == loss && plain.objects().first?["bfloat16"] == nil)
    let bad = try Recurrent.run(["evaluate", "run", "--data", "text.txt", "--weights", "int8"], in: scratch)
    #expect(bad.status == 64 && bad.error.contains("bfloat16"), "\(bad.error)")
  }

  @Test func writingDependsOnTheSeedAlone() throws {
    let scratch = try TinyRun.trained()
    func text(_ arguments: [String]) throws -> String {
      let outcome = try Recurrent.run(["generate", "run", "--length", "120"] + arguments, in: scratch)
      #expect(outcome.status == 0, "\(outcome.error)")
      return outcome.output
    }
    let first = try text(["--seed", "1"])
    #expect(first.count >= 120)
    #expect(try text(["--seed", "1"]) == first)
    #expect(try text(["--seed", "1", "--threads", "1"]) == first)
    #expect(try text(["--seed", "2"]) != first)
    #expect(try text([]) != text([]), "without a seed each text is another")
    #expect(try text(["--seed", "1", "--top-k", "1"]) == text(["--seed", "9", "--temperature", "0"]))
    #expect(try text(["--prompt", "the sea ", "--seed", "1"]).hasPrefix("the sea "))
    let rounded = try text(["--seed", "1", "--weights", "bfloat16"])
    #expect(rounded.count >= 120 && rounded.first == first.first)
    let none = try Recurrent.run(["generate", "run", "--length", "0", "--prompt", "moon"], in: scratch)
    #expect(none.output == "moon\n")
  }

  @Test func writingEndsQuietlyWhenItsReaderLeaves() throws {
    let scratch = try TinyRun.trained()
    let running = try Running(
      ["generate", "run", "--length", "100000000"], in: scratch,
      shell: "{ \"$0\" \"$@\"; echo $? > status; } | head -c 100")
    let outcome = try running.wait()
    #expect(outcome.output.utf8.count == 100)
    #expect(outcome.error.isEmpty)
    #expect(try scratch.text("status") == "0\n")
  }

  @Test func inspectionTellsWhatItIs() throws {
    let scratch = try TinyRun.trained()
    let words = try Recurrent.run(["inspect", "run"], in: scratch)
    #expect(words.status == 0)
    for mention in ["lstm, 2 layers of 16 units", "rnn.weight_hh_l1", "[64, 16]", "adam at 0.01", "validation loss"] {
      #expect(words.output.contains(mention), "\(mention) is missing:\n\(words.output)")
    }
    let object = try #require(try Recurrent.run(["inspect", "run", "--json"], in: scratch).objects().first)
    #expect(object["task"] as? String == "language-model")
    #expect((object["model"] as? [String: Any])?["hidden"] as? Int == 16)
    let vocabulary = try #require(object["vocabulary"] as? [String])
    #expect(vocabulary.contains("\n") && vocabulary == vocabulary.sorted())
    let tensors = try #require(object["tensors"] as? [[String: Any]])
    let count = tensors.reduce(0) { $0 + (($1["shape"] as? [Int]) ?? []).reduce(1, *) }
    #expect(object["parameters"] as? Int == count)
  }

  @Test func wordsFromADirectory() throws {
    let scratch = try TinyRun.scratch()
    try FileManager.default.createDirectory(at: scratch.url.appending(path: "words"), withIntermediateDirectories: true)
    try scratch.file("words/train.txt", TinyRun.text(count: 20000))
    try scratch.file("words/valid.txt", TinyRun.text(count: 900))
    try scratch.file("words/test.txt", "the sea and the dragon\nthe ship\n")
    let train = try Recurrent.run(
      ["train", "tiny.yaml", "--data", "words", "--set", "data.tokens=words", "--output", "run"], in: scratch)
    #expect(train.status == 0, "\(train.error)")
    #expect(train.output.contains("perplexity"))
    let object = try #require(
      try Recurrent.run(["evaluate", "run", "--data", "words", "--json"], in: scratch).objects().first)
    #expect(object["unknown"] as? Int == 1, "the dragon is unknown")
    #expect(object["tokens"] as? Int == 8)
  }

  @Test func benchAnswersEachCaseAtOnce() throws {
    let cases = """
      {"id": "a", "op": "train", "cell": "lstm", "time": 3, "batch": 2, "input": 5, "hidden": 4, "layers": 2}
      {"id": "b", "op": "step", "cell": "gru", "time": 1, "batch": 1, "input": 4, "hidden": 4, "layers": 1}
      {"id": "s", "op": "step", "cell": "lstm", "time": 2, "batch": 3, "input": 4, "hidden": 5, "layers": 2, "weights": "bfloat16"}
      {"id": "c", "op": "lm", "cell": "rnn", "vocabulary": 7, "embedding": 3, "time": 3, "batch": 2, "hidden": 4, "layers": 1}

      """
    let outcome = try Recurrent.run(["bench", "--json"], in: try Scratch(), input: cases)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.objects().map { $0["id"] as? String } == ["a", "b", "s", "c"])
    #expect(outcome.objects().allSatisfy { ($0["seconds"] as? Double ?? 0) > 0 })

    let bad = try Recurrent.run(["bench", "--json"], in: try Scratch(), input: "{\"id\": \"a\", \"op\": \"fly\"}\n")
    #expect(bad.status == 1)
    #expect(bad.error.hasPrefix("recurrent: standard input:1: "))
    for (weights, mention) in [("int8", "float32, bfloat16"), ("bfloat16", "for step")] {
      let line = """
        {"id": "a", "op": "infer", "cell": "gru", "time": 1, "batch": 1, "input": 4, "hidden": 4, "layers": 1, "weights": "\(weights)"}

        """
      let refused = try Recurrent.run(["bench", "--json"], in: try Scratch(), input: line)
      #expect(refused.status == 1 && refused.error.contains(mention), "\(refused.error)")
    }
  }
}
