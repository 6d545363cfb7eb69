import Foundation
import Testing

/// `recurrent lab` as a person uses it.
@Suite struct LabTests {
  @Test func experimentsAreListed() throws {
    let outcome = try Recurrent.run(["lab"], in: try Scratch())
    #expect(outcome.status == 0)
    for name in ["gradients", "composition", "cliff", "clipping", "flow", "long-lags", "memory", "window"] {
      #expect(outcome.output.contains("\n\(name) ") || outcome.output.hasPrefix("\(name) "), "\(name)")
    }
  }

  @Test func anExperimentPrintsATableAndWritesAPage() throws {
    let scratch = try Scratch()
    let outcome = try Recurrent.run(["lab", "cliff", "--set", "cells=20", "--output", "a/b"], in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("clipping") && outcome.output.contains("a/b/report.html"))
    #expect(!outcome.output.contains("\u{1B}"))
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 110 })
    #expect(try scratch.text("a/b/report.html").contains("recurrent lab cliff --set cells=20 --seed 1"))
    #expect(try scratch.text("a/b/descents.csv").hasPrefix("clipping,update,"))

    let object = try #require(
      try Recurrent.run(["lab", "cliff", "--set", "cells=20", "--json", "--output", "c"], in: scratch).objects().first)
    #expect(object["experiment"] as? String == "cliff" && (object["notice"] as? [String])?.isEmpty == false)
    #expect(try scratch.bytes("a/b/descents.csv") == scratch.bytes("c/descents.csv"))
  }

  @Test(arguments: [
    (["lab", "clif"], 1, "did you mean \"cliff\"?"), (["lab", "cliff", "--set", "stepz=3"], 1, "did you mean \"steps\"?"),
    (["lab", "cliff", "--set", "steps=0"], 1, "from 1 to 1000"), (["lab", "cliff", "--full"], 1, "no long form"),
    (["lab", "gradients", "--model", "m"], 1, "--data"), (["lab", "gradients", "--model", "m", "--data", "d"], 1, "m"),
    (["lab", "cliff", "--model", "m"], 1, "model"), (["lab", "cliff", "--output", "file/below"], 1, "--output"),
    (["lab", "--full"], 64, "name an experiment"), (["lab", "cliff", "--seed=-1"], 64, "--seed is -1"),
  ])
  func mistakesSayWhatToDo(arguments: [String], status: Int, words: String) throws {
    let scratch = try Scratch()
    try scratch.file("file", "no directory")
    let outcome = try Recurrent.run(arguments, in: scratch)
    #expect(Int(outcome.status) == status, "\(outcome.error)")
    #expect(outcome.error.hasPrefix("recurrent: ") && outcome.error.contains(words), "\(outcome.error)")
    #expect(outcome.output.isEmpty)
  }

  @Test func parametersAreExplained() throws {
    let outcome = try Recurrent.run(["lab", "clipping", "--parameters"], in: try Scratch())
    #expect(outcome.status == 0)
    for key in ["rate", "clip", "updates"] { #expect(outcome.output.contains("\n  \(key)\n"), "\(key)") }
    #expect(outcome.output.contains("with --full 0.01"))
  }

  @Test func anInterruptedExperimentLeavesNothing() throws {
    let scratch = try Scratch()
    let running = try Running(["lab", "memory", "--output", "m", "--set", "updates=100000"], in: scratch)
    Thread.sleep(forTimeInterval: 2)
    running.signal(SIGINT)
    let outcome = try running.wait()
    #expect(outcome.status == 130)
    #expect(outcome.error.contains("stopped"))
    #expect(!scratch.has("m/report.html"))
  }

  /// The record of gradients costs no bit of the run.
  @Test func recordingGradientsChangesNothingElse() throws {
    let scratch = try TinyRun.scratch()
    let plain = try Recurrent.run(["train", "tiny.yaml", "--output", "plain"], in: scratch)
    let recorded = try Recurrent.run(["train", "tiny.yaml", "--output", "recorded", "--set", "gradients.every=7"], in: scratch)
    #expect(plain.status == 0 && recorded.status == 0, "\(recorded.error)")
    #expect(try scratch.bytes("plain/model.safetensors") == scratch.bytes("recorded/model.safetensors"))
    func losses(_ run: String) throws -> [String] {
      try objects(run).filter { $0["kind"] as? String != "gradients" }.map { "\($0["loss"] ?? "")" }
    }
    #expect(try losses("plain") == losses("recorded"))

    let records = try objects("recorded").filter { $0["kind"] as? String == "gradients" }
    #expect(records.count > 3 && records.allSatisfy { ($0["globalStep"] as? Int ?? 1) % 7 == 0 })
    let norms = try #require(records.last?["gradientNorms"] as? [[Double]])
    let lags = try #require(records.last?["gradientLags"] as? [Int])
    #expect(norms.count == 2 && norms.allSatisfy { $0.count == lags.count && $0.allSatisfy { $0 > 0 } })
    #expect(lags.first == 1 && lags.last == 15)
    #expect(records.last?["clippedFraction"] is Double)
    #expect(try scratch.text("recorded/gradients.svg").contains("steps back") && !scratch.has("plain/gradients.svg"))

    func objects(_ run: String) throws -> [[String: Any]] {
      try scratch.text("\(run)/metrics.jsonl").split(separator: "\n").compactMap {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
    }
  }

  @Test func aTrainedModelIsLookedInto() throws {
    let scratch = try TinyRun.trained()
    let outcome = try Recurrent.run(
      ["lab", "gradients", "--model", "run", "--data", "text.txt", "--set", "steps=20", "--output", "g"], in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("Layer 0") && outcome.output.contains("Layer 1"))
    #expect(try scratch.text("g/gradients.csv").contains("\n1,20,"))
  }
}
