import Foundation
import RecurrentData
import RecurrentTensors
import RecurrentTraining
import Testing

@testable import RecurrentTasks

/// What is said of a trained model beside what answers without a network.
@Suite struct BaselineComparisonTests {
  @Test(arguments: [
    (0.57, false, "accuracy 91.00 % by 1-NN, 57.00 % by the model"), (0.95, false, nil), (0.91, false, nil), (0.57, true, "accuracy 50.00 % by mean"),
    (0.3, true, nil), (.nan, false, "accuracy 91.00 % by 1-NN"),
  ] as [(Double, Bool, String?)])
  func theBestBaselineIsNamed(model: Double, isError: Bool, words: String?) {
    let comparison = BaselineComparison(
      figure: "accuracy", style: .percent, isError: isError, model: model, baselines: [("mean", 0.5), ("1-NN", 0.91), ("linear", .nan)], advice: "more")
    #expect(comparison.notes.isEmpty == (words == nil), "\(comparison.notes)")
    if let words {
      #expect(comparison.notes.first?.contains(words) == true, "\(comparison.notes)")
      #expect(comparison.notes.last == "to try: more")
    }
  }

  private func notes<Task: RecipeTask>(_ task: Task.Type, _ assignments: [String], _ url: URL, seconds: Double = 60) throws -> [String]? {
    var recipe = try Recipe(yaml: "task: \(Task.name)\n", name: "tiny", origin: "tiny.yaml")
    for assignment in assignments + ["training.epochs=1", "training.rate=0.0000001"] { try recipe.set(assignment) }
    let run = try Task.prepare(RunSettings(recipe), from: .path(url.path))
    let result = try run.trainer().run(from: run.model)
    let compare = try #require(run.comparison)
    return try compare(result.model, result.best?.evaluation, seconds)?.notes
  }

  /// Models that have learned nothing are told to be worse than what learns in a moment, on validation data or, where there are none, on the test part.
  @Test func modelsThatLearnedNothing() throws {
    var series: [String: String] = [:]
    for (name, seed) in [("train", 1), ("test", 2)] {
      var generator = RandomGenerator(seed: UInt64(seed))
      series["\(name).jsonl"] = (0..<40).map { row in
        let values = (0..<12).map { step in "\(sin(Double(step) * (row % 2 == 0 ? 0.5 : 2)) + 0.05 * generator.normal())" }
        return "{\"label\": \"\(row % 2 == 0 ? "slow" : "fast")\", \"x\": [\(values.joined(separator: ", "))]}\n"
      }.joined()
    }
    try withDirectory(series) { directory in
      for validation in ["0", "0.3"] {
        let notes = try #require(try notes(SeriesClassification.self, ["model.hidden=3", "data.validation=\(validation)"], directory))
        #expect(notes.count == 2 && notes[0].contains("1-NN") && notes[0].contains(validation == "0" ? "test part" : "valid part"), "\(notes)")
      }
      // Where there is no time the neighbours are not asked.
      let notes = try #require(try notes(SeriesClassification.self, ["model.hidden=3", "data.validation=0.3"], directory, seconds: 0))
      #expect(!notes.contains { $0.contains("1-NN") })
    }
    let texts = "label\ttext\n" + (0..<120).map { "\($0 % 3 == 0 ? "good\tgreat" : "bad\tdull") film number \($0 / 3)\n" }.joined()
    try withDirectory(["train.tsv": texts]) { directory in
      let assignments = ["model.hidden=3", "model.embedding=3", "data.validation=0.3", "data.test=0"]
      let notes = try #require(try notes(TextClassification.self, assignments, directory.appending(path: "train.tsv")))
      #expect(notes.count == 2 && notes[0].contains("bag-of-words"), "\(notes)")
      #expect(try self.notes(TextClassification.self, assignments, directory.appending(path: "train.tsv"), seconds: 0) == nil)
    }
    let table = "date,value\n" + (0..<300).map { "\($0),\(Double($0) + 5 * sin(Double($0)))\n" }.joined()
    try withDirectory(["rows.csv": table]) { directory in
      let assignments = ["model.window=12", "model.linear=false", "model.level=none", "model.hidden=3"]
      let notes = try #require(try notes(Forecasting.self, assignments, directory.appending(path: "rows.csv")))
      #expect(notes.count == 2 && notes[0].contains("by linear"), "\(notes)")
    }
  }
}
