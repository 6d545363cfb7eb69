import Foundation
import RecurrentDrawing
import RecurrentTasks
import RecurrentTensors
import RecurrentTraining
import Synchronization
import Testing

@testable import RecurrentLab

/// What all experiments share: their list, their parameters, the bench, the files.
@Suite struct FrameworkTests {
  @Test func experimentsHaveNamesOfTheirOwnAndOneLineEach() {
    let names = Laboratory.experiments.map { $0.name }
    #expect(Set(names).count == names.count)
    #expect(Set(names) == ["gradients", "composition", "cliff", "clipping", "flow", "long-lags", "memory", "window", "educations"])
    for experiment in Laboratory.experiments {
      #expect(!experiment.summary.isEmpty && !experiment.summary.contains("\n") && experiment.summary.count <= 100)
      #expect(!experiment.introduction.isEmpty && !experiment.sources.isEmpty)
    }
  }

  @Test func anUnknownExperimentIsMetWithTheNearest() {
    #expect(throws: LabError("no experiment \"gradiants\" in the lab; did you mean \"gradients\"?")) {
      try Laboratory.experiment(named: "gradiants")
    }
    #expect { try Laboratory.experiment(named: "xyzzy") } throws: { "\($0)".contains("there are gradients, composition") }
  }

  @Test(arguments: [
    ("uints=3", "did you mean \"units\"?"), ("units", "expected KEY=VALUE"), ("units=many", "must be an integer from 2 to 512"),
    ("units=1", "must be an integer from 2 to 512"), ("radii=1,2,3", "must be 5 numbers"), ("radii=5,4,3,2,1", "ascending"),
    ("matrix=orthogonel", "did you mean \"orthogonal\"?"), ("steps=none", "must be an integer"),
  ])
  func badAssignmentsSayWhatToWrite(assignment: String, words: String) {
    #expect {
      try GradientExperiment.parameters(setting: [assignment])
    } throws: {
      "\($0)".contains("--set \(assignment)") && "\($0)".contains(words)
    }
  }

  @Test func assignmentsChangeTheirKeyAlone() throws {
    let changed = try GradientExperiment.parameters(setting: ["units=7", "radii=[0.1, 0.2, 0.3, 0.4, 2]", "model=a b", "model=none"])
    var expected = GradientParameters()
    (expected.units, expected.radii) = (7, [0.1, 0.2, 0.3, 0.4, 2])
    #expect(changed == expected)
    let full = try LongLagExperiment.parameters(setting: ["units=8"], full: true)
    #expect(full.units == 8 && full.runs == LongLagExperiment.fullParameters?.runs)
    #expect(changed.writtenValues.map(\.key) == GradientParameters.keys.map(\.name))
  }

  /// Between the two the shortest is above the longest; only what comes out at the end has to fit together.
  @Test func assignmentsMayComeInAnyOrder() throws {
    let changed = try ClippingExperiment.parameters(setting: ["shortest=150", "longest=200"])
    #expect(changed.shortest == 150 && changed.longest == 200)
    #expect {
      try ClippingExperiment.parameters(setting: ["longest=60", "shortest=70"])
    } throws: {
      "\($0)".contains("--set longest=60 --set shortest=70: longest: 60 is below the shortest length, 70")
    }
  }

  @Test func defaultsAreWithinTheirOwnRanges() throws {
    func check<E: Experiment>(_ experiment: E.Type) throws {
      for parameters in [E.Parameters(), E.fullParameters].compactMap(\.self) {
        for (key, value) in parameters.writtenValues {
          var copy = parameters
          try copy.set(["\(key)=\(value)"], help: "")
          #expect(copy == parameters, "\(E.name) \(key)=\(value)")
        }
      }
    }
    for experiment in Laboratory.experiments { try check(experiment) }
  }

  @Test func jobsKeepTheirOrderWhateverTheThreads() throws {
    let bench = Bench()
    let squares = try bench.map(Array(0..<100)) { job, share in
      try share.report(1, "\(job)")
      return job * job
    }
    #expect(squares == (0..<100).map { $0 * $0 })
  }

  @Test func progressNeverGoesBackAndEndsAtOne() throws {
    let seen = Mutex([Double]())
    let bench = Bench { progress in seen.withLock { $0.append(progress.fraction) } }
    _ = try bench.map(Array(0..<20), in: 0.5...1) { job, share in
      try share.report(0.3, "a part")
      try share.report(1, "all of it")
    }
    let fractions = seen.withLock { $0 }
    #expect(fractions.allSatisfy { (0.5...1).contains($0) })
    #expect(abs((fractions.max() ?? 0) - 1) < 1e-12)
  }

  @Test func theFirstMistakeEndsAllJobs() {
    struct Mistake: Error {}
    #expect(throws: Mistake.self) {
      try Bench().map(Array(0..<50)) { job, share in
        if job == 3 { throw Mistake() }
        for _ in 0..<1000 { try share.report(0.1, "") }
      }
    }
  }

  @Test func anInterruptionEndsTheRun() {
    let interruption = Interruption()
    interruption.request()
    #expect(throws: LabInterruption.self) {
      try GradientExperiment.run(GradientParameters(), on: Bench(interruption: interruption))
    }
  }

  @Test func filesOfNumbersReadBack() {
    var file = DataFile("a.csv", columns: ["name", "x", "n"])
    file.append([.text("say \"a, b\""), .number(0.1), .integer(-3)])
    file.append([.text(""), .number(.nan), .integer(0)])
    #expect(file.text == "name,x,n\n\"say \"\"a, b\"\"\",0.1,-3\n,,0\n")
  }

  @Test func numbersInWords() {
    #expect(0.0.plain == "0" && 12.34.plain == "12.3" && (-0.5).plain == "−0.5")
    #expect(3.4e-9.plain == "3.4 × 10⁻⁹" && 1e17.plain == "1 × 10¹⁷")
    #expect(1.5.short == "1.5" && 1.0.short == "1" && (-0.25).signed(2) == "−0.25")
    #expect(["a", "b", "c"].listed == "a, b and c" && ["a"].listed == "a" && [String]().listed == "")
  }
}
