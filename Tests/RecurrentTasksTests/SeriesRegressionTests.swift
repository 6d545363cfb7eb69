import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining
import Testing

@testable import RecurrentTasks

/// Numbers made of series, in the five arrangements.
@Suite struct SeriesRegressionTests {
  static func settings(_ assignments: [String]) throws -> RunSettings<SeriesRegression> {
    var recipe = try Recipe(named: "pendulum")
    for assignment in assignments { try recipe.set(assignment) }
    return try RunSettings(recipe)
  }

  /// A model trained on a source, written to a file and read again.
  static func train(
    _ assignments: [String], on source: DataSource = DataSource("pendulum"), in directory: URL
  ) throws -> TrainedSeriesRegression {
    let settings = try settings(assignments)
    let run = try SeriesRegression.prepare(settings, from: source)
    let result = try run.trainer().run(from: run.model)
    let file = directory.appending(path: "model.safetensors")
    try saveModel(result.model, metadata: run.metadata(), to: file)
    return try TrainedSeriesRegression(contentsOf: file)
  }

  /// The embedded recipe, shortened: in every arrangement the network explains more than a linear model of the same inputs does.
  @Test(arguments: [
    (Arrangement.oneToOne, 0.4), (.oneToMany, 0.97), (.manyToOne, 0.9), (.manyToManyAfter, 0.9), (.manyToManyInStep, 0.97),
  ])
  func theFiveArrangementsAreLearned(arrangement: Arrangement, bar: Double) throws {
    try withDirectory { directory in
      let trained = try Self.train(
        ["model.arrangement=\(arrangement.rawValue)", "training.epochs=12", "model.hidden=48", "training.rate=0.01"], in: directory)
      let report = try trained.report(on: EvaluationRequest(source: DataSource("pendulum")))
      func explained(_ name: String) throws -> [Double] {
        guard case .list(let channels) = try #require(report.members.first { $0.0 == name }).1 else { return [] }
        return channels.compactMap { channel in
          guard case .object(let members) = channel, case .number(let value)? = members.first(where: { $0.0 == "r2" })?.1 else {
            return nil
          }
          return value
        }
      }
      let (network, linear) = try (explained("outputs"), explained("linear"))
      #expect(network.count == trained.codec.outputSize && linear.count == network.count)
      #expect(network[0] > bar, "\(arrangement): \(network)")
      #expect(zip(network, linear).allSatisfy { $0 > $1 }, "\(arrangement): \(network) beside \(linear)")
    }
  }

  @Test func predictionsAreInTheUnitsOfTheFile() throws {
    // y = 100 + the sum of x, for series of 1 to 4 steps.
    let lines = (0..<200).map { row in
      let x = (0...row % 4).map { Double((row * 7 + $0 * 5) % 11) }
      return "{\"id\": \"r\(row)\", \"x\": \(x), \"y\": \(100 + x.reduce(0, +))}\n"
    }.joined()
    try withDirectory(["train.jsonl": lines, "new.jsonl": "{\"x\": [1, 2, 3]}\n{\"id\": \"b\", \"x\": [9, 9]}\n"]) { directory in
      let trained = try Self.train(
        ["model.hidden=24", "training.epochs=60"], on: DataSource(directory.appending(path: "train.jsonl").path), in: directory)
      let answers = try trained.answers(toContentsOf: directory.appending(path: "new.jsonl"))
      #expect(answers.map(\.id) == [nil, "b"] && answers.map(\.values.count) == [1, 1])
      let watched = try trained.watch(.text(directory.appending(path: "new.jsonl").path + ":2"), limit: 100)
      #expect(watched.steps == ["1", "2"] && watched.cells.map { $0.hidden.shape } == [[2, 1, 24]])
      #expect(abs(answers[0].values[0][0] - 106) < 1.5 && abs(answers[1].values[0][0] - 118) < 1.5, "\(answers)")
    }
  }

  @Test func theNumberOfAnswersThatIsFreeIsAskedFor() throws {
    let equal = (0..<8).map { "{\"x\": [\($0)], \"y\": [1, 2, \($0)]}\n" }.joined()
    try withDirectory(["equal.jsonl": equal, "other.jsonl": equal + "{\"x\": [3], \"y\": [1]}\n", "new.jsonl": "{\"x\": [5]}\n"]) { directory in
      func trained(_ name: String) throws -> TrainedSeriesRegression {
        try Self.train(
          ["model.arrangement=one-to-many", "training.epochs=1"], on: DataSource(directory.appending(path: name).path), in: directory)
      }
      let new = directory.appending(path: "new.jsonl")
      #expect(try trained("equal.jsonl").answers(toContentsOf: new)[0].values.count == 3)
      #expect(try trained("equal.jsonl").answers(toContentsOf: new, steps: 7)[0].values.count == 7)
      let other = try trained("other.jsonl")
      #expect(try other.answers(toContentsOf: new, steps: 2)[0].values.count == 2)
      #expect(throws: DataError.self) { try other.answers(toContentsOf: new) }
    }
  }

  /// A missing input is marked, and a missing target counts for nothing.
  @Test func missingValues() throws {
    let lines = "{\"x\": [[1, null], [2, 3]], \"y\": [[1], [null]]}\n{\"x\": [[4, 5]], \"y\": [[2]]}\n"
    let pairs = try withDirectory(["data.jsonl": lines]) { try SequencePairSet(jsonLines: $0.appending(path: "data.jsonl")) }
    let codec = try RegressionCodec(pairs, arrangement: .manyToManyInStep, standardizes: false)
    let batch = try codec.encode(pairs).batch([0, 1])
    #expect(codec.inputSize == 4 && batch.inputs.scalars == [1, 0, 1, 0, 4, 5, 1, 1, 2, 3, 1, 1, 0, 0, 0, 0])
    #expect(batch.targets.scalars == [1, 2, 0, 0] && batch.mask.scalars == [1, 1, 0, 0])
  }

  @Test(arguments: [
    ("one-to-one", "{\"x\": [1, 2], \"y\": 1}", "2 steps of x and 1 of y: one-to-one needs one step of x and one of y"),
    ("many-to-one", "{\"x\": [1, 2], \"y\": [1, 2]}", "2 steps of x and 2 of y: many-to-one needs one step of y"),
    ("many-to-many-in-step", "{\"x\": [1, 2], \"y\": 1}", "2 steps of x and 1 of y: many-to-many-in-step needs as many steps of y as of x"),
    ("one-to-many", "{\"x\": [1, 2], \"y\": 1}", "2 steps of x and 1 of y: one-to-many needs one step of x"),
  ])
  func whatDoesNotFitTheArrangement(arrangement: String, line: String, expected: String) throws {
    try withDirectory(["data.jsonl": line + "\n"]) { directory in
      let path = directory.appending(path: "data.jsonl").path
      let error = #expect(throws: DataError.self) {
        try SeriesRegression.prepare(Self.settings(["model.arrangement=\(arrangement)"]), from: DataSource(path))
      }
      #expect(error?.description == "\(path):1: \(expected); another model.arrangement may be meant")
    }
  }

  @Test func aRunThatStopsAndGoesOnEndsWithTheSameBits() throws {
    let assignments = ["model.arrangement=many-to-many-after", "model.hidden=8", "model.dropout=0.2", "training.epochs=1"]
    try expectSameBitsWhenResumed(stoppingAt: [7, 30]) {
      try SeriesRegression.prepare(Self.settings(assignments), from: DataSource("pendulum"))
    } configuration: {
      // The recipe's training section, as `prepare` was given it.
      try Self.settings(assignments).training
    }
  }
}
