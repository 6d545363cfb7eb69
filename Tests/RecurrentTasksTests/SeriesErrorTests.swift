import Foundation
import RecurrentData
import RecurrentTraining
import Testing

@testable import RecurrentTasks

/// What is said of data and settings that make no run.
@Suite struct SeriesErrorTests {
  typealias Examples = LabelledSeriesExamples

  private func message<Answer: SeriesAnswer>(
    for answer: Answer.Type = WholeSeries.self, _ files: [String: String], at name: String? = nil, _ assignments: [String] = []
  ) throws -> String {
    try Examples.withFiles(files) { url in
      let source = name.map { url.appending(path: $0) } ?? url
      do {
        _ = try SeriesLabelling<Answer>.prepare(
          SeriesTests.settings(answer, assignments), from: DataSource(source.path))
        return "no error"
      } catch {
        return "\(error)".replacing(url.path, with: "DIR")
      }
    }
  }

  private let good = "{\"label\": \"a\", \"x\": [[1, 2], [3, 4]]}\n{\"label\": \"b\", \"x\": [[5, 6]]}\n"

  @Test func aLabelThatOnlyTheTestPartHas() throws {
    let test = "{\"label\": \"a\", \"x\": [[1, 2]]}\n{\"label\": \"zebra\", \"x\": [[1, 2]]}\n"
    let text = try message(["train.jsonl": good, "test.jsonl": test])
    #expect(text == "DIR/test.jsonl:2: the label \"zebra\" does not occur in the training data (labels there: a, b)")
  }

  @Test func otherChannelsThanInTraining() throws {
    let text = try message(["train.jsonl": good, "test.jsonl": "{\"label\": \"a\", \"x\": [[1, 2, 3]]}\n"])
    #expect(text == "DIR/test.jsonl: has 3 channels, and DIR/train.jsonl has 2")
  }

  @Test func malformedFiles() throws {
    let cases = [
      ("{\"label\": \"a\", \"x\": [[1, 2], [3]]}\n", "DIR/train.jsonl:1"),
      ("{\"label\": \"a\", \"x\": []}\n", "DIR/train.jsonl:1"),
      ("{\"label\": \"a\"}\n", "there is no key \"x\""),
      ("\u{0}\u{1}\u{2}", "DIR/train.jsonl:1"),
      ("", "there is not one sequence in this file"),
      ("{\"label\": \"a\", \"x\": [[1]]}\n{\"label\": \"a\", \"x\": [[1]]}\n", "all labels are \"a\""),
      ("{\"x\": [[1]]}\n", "there is no label to learn from"),
      ("{\"label\": [\"a\", \"b\"], \"x\": [[1], [2]]}\n", "a label for each step, where one for the whole sequence is needed"),
    ]
    for (content, expected) in cases {
      let text = try message(["train.jsonl": content])
      #expect(text.contains(expected), "\(content): \(text)")
    }
    let tagging = try message(for: EachStep.self, ["train.jsonl": good])
    #expect(tagging.contains("a label for the whole sequence, where one for each step is needed"))
  }

  @Test func tablesThatAreNone() throws {
    let back = "id,time,label,v\n1,2,a,1\n1,1,a,2\n2,1,b,3\n"
    let text = try message(["t.csv": back], at: "t.csv", ["data.idColumn=id", "data.timeColumn=time"])
    #expect(text.hasPrefix("DIR/t.csv:3:"), "\(text)")
    let word = try message(["t.csv": "a,1,two\nb,1,2\n"], at: "t.csv")
    #expect(word.hasPrefix("DIR/t.csv:1:") && word.contains("\"two\" is not a number"), "\(word)")
    let column = try message(["t.csv": "id,label,v\n1,a,1\n2,b,1\n"], at: "t.csv", ["data.idColumn=di"])
    #expect(column.contains("di") && column.contains("id"), "\(column)")
  }

  @Test func aConstantChannelIsSaid() throws {
    let lines = "{\"label\": \"a\", \"x\": [[1, 7], [3, 7]]}\n{\"label\": \"b\", \"x\": [[5, 7]]}\n"
    try Examples.withFiles(["train.jsonl": lines]) { url in
      let run = try SeriesClassification.prepare(SeriesTests.settings(WholeSeries.self), from: DataSource(url.path))
      #expect(run.notes.contains { $0.contains("\"channel 2\" is constant in the training data") })
    }
  }

  @Test func splitsThatCannotBe() throws {
    let files = ["train.jsonl": good]
    #expect(
      try message(files, ["data.folds=2"])
        == "DIR: is a directory with a file for each part, and data.folds deals a single file; name a file, or leave the key out")
    #expect(
      try message(files, at: "train.jsonl", ["data.folds=3"])
        == "DIR/train.jsonl: 2 series cannot be dealt into 3 folds (data.folds)")
    #expect(
      try message(files, at: "train.jsonl", ["data.folds=2", "data.splitting=group"]).hasPrefix(
        "DIR/train.jsonl:1: a series without a group, and data.splitting deals whole groups"))
    #expect(try message(files, ["training.earlyStopping=3"]).contains("there is no validation part to stop by"))
    #expect(try message(["other.jsonl": good]).contains("no file to train on: expected train.jsonl"))
  }

  @Test func settingsThatDoNotGoTogether() throws {
    func refusal(_ assignments: [String]) -> String {
      do {
        _ = try SeriesTests.settings(WholeSeries.self, assignments)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(refusal(["model.bidirectional=true", "model.gradientSteps=5"]).contains("model.gradientSteps: needs one direction"))
    #expect(refusal(["data.folds=3", "data.fold=4"]).contains("data.fold: is 4, and there are 3 folds"))
    #expect(refusal(["data.folds=3", "data.test=0.2"]).contains("data.test: a fold is the test part already"))
    #expect(refusal(["data.format=table"]).contains("data.idColumn: is missing"))
    #expect(refusal(["training.steps=5"]).contains("steps"))
    let pooled = try message(for: EachStep.self, ["train.jsonl": good], ["model.pooling=max"])
    #expect(pooled.contains("model.pooling: makes one vector of a series, and series-tagging answers each step"))
  }

  @Test func imagesWithoutLabels() throws {
    let text = try message(["train-images-idx3-ubyte": "\u{0}\u{0}\u{8}\u{3}"])
    #expect(text == "DIR: train-images-idx3-ubyte has no labels beside it: train-labels-idx1-ubyte is missing")
  }
}
