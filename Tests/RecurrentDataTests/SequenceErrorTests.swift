import Foundation
import Testing

@testable import RecurrentData

/// What files of sequences that cannot be used are told.
struct SequenceErrorTests {
  @Test(arguments: [
    ("", "FILE: there is not one sequence in this file"),
    ("[1,2]", "FILE:1:1: { is needed here, for a sequence, not \"[\""),
    ("{\"label\":\"a\"}", "FILE:1: there is no key \"x\", which holds the steps"),
    ("{\"x\":[]}", "FILE:1: a sequence without a step; leave the line out"),
    ("{\"x\":[[1],[]]}", "FILE:1:11: step 2 has no channel; write null for a value that is missing"),
    (
      "{\"x\":[[1,2],[3]]}",
      "FILE:1:13: step 2 has 1 channel where the steps before have 2; write null for a missing one"
    ),
    (
      "{\"x\":[[1,2]]}\n{\"x\":[[3]]}",
      "FILE:2:7: step 1 has 1 channel where the sequence of line 1 has 2; write null for a missing one"
    ),
    ("{\"x\":[[1,\"2\"]]}", "FILE:1:10: a number or null is needed here, not \"\"\""),
    ("{\"x\":[[1,Infinity]]}", "FILE:1:10: a number or null is needed here, not \"Infinity\""),
    ("{\"x\":[[1,2]", "FILE:1:12: ] is needed here, or a comma, in the steps, but the line ends"),
    ("{\"x\":[[1],]}", "FILE:1:11: a number or null is needed here, not \"]\""),
    ("{\"x\":[1]} {", "FILE:1:11: nothing is allowed after the object on a line, not \"{\""),
    ("{\"x\":[1],\"label\":[\"a\",\"b\"]}", "FILE:1: 2 labels for 1 step; one label is needed for each"),
    ("{\"x\":[1],\"label\":{}}", "FILE:1:18: a text or a number is needed here, not \"{\""),
    ("{\"x\":[1],\"lab", "FILE:1:10: this quote is not closed before the line ends"),
    ("{\"x\":[1],\"label\":\"\\q\"}", "FILE:1:19: no escape sequence of JSON"),
    ("{\"x\":[1],\"label\":\"\\ud800\"}", "FILE:1:25: half of a surrogate pair"),
    (
      "{\"x\":[1],\"label\":1}\n{\"x\":[1],\"label\":[1]}",
      "FILE:2: a label for each step where sequences before have one for the whole sequence; they must all have the same"
    ),
    ("{\"x\":[1]}\n\0", "FILE:2:1: a byte 0: this is a binary file, a text file is needed here"),
  ])
  func jsonLines(text: String, expected: String) throws {
    #expect(try message(text) { _ = try SequenceSet(jsonLines: $0) } == expected)
  }

  @Test(arguments: [
    ("", "FILE: there is not one sequence in this file"),
    ("{\"y\":[1]}", "FILE:1: there is no key \"x\", which holds what is read"),
    ("{\"x\":[1]}", "FILE:1: there is no key \"y\", which holds what is to be made of x"),
    ("{\"x\":[],\"y\":1}", "FILE:1:6: x has no step; leave the line out"),
    ("{\"x\":[1],\"y\":[]}", "FILE:1:14: y has no step; leave the line out"),
    ("{\"x\":[1],\"y\":\"1\"}", "FILE:1:14: a number or null is needed here, not \"\"\""),
    (
      "{\"x\":[1],\"y\":[[1,2],[3]]}",
      "FILE:1:21: step 2 has 1 channel where the steps before have 2; write null for a missing one"
    ),
    (
      "{\"x\":[[1]],\"y\":1}\n{\"x\":[[1,2]],\"y\":1}",
      "FILE:2:7: step 1 has 2 channels where x of the lines before has 1; write null for a missing one"
    ),
    (
      "{\"x\":1,\"y\":[[1,2]]}\n{\"x\":1,\"y\":3}",
      "FILE:2:12: y is one number where the lines before have 2 channels"
    ),
  ])
  func pairs(text: String, expected: String) throws {
    #expect(try message(text) { _ = try SequencePairSet(jsonLines: $0) } == expected)
  }

  @Test func targetsThatAreNotKnown() throws {
    let text = "{\"x\":[1,2]}\n{\"x\":3,\"y\":[[1,null],[2,3]],\"id\":\"b\"}\n"
    let pairs = try withFile(text) { try SequencePairSet(jsonLines: $0, needsTargets: false) }
    #expect(pairs.inputs.sequences.map(\.stepCount) == [2, 1] && pairs.inputs.sequences[1].id == "b")
    #expect(pairs.targets.sequences.map(\.stepCount) == [1, 2] && pairs.targets.sequences.map(\.missingCount) == [2, 1])
  }

  /// However deep a file nests, the program's stack does not grow.
  @Test func deepNesting() throws {
    let deep = String(repeating: "[", count: 1_000_000)
    #expect(
      try message("{\"a\":\(deep)") { _ = try SequenceSet(jsonLines: $0) }
        == "FILE:1:1000006: a text or a number is needed here, but the line ends")
  }

  @Test(arguments: [
    ("", "FILE: there is no line @data: this is no .ts file, or it is truncated"),
    ("@classLabel true a b\n", "FILE: there is no line @data: this is no .ts file, or it is truncated"),
    ("@data\n", "FILE: there is not one sequence in this file"),
    ("1,2:a\n", "FILE:1: \"1,2:a\" stands before @data; a .ts file begins with lines such as @classLabel true a b"),
    ("@data\n@univariate true\n", "FILE:2: \"@univariate true\" stands after @data; move it before"),
    ("@timeStamps true\n", "FILE:1: time stamps are not read from .ts files; write the series as a CSV with a time column"),
    ("@classLabel true\n@data\n", "FILE:1: @classLabel true must list the labels after it"),
    ("@dimensions two\n", "FILE:1: @dimensions needs a number above 0 after it, not \"two\""),
    (
      "@classLabel true walk run\n@data\n1,2:wlk\n",
      "FILE:3: the label \"wlk\" is none of those that @classLabel lists (run, walk); did you mean \"walk\"?"
    ),
    ("@classLabel true 1 2\n@data\n1,2,1\n", "FILE:3: there is no colon: the label must stand behind the last one"),
    ("@dimensions 3\n@data\n1:2\n", "FILE:3: 2 channels where the lines before @data say 3"),
    ("@data\n1:2\n1\n", "FILE:3: 1 channel where line 2 has 2"),
    ("@data\n1,2:3\n", "FILE:2: channel 2 has 1 step where channel 1 has 2; write ? for missing values"),
    ("@seriesLength 3\n@data\n1,2\n", "FILE:3: 2 steps where @seriesLength says 3"),
    ("@data\n1,x\n", "FILE:2: channel 1, step 2: \"x\" is not a number; write ? for a missing value"),
    ("@data\n1,2\n:\n", "FILE:3: 2 channels where line 2 has 1"),
    ("@classLabel true a\n@data\n:a\n", "FILE:3: a sequence without a step; leave the line out"),
  ])
  func tsFiles(text: String, expected: String) throws {
    #expect(try message(text) { _ = try SequenceSet(tsFile: $0) } == expected)
  }

  @Test(arguments: [
    ("id,t,a,y\nu,1,x,l\n", "FILE:2: column 3 (\"a\"): \"x\" is not a number; leave missing values empty, or write NA or NaN"),
    (
      "id,t,a,y\nu,2,1,l\nv,1,1,l\nu,1,1,l\n",
      "FILE:4: column 2 (\"t\"): \"1\" is before \"2\" in line 2; sort the rows by time"
    ),
    (
      "id,t,a,y\nu,1,1,l\nu,2,1,m\n",
      "FILE:3: column 4 (\"y\"): the label \"m\" where the sequence has \"l\" in line 2; give one label a sequence, or say that"
        + " each step has its own"
    ),
    ("id,t,a,y\n,1,1,l\n", "FILE:2: column 1 (\"id\"): there is no id; every row must say which sequence it is of"),
    ("id,t,y\nu,1,l\n", "FILE: there is no column of features beside id, time, label and group; name at least one"),
    ("id,time,a,y\nu,1,1,l\n", "FILE:1: there is no column \"t\" (there are: id, time, a, y)"),
  ])
  func tables(text: String, expected: String) throws {
    let columns = SequenceColumns(id: "id", time: "t", label: "y")
    #expect(try message(text) { _ = try SequenceSet(table: Table(contentsOf: $0), columns: columns) } == expected)
  }

  @Test(arguments: [
    ("", "FILE: the table is empty: there is not one row"),
    ("1,2\n1\n", "FILE:2: a sequence without a step; leave the line out"),
    ("1,2\n1,NA,NaN\n", "FILE:2: a sequence without a step; leave the line out"),
    ("1,2\n1,3,x\n", "FILE:2: column 3: \"x\" is not a number; leave missing values empty, or write NA or NaN"),
    ("1,\"2\n", "FILE:1:3: this quote is not closed before the file ends; close it, or read the table as one without quotes"),
  ])
  func labelFirst(text: String, expected: String) throws {
    #expect(try message(text) { _ = try SequenceSet(labelFirst: $0) } == expected)
  }

  @Test func labelsThatTrainingLacks() throws {
    func set(_ labels: [String]) throws -> SequenceSet {
      try SequenceSet(
        path: "FILE", sequences: labels.enumerated().map { LabelledSequence(values: [1], channelCount: 1, labels: .whole($1), line: $0 + 1) })
    }
    let classes = try ClassTable(of: set(["walk", "run", "walk"]))
    #expect(
      message { _ = try classes.indices(of: set(["run", "wlak"])) }
        == "FILE:2: the label \"wlak\" does not occur in the training data (labels there: run, walk); did you mean \"walk\"?")
    #expect(
      message { _ = try ClassTable(of: set(["a", "a"])) }
        == "FILE: all labels are \"a\"; there must be two classes at least to tell apart")
    #expect(
      message { _ = try ClassTable(labels: [], path: "FILE") }
        == "FILE: there is no label to learn from; name the column or key that has it")
    let steps = LabelledSequence(values: [1, 2], channelCount: 1, labels: .steps(["run", "x"]), line: 3)
    #expect(
      message { _ = try classes.stepIndices(of: steps, path: "FILE") }
        == "FILE:3: the label \"x\" does not occur in the training data (labels there: run, walk)")
    #expect(
      message { _ = try classes.stepIndices(of: LabelledSequence(values: [1], channelCount: 1, labels: .whole("run")), path: "FILE") }
        == "FILE:1: a label for the whole sequence, where one for each step is needed")
  }
}
