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
      checkpoints: CheckpointInterval(seconds: nil, steps: checkpointSteps, epochEnds: false), metricsInterval: 3,
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
    _ key: String, _ was: String, _ now: String, _ directory: URL, problem: String? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Trainer<TinyTask>.Result
  ) throws {
    let before = try Remains(directory)
    let error = #expect(throws: TrainingError.self, sourceLocation: sourceLocation) { try body() }
    let path = directory.appendingPathComponent("checkpoint.safetensors").path
    #expect(
      error.map { "\($0)" }
        == "cannot resume from \(path): "
        + (problem ?? "\(key) was \(was) and is now \(now); set it back, or train into another directory"),
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
      let others =
        "the data are not those that the run began with (their digest task.data was 99 and is now 100); give it the same data, or train into another directory"
      try Self.expectDifference("task.data", "99", "100", directory, problem: others) {
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

  /// The names in a directory.
  private static func names(_ directory: URL) throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: directory.path)) }

  /// A run that does not resume puts the old one aside, all of it, and takes its place with the first model.
  @Test func aNewRunReplacesTheOldOne() throws {
    try withTemporaryDirectory { directory in
      let configuration = Self.configuration(.adam)
      _ = try Self.trainer(configuration, directory, seed: 1).run(from: TinyRecurrent())
      for file in [RunFile.recipe, .lossChart, .gradientChart] { try Data("old".utf8).write(to: file.url(in: directory)) }
      try Data("mine".utf8).write(to: directory.appendingPathComponent("notes.txt"))
      let old = try Self.names(directory)
      var notes: [String] = []
      let interruption = Interruption()
      _ = try Self.trainer(configuration, directory, interruption: interruption).run(from: TinyRecurrent()) { event in
        if case .note(let note) = event { notes.append(note) }
        if case .step = event { interruption.request() }
      }
      #expect(notes == ["the run that was here before is in \(directory.path)/previous-run until this one has made a model"])
      #expect(try Self.names(directory) == ["checkpoint.safetensors", "metrics.jsonl", "notes.txt", "previous-run"])
      #expect(try Self.names(RunPlace(directory).previous) == old.subtracting(["notes.txt"]))
      // Begun anew once more: the old run with a model stays aside, the one without goes.
      let second = Interruption()
      second.request()
      _ = try Self.trainer(configuration, directory, interruption: second).run(from: TinyRecurrent())
      #expect(try Self.names(RunPlace(directory).previous) == old.subtracting(["notes.txt"]))
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent(), resuming: true)
      #expect(try Self.names(directory) == ["checkpoint.safetensors", "metrics.jsonl", "model.safetensors", "notes.txt"])
      #expect(try Remains(directory) == Self.uninterrupted(configuration))
    }
  }

  /// One that ends before it has a model or a checkpoint gives the old run back as it was.
  @Test(arguments: [TinyTask.Failure.crash(step: 2), .nan(step: 2)])
  func aRunWithoutAModelLeavesTheOldOne(failure: TinyTask.Failure) throws {
    try withTemporaryDirectory { directory in
      let configuration = Self.configuration(.adam)
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent())
      try Data("old".utf8).write(to: RunFile.recipe.url(in: directory))
      let (remains, names) = (try Remains(directory), try Self.names(directory))
      var notes: [String] = []
      #expect(throws: (any Error).self) {
        try Self.trainer(configuration, directory, task: Self.task(failure: failure), seed: 5).run(from: TinyRecurrent()) { event in
          if case .started = event { try? Data("new".utf8).write(to: RunFile.recipe.url(in: directory)) }
          if case .note(let note) = event { notes.append(note) }
        }
      }
      #expect(notes.last == "the run that was here before is back")
      #expect(try Remains(directory) == remains && Self.names(directory) == names)
      #expect(try String(contentsOf: RunFile.recipe.url(in: directory), encoding: .utf8) == "old")
    }
  }

  /// A kill while files are on their way loses none: the next run puts them back.
  @Test func filesOnTheirWay() throws {
    try withTemporaryDirectory { directory in
      let place = RunPlace(directory)
      for file in [RunFile.model, .checkpoint, .metrics] { try Data(file.rawValue.utf8).write(to: file.url(in: directory)) }
      let passage = directory.appendingPathComponent(".previous-run")
      try FileManager.default.createDirectory(at: passage, withIntermediateDirectories: true)
      try FileManager.default.moveItem(at: RunFile.model.url(in: directory), to: RunFile.model.url(in: passage))
      try place.setAside()
      #expect(try Self.names(place.previous) == ["model.safetensors", "checkpoint.safetensors", "metrics.jsonl"])
      try Data("new".utf8).write(to: RunFile.metrics.url(in: directory))
      try place.bringBack()
      #expect(place.files == [.model, .checkpoint, .metrics] && !place.hasPrevious)
      #expect(try String(contentsOf: RunFile.metrics.url(in: directory), encoding: .utf8) == "metrics.jsonl")
    }
  }

  /// What is not of a run is nobody's to move: a folder of samples that no run wrote, and what lies beside the run that is aside.
  @Test func whatIsNotOfARunStays() throws {
    try withTemporaryDirectory { directory in
      let place = RunPlace(directory)
      let own = [RunFile.samples.url(in: directory), place.previous].map { $0.appendingPathComponent("own.wav") }
      for file in own {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("own".utf8).write(to: file)
      }
      #expect(place.files.isEmpty && !place.hasRun)
      try Data("old".utf8).write(to: RunFile.model.url(in: place.previous))
      #expect(place.hasPrevious && place.hasRun)
      _ = try Self.trainer(Self.configuration(.adam), directory).run(from: TinyRecurrent())
      #expect(!place.hasPrevious)
      for file in own { #expect(try String(contentsOf: file, encoding: .utf8) == "own") }
    }
  }

  /// A kill while the old run goes aside leaves one that can be resumed.
  @Test func resumingWhatWasOnItsWay() throws {
    try withTemporaryDirectory { directory in
      let configuration = Self.configuration(.adam)
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent())
      let passage = directory.appendingPathComponent(".previous-run")
      try FileManager.default.createDirectory(at: passage, withIntermediateDirectories: true)
      for file in [RunFile.model, .checkpoint] { try FileManager.default.moveItem(at: file.url(in: directory), to: file.url(in: passage)) }
      #expect(RunPlace(directory).hasRun)
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent(), resuming: true)
      #expect(try Remains(directory) == Self.uninterrupted(configuration))
      #expect(try Self.names(directory) == ["checkpoint.safetensors", "metrics.jsonl", "model.safetensors"])
    }
  }

  /// Without a checkpoint a run begins at the beginning, unless it has made a model, whose checkpoint somebody has removed.
  @Test func withoutACheckpoint() throws {
    try withTemporaryDirectory { directory in
      let configuration = Self.configuration(.adam)
      #expect(throws: TinyTask.Crash.self) {
        try Self.trainer(configuration, directory, task: Self.task(failure: .crash(step: 2))).run(from: TinyRecurrent())
      }
      var notes: [String] = []
      _ = try Self.trainer(configuration, directory).run(from: TinyRecurrent(), resuming: true) {
        if case .note(let note) = $0 { notes.append(note) }
      }
      #expect(notes.first == "there is no checkpoint yet: beginning at the beginning")
      #expect(try Remains(directory) == Self.uninterrupted(configuration))
      try FileManager.default.removeItem(at: RunFile.checkpoint.url(in: directory))
      let model = try Data(contentsOf: RunFile.model.url(in: directory))
      let error = #expect(throws: TrainingError.self) { try Self.trainer(configuration, directory).run(from: TinyRecurrent(), resuming: true) }
      #expect(error.map { "\($0)" }?.hasPrefix("\(directory.path): there is a model but no checkpoint.safetensors to go on from") == true)
      #expect(try Data(contentsOf: RunFile.model.url(in: directory)) == model)
    }
  }

  /// A checkpoint that cannot be written ends no run: it goes on, says so once, and gives its model.
  @Test func aCheckpointWithoutRoom() throws {
    try withTemporaryDirectory { directory in
      let configuration = Self.configuration(.adam)
      // Whoever writes the file finds a directory.
      try FileManager.default.createDirectory(at: RunFile.checkpoint.url(in: directory), withIntermediateDirectories: true)
      var notes: [String] = []
      var reason: FinishReason?
      let trainer = Trainer(task: Self.task(), configuration: configuration, seed: 11, directory: directory, modelMetadata: Self.metadata)
      let error = #expect(throws: TrainingError.self) {
        try trainer.run(from: TinyRecurrent()) { event in
          if case .note(let note) = event, note.contains("checkpoint") { notes.append(note) }
          if case .finished(let finished) = event { reason = finished.reason }
        }
      }
      let problem = "cannot write \(RunFile.checkpoint.url(in: directory).path): a directory is in the way; remove it or choose another path"
      #expect(notes == [problem + "; the run goes on without a new checkpoint"])
      let model = RunFile.model.url(in: directory)
      #expect(error.map { "\($0)" } == problem + "; the model is in \(model.path)" && reason == .completed)
      let whole = try Self.uninterrupted(configuration).model
      #expect(try Data(contentsOf: model) == whole)
    }
  }

  /// By default a crash loses the epoch that it is in, or 30 seconds; an epoch is left out where writing takes more than a fifth of the time.
  @Test func anEpochIsLostAtMost() throws {
    try withTemporaryDirectory { directory in
      func trainer(_ failure: TinyTask.Failure?) -> Trainer<TinyTask> {
        Trainer(task: Self.task(failure: failure), configuration: Self.configuration(.adam), directory: directory)
      }
      #expect(throws: TinyTask.Crash.self) { try trainer(.crash(step: 10)).run(from: TinyRecurrent()) }
      var resumedAt: (epoch: Int, step: Int)?
      _ = try trainer(nil).run(from: TinyRecurrent(), resuming: true) { if case .started(let started) = $0 { resumedAt = started.resumedAt } }
      #expect(resumedAt?.epoch == 2 && resumedAt?.step == 1)
    }
    func isDue(_ seconds: Double, writing: Double, epochEnds: Bool = true) -> Bool {
      CheckpointInterval().isDue(after: 1, epochEnds: epochEnds, seconds: seconds, writing: writing)
    }
    #expect(isDue(0.001, writing: 0) && isDue(4, writing: 1) && isDue(30, writing: 10))
    #expect(!isDue(3, writing: 1) && !isDue(29, writing: 0.01, epochEnds: false) && isDue(30, writing: 1, epochEnds: false))
  }

  /// Short epochs share a checkpoint: writing takes a fifth of the time, however many there are.
  @Test(arguments: [200, 2000]) func shortEpochsShareACheckpoint(epochs: Int) {
    var (now, last, count) = (0.0, 0.0, 0)
    for epoch in 1...epochs {
      now += 0.001
      guard CheckpointInterval().isDue(after: epoch, epochEnds: true, seconds: now - last, writing: count == 0 ? 0 : 0.007) else { continue }
      (count, now) = (count + 1, now + 0.007)
      last = now
    }
    #expect(epochs / 32 <= count && count <= epochs / 28 + 1)
  }

  /// Signals do no more than set the flag, those not at all that were ignored; a run sees it after its step.
  @Test func signals() throws {
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }  // whoever runs the tests may ignore them
    signal(SIGHUP, SIG_IGN)
    let interruption = Interruption.onSignals()
    #expect(Interruption.isIgnored(SIGHUP) && !Interruption.isIgnored(SIGINT) && !Interruption.isIgnored(SIGTERM))
    signal(SIGHUP, SIG_DFL)
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
