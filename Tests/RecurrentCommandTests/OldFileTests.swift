import Foundation
import RecurrentTensors
import RecurrentTraining
import Testing

/// Files that an earlier version wrote are read by this one, and mean the same.
@Suite struct OldFileTests {
  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/e87e1cf")

  /// A model that the earlier version trained, and the data that it was trained on.
  struct Old: Sendable, CustomTestStringConvertible {
    let task: String
    let data: String
    var testDescription: String { task }
  }

  static let models = [
    Old(task: "language-model", data: "text.txt"), Old(task: "conversation", data: "talk.jsonl"),
    Old(task: "text-classification", data: "labels.csv"), Old(task: "translation", data: "pairs.tsv"),
    Old(task: "knowledge-tracing", data: "answers.csv"), Old(task: "forecasting", data: "series.csv"),
    Old(task: "series-classification", data: "classes.jsonl"), Old(task: "series-tagging", data: "tags.jsonl"),
    Old(task: "series-regression", data: "swings.jsonl"),
  ]

  private static func scratch(_ old: Old, _ files: [String: String]) throws -> Scratch {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(at: scratch.url.appending(path: "run"), withIntermediateDirectories: true)
    for (source, target) in files.merging([old.data: old.data], uniquingKeysWith: { $1 }) {
      try FileManager.default.copyItem(at: directory.appending(path: source), to: scratch.url.appending(path: target))
    }
    return scratch
  }

  /// The figures are those that the earlier version printed, to the last digit.
  @Test(arguments: models)
  func aModelIsReadAndMeasuresTheSame(_ old: Old) throws {
    let scratch = try Self.scratch(old, ["\(old.task).safetensors": "run/model.safetensors"])
    let outcome = try Recurrent.run(["evaluate", "run", "--data", old.data, "--json"], in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    // What this version says besides is let be, and intervals, which are calibrated now.
    let besides = /"(model|data)":"[^"]*",|"seconds\w*":[^,}]*,?|"unknown":\d+,"unknownSkills":\[\],|"(crps|coverage\d+)":[^,]*,/
    let figures = outcome.output.replacing(besides, with: "")
    let printed = try String(contentsOf: Self.directory.appending(path: "\(old.task).json"), encoding: .utf8)
    #expect(figures == (old.task == "knowledge-tracing" ? printed : printed.replacing(besides, with: "")))
    if ["text-classification", "translation", "knowledge-tracing"].contains(old.task) {
      let words = try Recurrent.run(["evaluate", "run", "--data", old.data], in: scratch)
      #expect(words.output.contains("the model's file does not tell what it was trained on"))
    }
    let inspected = try Recurrent.run(["inspect", "run"], in: scratch)
    #expect(inspected.status == 0 && inspected.output.contains("task        \(old.task): "), "\(inspected.error)")
  }

  /// A run that the earlier version began ends with the bits that it would have had there.
  @Test(arguments: models.filter { ["language-model", "translation"].contains($0.task) })
  func aCheckpointGoesOnToTheSameBits(_ old: Old) throws {
    let scratch = try Self.scratch(
      old, ["\(old.task).checkpoint.safetensors": "run/checkpoint.safetensors", "\(old.task).yaml": "\(old.task).yaml"])
    let outcome = try Recurrent.run(
      ["train", "\(old.task).yaml", "--data", old.data, "--output", "run", "--resume", "--json"], in: scratch)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.objects().contains { $0["resumedAt"] is [String: Any] }, "\(outcome.output.prefix(300))")
    let ended = try SafetensorsFile(contentsOf: scratch.url.appending(path: "run/model.safetensors"))
    let whole = try SafetensorsFile(contentsOf: Self.directory.appending(path: "\(old.task).safetensors"))
    #expect(ended.entries.map(\.name) == whole.entries.map(\.name))
    for entry in whole.entries {
      let (a, b) = (try ended.tensor(entry.name, as: Float.self), try whole.tensor(entry.name, as: Float.self))
      #expect(a.shape == b.shape && a.scalars.map(\.bitPattern) == b.scalars.map(\.bitPattern), "\(entry.name)")
    }
  }
}
