import Foundation
import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentTraining

/// The loop: what it does to a model, what it tells, what it writes.
@Suite struct TrainerTests {
  static func configuration(_ change: (inout TrainingConfiguration) -> Void = { _ in }) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.epochs = 3
    configuration.rate = 0.02
    change(&configuration)
    return configuration
  }

  @Test func learns() throws {
    let trainer = Trainer(task: TinyTask(), configuration: Self.configuration { $0.epochs = 20 })
    let before = try TinyTask().evaluate(TinyRecurrent()).loss
    let result = try trainer.run(from: TinyRecurrent())
    #expect(result.reason == .completed)
    #expect(result.globalStep == 240)
    let after = try TinyTask().evaluate(result.model).loss
    #expect(after < before / 10)
    #expect(result.best?.evaluation.loss == after)
  }

  /// The loop is no more than this: gradient, clipping, update, with the state carried and reset at each epoch.
  @Test func equalsTheLoopWrittenOut() throws {
    let task = TinyTask()
    let result = try Trainer(task: task, configuration: Self.configuration { $0.clip = 0.5 }, seed: 5)
      .run(from: TinyRecurrent())
    var model = TinyRecurrent()
    var optimizer = Adam(for: model)
    var generator = RandomGenerator(seed: 5).split("dropout")
    for epoch in 0..<3 {
      var carried: HiddenState<Float>?
      for step in 0..<task.stepsPerEpoch {
        let batch = try task.batch(at: step, epoch: epoch, shard: .whole)
        let before = carried ?? task.initialCarried(for: model, on: batch)
        let result = try valueAndGradient(at: model) { model in
          let result = try task.loss(of: model, on: batch, from: before, using: &generator)
          return (result.value, result.carried)
        }
        carried = result.auxiliary.detached()
        let norm = globalNorm(of: result.gradient)
        optimizer.update(&model, along: result.gradient, scale: norm > 0.5 ? 0.5 / norm : 1, rate: 0.02)
      }
    }
    #expect(result.last.isBitwiseEqual(to: model))
  }

  @Test func events() throws {
    var steps: [TrainingEvent.Step] = []
    var epochs: [TrainingEvent.Epoch] = []
    var order = ""
    let configuration = Self.configuration {
      $0.clip = 1
      $0.schedule = .steps
    }
    try withTemporaryDirectory { directory in
      _ = try Trainer(task: TinyTask(), configuration: configuration, directory: directory,
        checkpoints: CheckpointInterval(seconds: nil, steps: 18, epochEnds: false)
      ).run(from: TinyRecurrent()) { event in
        switch event {
        case .started(let started):
          order += "["
          #expect(started.parameterCount == 24 + 64 + 8 + 8)
          #expect(started.epochs == 3 && started.stepsPerEpoch == 12 && started.resumedAt == nil)
        case .step(let step):
          order += "."
          steps.append(step)
        case .epoch(let epoch):
          order += "e"
          epochs.append(epoch)
        case .checkpoint(let path, _):
          order += "c"
          #expect(path == directory.appendingPathComponent("checkpoint.safetensors").path)
        case .finished(let finished):
          order += "]"
          #expect(finished.reason == .completed)
          #expect(finished.modelPath == directory.appendingPathComponent("model.safetensors").path)
        case .evaluation, .note: order += "?"
        }
      }
    }
    #expect(order == "[............e......c......e............ec]")
    #expect(steps.map(\.globalStep) == Array(1...36))
    #expect(steps[12].epoch == 2 && steps[12].step == 1 && steps[12].totalSteps == 36)
    #expect(steps.map(\.learningRate) == (1...36).map { [0.02, 0.01, 0.005][($0 - 1) / 12] })
    #expect(steps.allSatisfy { $0.gradientNorm > 0 && $0.isClipped == ($0.gradientNorm > 1) })
    #expect(epochs.map(\.epoch) == [1, 2, 3])
    for epoch in epochs {
      let own = steps[(epoch.epoch - 1) * 12..<epoch.epoch * 12]
      #expect(abs(epoch.trainingLoss - own.map(\.loss).reduce(0, +) / 12) < 1e-12)
      #expect(abs(epoch.gradientNorm - own.map(\.gradientNorm).reduce(0, +) / 12) < 1e-12)
      #expect(epoch.clippedFraction == Double(own.count(where: \.isClipped)) / 12)
      #expect(epoch.validation?.metrics["root"] != nil && epoch.sample != nil)
    }
  }

  /// The model is trained in its own memory: where no evaluation keeps a copy, its weights never move.
  @Test(arguments: TrainingConfiguration.OptimizerKind.allCases)
  func trainsInPlace(_ kind: TrainingConfiguration.OptimizerKind) throws {
    let task = TinyTask(scripted: [.nan])
    let configuration = Self.configuration { ($0.optimizer, $0.evaluateEvery, $0.clipValue) = (kind, 1, 0.01) }
    _ = try Trainer(task: task, configuration: configuration).run(from: TinyRecurrent())
    #expect(task.addresses.seen.count == 36)
    #expect(Set(task.addresses.seen).count == 1)
  }

  @Test func noSteps() {
    let trainer = Trainer(task: TinyTask(stepsPerEpoch: 0), configuration: Self.configuration())
    let error = #expect(throws: TrainingError.self) { try trainer.run(from: TinyRecurrent()) }
    #expect(error.map { "\($0)" }?.contains("the training data are too short") == true)
  }

  @Test func invalidConfiguration() {
    let trainer = Trainer(task: TinyTask(), configuration: Self.configuration { $0.nesterov = true })
    #expect(throws: ConfigurationError.self) { try trainer.run(from: TinyRecurrent()) }
  }

  // MARK: Evaluation

  /// A task's own score decides, where it has one.
  @Test func theScoreDecides() throws {
    let task = TinyTask(scripted: [3, 1, 4], prefersHighLoss: true)
    let result = try Trainer(task: task, configuration: Self.configuration()).run(from: TinyRecurrent())
    #expect(result.best?.evaluation.loss == 4 && result.best?.epoch == 3)
    #expect(result.model.isBitwiseEqual(to: result.last))
  }

  /// The model with the lowest validation loss is returned and written, not the last.
  @Test func bestIsKept() throws {
    try withTemporaryDirectory { directory in
      let task = TinyTask(scripted: [3, 1, 2])
      let trainer = Trainer(task: task, configuration: Self.configuration(), directory: directory, modelMetadata: ["vocabulary": "[]"])
      var afterSecond: Int?
      let result = try trainer.run(from: TinyRecurrent()) { event in
        if case .epoch(let epoch) = event, epoch.isBest { afterSecond = epoch.epoch }
      }
      #expect(afterSecond == 2)
      #expect(result.best == BestEvaluation(epoch: 2, globalStep: 24, evaluation: Evaluation(loss: 1, units: 1)))
      // A run of two epochs ends with that model.
      let shorter = try Trainer(task: TinyTask(), configuration: Self.configuration { $0.epochs = 2 })
        .run(from: TinyRecurrent())
      #expect(result.model.isBitwiseEqual(to: shorter.last))
      #expect(!result.last.isBitwiseEqual(to: shorter.last))
      let file = try SafetensorsFile(contentsOf: directory.appendingPathComponent("model.safetensors"))
      var loaded = TinyRecurrent()
      try loadParameters(into: &loaded, from: file)
      #expect(loaded.isBitwiseEqual(to: shorter.last))
      #expect(file.metadata["format"] == "recurrent" && file.metadata["vocabulary"] == "[]")
      #expect(TrainingSummary(metadata: file.metadata)?.best == result.best)
      #expect(TrainingSummary(metadata: file.metadata)?.configuration == trainer.configuration)
    }
  }

  @Test func earlyStopping() throws {
    let task = TinyTask(scripted: [3, 2, 2.5, 2, 1, 1, 1, 1])
    var notes: [String] = []
    let result = try Trainer(task: task, configuration: Self.configuration { ($0.epochs, $0.earlyStopping) = (50, 3) })
      .run(from: TinyRecurrent()) { if case .note(let note) = $0 { notes.append(note) } }
    #expect(result.reason == .stoppedEarly)
    #expect(result.globalStep == 8 * 12)
    #expect(result.best?.epoch == 5)
    #expect(notes == ["validation has not improved for 3 evaluations: stopping"])
  }

  @Test func evaluatesInsideAnEpoch() throws {
    var order = ""
    let task = TinyTask(stepsPerEpoch: 10, scripted: [5, 4, 6, 3])
    let result = try Trainer(task: task, configuration: Self.configuration { ($0.epochs, $0.evaluateEvery) = (1, 3) })
      .run(from: TinyRecurrent()) { event in
        switch event {
        case .step: order += "."
        case .evaluation(let evaluated): order += evaluated.isBest ? "V" : "v"
        case .epoch(let epoch): order += epoch.isBest ? "E" : "e"
        default: break
        }
      }
    #expect(order == "...V...V...v.E")
    #expect(result.best == BestEvaluation(epoch: 1, globalStep: 10, evaluation: Evaluation(loss: 3, units: 1)))
  }

  @Test func stallsDivideTheRate() throws {
    let task = TinyTask(stepsPerEpoch: 2, scripted: [3, 4, 2])
    var rates: [Double] = []
    let configuration = Self.configuration { ($0.schedule, $0.decayFactor) = (.divideOnStall, 4) }
    _ = try Trainer(task: task, configuration: configuration).run(from: TinyRecurrent()) {
      if case .step(let step) = $0 { rates.append(step.learningRate) }
    }
    #expect(rates == [0.02, 0.02, 0.02, 0.02, 0.005, 0.005])
  }

  /// Once validation stalls, the average is what is evaluated, returned and written.
  @Test func averagedModelIsKept() throws {
    var notes: [String] = []
    let task = TinyTask(stepsPerEpoch: 5, scripted: [3, 2, 4, 1])
    let configuration = Self.configuration {
      ($0.epochs, $0.optimizer, $0.averagingPatience) = (4, .averagedSGD, 1)
    }
    let result = try Trainer(task: task, configuration: configuration, seed: 3).run(from: TinyRecurrent()) {
      if case .note(let note) = $0 { notes.append(note) }
    }
    #expect(notes == ["validation has stalled: averaging the weights from here on"])
    // The path itself is that of plain descent; the average is over the last five of its twenty points.
    var points: [TinyRecurrent] = []
    var model = TinyRecurrent()
    var optimizer = SGD(for: model)
    var generator = RandomGenerator(seed: 3).split("dropout")
    for epoch in 0..<4 {
      var carried: HiddenState<Float>?
      for step in 0..<5 {
        let batch = try task.batch(at: step, epoch: epoch, shard: .whole)
        let before = carried ?? task.initialCarried(for: model, on: batch)
        let result = try valueAndGradient(at: model) { model in
          let result = try task.loss(of: model, on: batch, from: before, using: &generator)
          return (result.value, result.carried.detached())
        }
        carried = result.auxiliary
        optimizer.update(&model, along: result.gradient, rate: 0.02)
        points.append(model)
      }
    }
    let mean = points.suffix(5).map { Double($0.output.scalars[3]) }.reduce(0, +) / 5
    #expect(abs(Double(result.model.output.scalars[3]) - mean) < 1e-6)
    #expect(result.last.isBitwiseEqual(to: result.model))
  }

  // MARK: Failures

  @Test func nanLoss() throws {
    try withTemporaryDirectory { directory in
      let trainer = Trainer(task: TinyTask(failure: .nan(step: 17)), configuration: Self.configuration(), directory: directory,
        checkpoints: CheckpointInterval(seconds: nil, steps: 5, epochEnds: false))
      let error = #expect(throws: TrainingError.self) { try trainer.run(from: TinyRecurrent()) }
      let path = directory.appendingPathComponent("checkpoint.safetensors").path
      #expect(
        error.map { "\($0)" }
          == "step 18 (epoch 2, step 6): the loss is NaN; the first gradient that is not finite is that of"
          + " rnn.weight_ih; lower training.rate, or set training.clip; the checkpoint of step 15 is kept in \(path)")
      // The checkpoint is good, and so is the best model.
      let resumed = try Trainer(task: TinyTask(), configuration: Self.configuration(), directory: directory)
        .run(from: TinyRecurrent(), resuming: true)
      let whole = try Trainer(task: TinyTask(), configuration: Self.configuration()).run(from: TinyRecurrent())
      #expect(resumed.last.isBitwiseEqual(to: whole.last))
    }
  }

  @Test func infiniteGradient() {
    let trainer = Trainer(task: TinyTask(failure: .infiniteGradient(step: 2)), configuration: Self.configuration())
    let error = #expect(throws: TrainingError.self) { try trainer.run(from: TinyRecurrent()) }
    guard case .notFinite(let failure)? = error else { return }
    #expect(failure.loss.isFinite && !failure.gradientNorm.isFinite)
    #expect(failure.parameter == "rnn.bias" && failure.globalStep == 3 && failure.checkpoint == nil)
    #expect("\(TrainingError.notFinite(failure))".contains("the gradient is not finite"))
  }

  @Test func directoryInTheWay() throws {
    try withTemporaryDirectory { directory in
      let file = directory.appendingPathComponent("file")
      try Data("x".utf8).write(to: file)
      let trainer = Trainer(task: TinyTask(), configuration: Self.configuration(), directory: file)
      let error = #expect(throws: TrainingError.self) { try trainer.run(from: TinyRecurrent()) }
      #expect(error.map { "\($0)" }?.contains(file.path) == true)
    }
  }

  /// An evaluation that gives no number is never the best; the last model is kept.
  @Test func nanEvaluation() throws {
    try withTemporaryDirectory { directory in
      let result = try Trainer(task: TinyTask(scripted: [.nan]), configuration: Self.configuration(), directory: directory
      ).run(from: TinyRecurrent())
      #expect(result.best == nil)
      #expect(result.model.isBitwiseEqual(to: result.last))
      let file = try SafetensorsFile(contentsOf: directory.appendingPathComponent("model.safetensors"))
      var loaded = TinyRecurrent()
      try loadParameters(into: &loaded, from: file)
      #expect(loaded.isBitwiseEqual(to: result.last))
    }
  }
}
