import Foundation
import Testing

/// A translator from the command line: trained, measured, asked and looked at.
@Suite struct TranslateTests {
  private static let numbers = ["one", "two", "three", "four", "five", "six", "seven"]

  /// Numbers in words and in digits, last first.
  private static func pairs(_ count: Int) -> String {
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    return (0..<count).map { _ in
      let digits = (0...next(4)).map { _ in next(7) }
      return digits.map { numbers[$0] }.joined(separator: " ") + "\t"
        + digits.reversed().map { "\($0 + 1)" }.joined(separator: " ") + "\n"
    }.joined()
  }

  private static let recipe = """
    task: translation
    data:
      tokens: words
      validation: 0.05
      test: 0.05
    model:
      hidden: 32
      embedding: 16
    training:
      epochs: 6
      batch: 16
      rate: 0.01
      clip: 1
    """

  private static func trained(_ set: [String] = [], into run: String = "run", in scratch: Scratch) throws {
    let assignments = set.flatMap { ["--set", $0] }
    let outcome = try Recurrent.run(["train", "digits.yaml", "--data", "digits.tsv", "--output", run] + assignments, in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
  }

  private static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("digits.tsv", pairs(900))
    try scratch.file("digits.yaml", recipe)
    return scratch
  }

  @Test func fromTrainingToTranslation() throws {
    let scratch = try Self.scratch()
    try Self.trained(in: scratch)
    let one = try Recurrent.run(["translate", "run", "two five one"], in: scratch)
    #expect(one.status == 0 && one.error.isEmpty)
    #expect(one.output == "1 5 2\n")
    let again = try Recurrent.run(["translate", "run", "two five one", "--threads", "1"], in: scratch)
    #expect(again.output == one.output)
    let lines = try Recurrent.run(["translate", "run", "--beam", "1"], in: scratch, input: "seven\nfour six\n")
    #expect(lines.output == "7\n6 4\n")
    let best = try Recurrent.run(["translate", "run", "three two", "--n-best", "3"], in: scratch)
    let found = best.output.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(found.count == 3 && found[0].last == "2 3")
    #expect(found.compactMap { Double($0[0]) } == found.compactMap { Double($0[0]) }.sorted(by: >))

    let object = try #require(
      try Recurrent.run(["translate", "run", "three two", "--json", "--alignment", "look.svg"], in: scratch).objects().first)
    let translation = try #require((object["translations"] as? [[String: Any]])?.first)
    #expect(translation["text"] as? String == "2 3" && translation["complete"] as? Bool == true)
    #expect(translation["sourceTokens"] as? [String] == ["three", "two"] && translation["tokens"] as? [String] == ["2", "3"])
    let weights = try #require(translation["weights"] as? [[Double]])
    #expect(weights.count == 2 && weights.allSatisfy { $0.count == 3 && abs($0.reduce(0, +) - 1) < 1e-4 })
    let picture = try String(contentsOf: scratch.url.appending(path: "look.svg"), encoding: .utf8)
    #expect(picture.contains("three") && picture.contains("</svg>"))

    let report = try Recurrent.run(
      ["evaluate", "run", "--data", "digits.tsv", "--output", "report"], in: scratch)
    #expect(report.status == 0 && report.output.contains("BLEU, greedy") && report.output.contains("by the length of the source"))
    #expect(FileManager.default.fileExists(atPath: scratch.url.appending(path: "report/bleu-by-length.svg").path))
    let inspected = try Recurrent.run(["inspect", "run"], in: scratch)
    #expect(inspected.output.contains("additive attention"))
  }

  @Test func severalModelsAndMistakes() throws {
    let scratch = try Self.scratch()
    try Self.trained(["training.epochs=2"], into: "a", in: scratch)
    try Self.trained(["training.epochs=2", "seed=5", "model.attention=none", "model.feeding=nothing"], into: "b", in: scratch)
    try Self.trained(["training.epochs=1", "data.tokens=characters"], into: "c", in: scratch)
    let both = try Recurrent.run(["translate", "a", "two", "--with", "b"], in: scratch)
    #expect(both.status == 0 && both.output.split(separator: "\n").count == 1)
    let other = try Recurrent.run(["translate", "a", "two", "--with", "c"], in: scratch)
    #expect(other.status == 1 && other.error.contains("model 2"))
    let blind = try Recurrent.run(["translate", "b", "two", "--alignment", "x.svg"], in: scratch)
    #expect(blind.status == 1 && blind.error.contains("no attention"))
    let empty = try Recurrent.run(["translate", "a"], in: scratch, input: "")
    #expect(empty.status == 1 && empty.error.contains("standard input is empty"))
    let wrong = try Recurrent.run(["generate", "a"], in: scratch)
    #expect(wrong.status == 1 && wrong.error.contains("translate"))
    let cut = try Recurrent.run(["translate", "a", "two three four", "--max-length", "1"], in: scratch)
    #expect(cut.status == 0 && cut.error.contains("--max-length"))
  }

  /// `watch` shows the encoder, which reads in both directions or backwards as the recipe says.
  @Test func theEncoderIsWatched() throws {
    let scratch = try Self.scratch()
    try scratch.file("lines.txt", "four\nthree two six\n\n")
    for reversed in [false, true] {
      let set = ["training.epochs=1", "model.reverseSource=\(reversed)", "model.bidirectional=\(!reversed)"]
      let run = "run-\(reversed)"
      try Self.trained(set, into: run, in: scratch)
      let object = try #require(
        Recurrent.run(["watch", run, "three two six", "--units", "all", "--json"], in: scratch).objects().first)
      #expect(object["steps"] as? [String] == (reversed ? ["six", "two", "three"] : ["three", "two", "six"]) + ["<eos>"])
      let cells = try #require(object["cells"] as? [[String: Any]])
      #expect(cells.map { $0["direction"] as? String } == (reversed ? ["forward"] : ["forward", "reverse"]))
      let values = cells.compactMap { cell in (cell["quantities"] as? [[String: Any]])?.last?["values"] as? [[Double]] }
      #expect(values.count == cells.count && values.joined().allSatisfy { $0.count == 4 && $0.contains { $0 != 0 } })
      let fromFile = try Recurrent.run(["watch", run, "--file", "lines.txt:2", "--units", "all", "--json"], in: scratch).objects().first
      #expect(fromFile as NSDictionary? == object as NSDictionary)
    }
    let drawn = try Recurrent.run(["watch", "run-false", "three two six", "--output", "w.html"], in: scratch)
    #expect(drawn.status == 0 && drawn.output.contains("over 4 words:"), "\(drawn.error)")
    #expect(try scratch.text("w.html").contains("Layer 0, reverse"))
    for (arguments, mention) in [
      ([" "], "INPUT is empty"), (["--file", "lines.txt:3"], "lines.txt: line 3 is empty"),
      (["--file", "lines.txt:9"], "number 9 is asked for"), (["--file", "nowhere.txt"], "nowhere.txt: no such file"),
    ] {
      let outcome = try Recurrent.run(["watch", "run-false"] + arguments, in: scratch)
      #expect(outcome.status == 1 && outcome.error.contains(mention), "\(outcome.error)")
    }
  }
}
