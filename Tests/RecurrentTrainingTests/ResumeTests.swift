import Foundation
import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentTraining

/// A run stopped anywhere, in any way, and resumed ends with the files of one never stopped.
@Suite struct ResumeTests {
  static func configuration(_ kind: TrainingConfiguration.OptimizerKind) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.epochs = 4
    configuration.rate = kind == .sgd || kind == .averagedSGD ? 0.1 : 0.02
    configuration.optimizer = kind
    configuration.momentum = kind == .sgd || kind == .rmsprop ? 0.9 : 0
    configuration.nesterov = kind == .sgd
    configuration.clip = 0.5
    configuration.warmup = 3
    configuration.evaluateEvery = 3
    configuration.schedule = .divideOnStall
    configuration.decayFactor = 1.5
    configuration.averagingPatience = 1
    return configuration
  }

  /// Everything that a run leaves behind and that must not depend on interruptions.
  struct Remains: Equatable {
    var model: Data
    var checkpoint: Data
    var metrics: [MetricsRecord]

    init(_ directory: URL) throws {
      model = try Data(contentsOf: directory.appendingPathComponent("model.safetensors"))
      checkpoint = try Data(contentsOf: directory.appendingPathComponent("checkpoint.safetensors"))
      metrics = try MetricsRecord.read(from: directory.appendingPathComponent("metrics.jsonl")).map { record in
        var record = record
        (record.seconds, record.unitsPerSecond) = (nil, nil)
        return record
      }
    }
  }

  static func trainer(
    _ configuration: TrainingConfiguration, _ directory: URL, task: TinyTask = task(), seed: UInt64 = 11,
    checkpointSteps: Int? = nil, interruption: Interruption? = nil, metadata: [String: String] = metadata
  ) -> Trainer<TinyTask> {
    Trainer(task: task, configuration: configuration, seed: seed, directory: directory, modelMetadata: metadata,
      checkpoints: CheckpointInterval(seconds: nil, steps: checkpointSteps), metricsInterval: 3,
      interruption: interruption)
  }

  static let metadata = ["configuration": #"{"cell":"tiny","hidden":8}"#, "vocabulary": #"["a"]"#]

  static func task(failure: TinyTask.Failure? = nil) -> TinyTask {
    TinyTask(stepsPerEpoch: 7, failure: failure, isNoisy: true)
  }

  static func uninterrupted(_ configuration: TrainingConfiguration) throws -> Remains {
    try withTemporaryDirectory { directory in
      _ = try trainer(configuration, directory).run(from: TinyRecurrent())
      return try Remains(directory)
    }
  }

  /// Asked to stop after every single step, and resumed each time: 28 processes' worth of stops.
  @Test(arguments: TrainingConfiguration.OptimizerKind.allCases)
  func interruptedAtEveryStep(_ kind: TrainingConfiguration.OptimizerKind) throws {
    let configuration = Self.configuration(kind)
    let whole = try Self.uninterrupted(configuration)
    // The noise makes everything happen that has a state: gains, divisions, averaging.
    #expect(whole.metrics.count(where: { $0.isBest == true }) > 1)
    #expect(Set(whole.metrics.compactMap(\.learningRate)).count > 2)
    try withTemporaryDirectory { directory in
      for attempt in 0..<40 {
        let interruption = Interruption()
        let result = try Self.trainer(configuration, directory, interruption: interruption).run(
          from: TinyRecurrent(seed: UInt64(attempt == 0 ? 7 : 1000 + attempt)), resuming: true
        ) { event in
          if case .step = event { interruption.request() }
        }
        if result.reason == .completed { break }
        #expect(result.reason == .interrupted)
        #expect(result.globalStep == attempt + 1)
      }
      #expect(try Remains(directory) == whole)
      let file = try SafetensorsFile(contentsOf: directory.appendingPathComponent("checkpoint.safetensors"))
      #expect(file.entries.contains { $0.name.hasPrefix("optimizer.average.") } == (kind == .averagedSGD))
    }
  }

  /// The same with rules: frozen, trained from the second epoch on, and with a rate and a decay of their own.
  @Test(arguments: TrainingConfiguration.OptimizerKind.allCases)
  func interruptedWithRules(_ kind: TrainingConfiguration.OptimizerKind) throws {
    var configuration = Self.configuration(kind)
    configuration.parameters = [
      "rnn.weight_ih": .frozen, "output": ParameterRule(frozenEpochs: 1), "*.bias": ParameterRule(rate: 0.5, decay: 0.01),
    ]
    let whole = try Self.uninterrupted(configuration)
    try withTemporaryDirectory { directory in
      for _ in 0..<40 {
        let interruption = Interruption()
        var trained = 0
        let result = try Self.trainer(configuration, directory, interruption: interruption).run(from: TinyRecurrent(), resuming: true) { event in
          if case .started(let started) = event { trained = started.trainedCount }
          if case .step = event { interruption.request() }
        }
        #expect(trained == 64 + 8 + 8)
        #expect(result.last.input.isBitwiseEqual(to: TinyRecurrent().input))
        #expect(result.last.output.isBitwiseEqual(to: TinyRecurrent().output) == (result.globalStep <= 7), "\(result.globalStep)")
        if result.reason == .completed { break }
      }
      #expect(try Remains(directory) == whole)
      // They are settings like all others.
      let rules = "[{rnn.weight_ih: frozen}, {output: {frozenEpochs: 1}}, {*.bias: {decay: 0.01, rate: 0.5}}]"
      configuration.parameters = ["output": .frozen]
      try Self.expectDifference(
        "training.parameters", rules, "[{output: frozen}]", directory
      ) { try Self.trainer(configuration, directory).run(from: TinyRecurrent(), resuming: true) }
      configuration.parameters = nil
      try Self.expectDifference(
        "training.parameters", rules, "absent", directory
      ) { try Self.trainer(configuration, directory).run(from: TinyRecurrent(), resuming: true) }
    }
  }

  /// Killed (nothing is written on the way out) at any step, with checkpoints every four: steps are done again.
  @Test(arguments: [0, 1, 3, 4, 6, 7, 8, 13, 14, 20, 27])
  func crashed(at step: Int) throws {
    let configuration = Self.configuration(.adam)
    let whole = try Self.uninterrupted(configuration)
    try withTemporaryDirectory { directory in
      #expect(throws: TinyTask.Crash.self) {
        try Self.trainer(configuration, directory, task: Self.task(failure: .crash(step: step)), checkpointSteps: 4)
          .run(from: TinyRecurrent())
      }
      var resumedAt: (epoch: Int, step: Int)?
      _ = try Self.trainer(configuration, directory, checkpointSteps: 3).run(from: TinyRecurrent(), resuming: true) {
        if case .started(let started) = $0 { resumedAt = started.resumedAt }
      }
      let done = step / 4 * 4
      #expect(resumedAt?.epoch == (done == 0 ? nil : done / 7 + 1))
      #expect(resumedAt?.step == (done == 0 ? nil : done % 7 + 1))
      #expect(try Remains(directory) == whole)
    }
  }

  /// A kill between the checkpoint and the model leaves an old, a newer or no model; a kill while metrics are written
  /// leaves half a line. Neither shows in the end.
  @Test func modelAndMetricsAreMadeAgain() throws {
    let configuration = Self.configuration(.averagedSGD)
    let whole = try Self.uninterrupted(configuration)
    try withTemporaryDirectory { directory in
      let interruption = Interruption()
      _ = try Self.trainer(configuration, directory, interruption: interruption).run(from: TinyRecurrent()) {
        if case .step(let step) = $0, step.globalStep == 16 { interruption.request() }
      }
      let model = directory.appendingPathComponent("model.safetensors")
      let written = try Data(contentsOf: model)
      try Data("half a mo".utf8).write(to: model)
      let metrics = try FileHandle(forWritingTo: directory.appendingPathComponent("metrics.jsonl"))
      try metrics.seekToEnd()
      try metrics.write(contentsOf: Data(#"{"epoch":3,"kind":"step","globalStep":17,"epochs":2.4}"#.utf8 + [10]))
      try metrics.write(contentsOf: Data(#"{"epoch":3,"ki"#.utf8))
      try metrics.close()
      let second = Interruption()
      second.request()
      _ = try Self.trainer(configuration, directory, interruption: second).run(from: TinyRecurrent(), resuming: true)
      #expect(try Data(contentsOf: model) == written)
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent(), resuming: true)
      #expect(try Remains(directory) == whole)
    }
  }

  @Test func resumingAFinishedRunChangesNothing() throws {
    try withTemporaryDirectory { directory in
      let configuration = Self.configuration(.rmsprop)
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent())
      let remains = try Remains(directory)
      let result = try Self.trainer(configuration, directory).run(from: TinyRecurrent(seed: 55), resuming: true)
      #expect(result.reason == .completed && result.globalStep == 28)
      #expect(try Remains(directory) == remains)
    }
  }

  @Test func stoppedEarlyStaysStopped() throws {
    try withTemporaryDirectory { directory in
      var configuration = Self.configuration(.adam)
      (configuration.epochs, configuration.evaluateEvery, configuration.earlyStopping) = (6, nil, 2)
      let task = TinyTask(stepsPerEpoch: 7, scripted: [2, 1, 3, 3, 0, 0])
      _ = try Self.trainer(configuration, directory, task: task).run(from: TinyRecurrent())
      let remains = try Remains(directory)
      let result = try Self.trainer(configuration, directory, task: task).run(from: TinyRecurrent(), resuming: true)
      #expect(result.reason == .stoppedEarly && result.globalStep == 28)
      #expect(try Remains(directory) == remains)
    }
  }

  /// A run may be made longer, and is then what it would have been from the start.
  @Test func moreEpochs() throws {
    var configuration = Self.configuration(.adam)
    try withTemporaryDirectory { directory in
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent())
      configuration.epochs = 6
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent(), resuming: true)
      #expect(try Remains(directory) == Self.uninterrupted(configuration))
    }
  }

  @Test func moreEpochsThanTheCosineKnew() throws {
    var configuration = Self.configuration(.adam)
    configuration.schedule = .cosine
    try withTemporaryDirectory { directory in
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent())
      configuration.epochs = 6
      try Self.expectDifference("training.epochs", "4", "6", directory) {
        try Self.trainer(configuration, directory).run(from: TinyRecurrent(), resuming: true)
      }
    }
  }

  static func expectDifference(
    _ key: String, _ was: String, _ now: String, _ directory: URL, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Trainer<TinyTask>.Result
  ) throws {
    let before = try Remains(directory)
    let error = #expect(throws: TrainingError.self, sourceLocation: sourceLocation) { try body() }
    let path = directory.appendingPathComponent("checkpoint.safetensors").path
    #expect(
      error.map { "\($0)" }
        == "cannot resume from \(path): \(key) was \(was) and is now \(now);"
        + " set it back, or train into another directory",
      sourceLocation: sourceLocation)
    #expect(try Remains(directory) == before, sourceLocation: sourceLocation)
  }

  /// Whatever else differs is refused by name, and the files stay.
  @Test func differences() throws {
    try withTemporaryDirectory { directory in
      let configuration = Self.configuration(.adam)
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent())
      func resume(_ trainer: Trainer<TinyTask>) throws -> Trainer<TinyTask>.Result {
        try trainer.run(from: TinyRecurrent(), resuming: true)
      }
      var other = configuration
      other.rate = 0.03
      try Self.expectDifference("training.rate", "0.02", "0.03", directory) {
        try resume(Self.trainer(other, directory))
      }
      other = configuration
      other.clip = nil
      try Self.expectDifference("training.clip", "0.5", "absent", directory) {
        try resume(Self.trainer(other, directory))
      }
      try Self.expectDifference("seed", "11", "18446744073709551615", directory) {
        try resume(Self.trainer(configuration, directory, seed: .max))
      }
      try Self.expectDifference("task.data", "99", "100", directory) {
        try resume(Self.trainer(configuration, directory, task: TinyTask(stepsPerEpoch: 7, dataSeed: 100)))
      }
      try Self.expectDifference("stepsPerEpoch", "7", "8", directory) {
        try resume(Self.trainer(configuration, directory, task: TinyTask(stepsPerEpoch: 8)))
      }
      var metadata = Self.metadata
      metadata["configuration"] = #"{"cell":"tiny","hidden":9}"#
      try Self.expectDifference("model.configuration.hidden", "8", "9", directory) {
        try resume(Self.trainer(configuration, directory, metadata: metadata))
      }
      metadata = Self.metadata
      metadata["vocabulary"] = #"["a","b"]"#
      try Self.expectDifference("model.vocabulary", #"["a"]"#, #"["a","b"]"#, directory) {
        try resume(Self.trainer(configuration, directory, metadata: metadata))
      }
    }
  }

  /// A model file, a truncated file and a foreign one are no checkpoints, and the message says which file.
  @Test func notACheckpoint() throws {
    try withTemporaryDirectory { directory in
      let configuration = Self.configuration(.adam)
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent())
      let url = directory.appendingPathComponent("checkpoint.safetensors")
      let whole = try Data(contentsOf: url)
      func message() -> String? {
        do {
          _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent(), resuming: true)
          return nil
        } catch { return "\(error)" }
      }
      try saveModel(TinyRecurrent(), to: url)
      #expect(message() == "\(url.path) is not a checkpoint that can be resumed: its format is 'recurrent'")
      try whole.dropLast(40).write(to: url)
      #expect(message()?.hasPrefix("\(url.path): truncated") == true)
      try whole.write(to: url)
      #expect(message() == nil)
    }
  }

  /// A run that does not resume takes over: nothing of the old one is left to resume by mistake.
  @Test func aFreshRunStartsClean() throws {
    try withTemporaryDirectory { directory in
      let configuration = Self.configuration(.adam)
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent())
      #expect(throws: TinyTask.Crash.self) {
        try Self.trainer(configuration, directory, task: Self.task(failure: .crash(step: 2))).run(from: TinyRecurrent())
      }
      #expect(!FileManager.default.fileExists(atPath: directory.appendingPathComponent("checkpoint.safetensors").path))
      var notes: [String] = []
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent(), resuming: true) {
        if case .note(let note) = $0 { notes.append(note) }
      }
      #expect(notes.first == "there is no checkpoint yet: beginning at the beginning")
      #expect(try Remains(directory) == Self.uninterrupted(configuration))
    }
  }

  /// SIGTERM and SIGINT do no more than set the flag; a run sees it after its step.
  @Test func signals() throws {
    let interruption = Interruption.onSignals()
    #expect(!interruption.isRequested)
    // To the process, not the thread: the threads that tests run on block signals.
    kill(getpid(), SIGTERM)
    for _ in 0..<500 where !interruption.isRequested { usleep(10_000) }
    #expect(interruption.isRequested)
    try withTemporaryDirectory { directory in
      let result = try Self.trainer(Self.configuration(.sgd), directory, interruption: interruption)
        .run(from: TinyRecurrent())
      #expect(result.reason == .interrupted && result.globalStep == 0)
    }
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
  }
}
