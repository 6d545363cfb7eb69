import Foundation
import RecurrentLayers
import RecurrentTensors

/// A run in progress: the state of ``Trainer`` and its loop.
struct TrainingRun<Goal: Objective> {
  private let trainer: Trainer<Goal>
  private let stepsPerEpoch: Int
  private var files: RunFiles?
  private var model: Goal.Model
  private var best: Goal.Model?
  private var optimizer: any Optimizer<Goal.Model>
  private var schedule: any Schedule
  /// What is done with each parameter in the epoch.
  private var plan = ParameterPlan.uniform
  /// What the step before handed on; nil at the start of an epoch.
  private var carried: Goal.Carried?
  private var state: RunState
  private var pace = Pace()
  private var prefetcher: BatchPrefetcher<Goal.Batch>?
  private var epochStart = ContinuousClock.now
  private var epochUnits = 0

  private var objective: Goal { trainer.objective }
  private var configuration: TrainingConfiguration { trainer.configuration }
  private var totalSteps: Int { configuration.epochs * stepsPerEpoch }
  private var epoch: Int { state.globalStep / stepsPerEpoch }
  private var step: Int { state.globalStep % stepsPerEpoch }

  init(
    _ trainer: Trainer<Goal>, model: consuming Goal.Model, resuming: Bool, onEvent: (TrainingEvent) -> Void
  ) throws {
    self.trainer = trainer
    stepsPerEpoch = trainer.stepsPerEpoch
    optimizer = trainer.configuration.makeOptimizer(for: model)
    schedule = trainer.configuration.makeSchedule(stepsPerEpoch: stepsPerEpoch)
    state = RunState(seed: trainer.seed)
    self.model = model
    let parameterCount = self.model.parameterCount
    // Of the last epoch: what is frozen only at first is trained.
    let trainedCount = try configuration.plan(for: self.model, epoch: configuration.epochs - 1).trainedCount(of: self.model)
    plan = try configuration.plan(for: self.model)
    var checkpoint: Checkpoint?
    if let directory = trainer.directory {
      var files = try RunFiles(directory: directory, trainer: trainer)
      checkpoint = try files.begin(resuming: resuming)
      self.files = files
      if let checkpoint { try restore(checkpoint) }
    }
    onEvent(
      .started(
        .init(
          parameterCount: parameterCount, trainedCount: trainedCount, epochs: configuration.epochs, stepsPerEpoch: stepsPerEpoch,
          resumedAt: checkpoint == nil ? nil : (epoch: epoch + 1, step: step + 1), threads: Threads.count)))
    if resuming && checkpoint == nil { onEvent(.note("there is no checkpoint yet: beginning at the beginning")) }
    if let files, files.place.hasPrevious {
      onEvent(.note("the run that was here before is in \(files.place.previous.relativePath) until this one has made a model"))
    }
    if let files, files.metricsAreShort {
      onEvent(.note("\(files.metricsPath) lacks lines that the checkpoint counts on"))
    }
  }

  private mutating func restore(_ checkpoint: Checkpoint) throws {
    state = checkpoint.state
    try loadParameters(into: &model, from: checkpoint.file, prefix: "model.", mustBeFinite: false)
    optimizer.restore(state.optimizer, for: model)
    try load(into: &optimizer, from: checkpoint.file)
    schedule.state = state.schedule
    plan = try configuration.plan(for: model, epoch: epoch)
    if checkpoint.hasBest {
      var kept = model
      try loadParameters(into: &kept, from: checkpoint.file, prefix: "best.", mustBeFinite: false)
      best = kept
      try writeModel(kept, best: state.best)
    }
    if step > 0, Goal.Carried.self != NoCarriedState.self {
      let next = try trainer.source.batch(at: step * configuration.accumulate, epoch: epoch, shard: shard)
      carried = try checkpoint.carried(like: objective.initialCarried(for: model, on: next))
    }
  }

  // MARK: The loop

  mutating func train(onEvent: (TrainingEvent) -> Void) throws -> Trainer<Goal>.Result {
    startPrefetching()
    defer { prefetcher?.stop() }
    let reason: FinishReason
    do {
      reason = try takeSteps(onEvent: onEvent)
    } catch where Self.isOfWriting(error) {
      // A disk that is full may have room for the best model.
      try? writeModelIfStale()
      throw TrainingError.notWritten(reason: "\(error)", model: files?.writtenModelPath)
    }
    // The model is written even where the checkpoint, which is some times as large, finds no room.
    var failure: (any Error)?
    do {
      if files != nil, files?.lastCheckpointStep != state.globalStep { try writeCheckpoint(onEvent: onEvent) }
    } catch where Self.isOfWriting(error) {
      failure = error
    }
    let last = optimizer.evaluated(model)
    do {
      if best == nil && reason != .interrupted { try writeModel(last, best: nil) }
      try writeModelIfStale()
    } catch where Self.isOfWriting(error) {
      throw TrainingError.notWritten(reason: "\(error)", model: nil)
    }
    onEvent(
      .finished(
        .init(
          reason: reason, best: state.best, globalStep: state.globalStep, seconds: pace.elapsed,
          modelPath: files?.writtenModelPath)))
    if let failure { throw TrainingError.notWritten(reason: "\(failure)", model: files?.writtenModelPath) }
    let model = best ?? last
    return .init(
      model: model, last: last, best: state.best, reason: reason, globalStep: state.globalStep, findings: try objective.metadata(of: model))
  }

  private mutating func writeModel(_ model: Goal.Model, best: BestEvaluation?) throws {
    guard files != nil else { return }
    let findings = try objective.metadata(of: model)
    try files?.writeModel(model, best: best, findings: findings)
  }

  private mutating func writeModelIfStale() throws {
    if files?.modelIsStale == true, let best { try writeModel(best, best: state.best) }
  }

  private static func isOfWriting(_ error: any Error) -> Bool { error is FileWriteError || error is MetricsWriteError }

  /// Takes steps until the run is over, or is to stop.
  private mutating func takeSteps(onEvent: (TrainingEvent) -> Void) throws -> FinishReason {
    var failure: String?
    while state.globalStep < totalSteps {
      if let patience = configuration.earlyStopping, state.evaluationsWithoutGain >= patience {
        onEvent(.note("validation has not improved for \(state.evaluationsWithoutGain) evaluations: stopping"))
        return .stoppedEarly
      }
      if trainer.interruption?.isRequested == true { return .interrupted }
      try takeStep(onEvent: onEvent)
      guard files?.isCheckpointDue(after: state.globalStep, epochEnds: step == 0) == true else { continue }
      do {
        try writeCheckpoint(onEvent: onEvent)
        failure = nil
      } catch where Self.isOfWriting(error) {
        // A disk that is full now may have room later: the run goes on, and says so once.
        if failure != "\(error)" { onEvent(.note("\(error); the run goes on without a new checkpoint")) }
        failure = "\(error)"
        try? writeModelIfStale()
      }
    }
    return .completed
  }

  // MARK: Batches

  private var shard: Shard { trainer.exchange?.shard ?? .whole }

  private mutating func startPrefetching() {
    guard trainer.prefetching > 0, state.globalStep < totalSteps else { return }
    let (source, shard, count) = (trainer.source, shard, trainer.source.stepsPerEpoch)
    let first = epoch * count + step * configuration.accumulate
    prefetcher = BatchPrefetcher(first..<configuration.epochs * count, depth: trainer.prefetching) { number in
      try source.batch(at: number % count, epoch: number / count, shard: shard)
    }
  }

  /// The batches of a step: made ahead, or now.
  private func batches(epoch: Int, step: Int) throws -> [Goal.Batch] {
    let first = step * configuration.accumulate
    return try (first..<min(first + configuration.accumulate, trainer.source.stepsPerEpoch)).map { number in
      try prefetcher?.next() ?? trainer.source.batch(at: number, epoch: epoch, shard: shard)
    }
  }

  // MARK: A step

  /// The gradient of a step, the mean over its batches weighted by their units.
  private struct Outcome {
    var loss: Double
    var gradient: Goal.Model
    var carried: Goal.Carried
    var units: Int
  }

  private func outcome(of batches: [Goal.Batch], using generator: inout RandomGenerator) throws -> Outcome {
    var (loss, units) = (0.0, 0)
    var carried = carried ?? objective.initialCarried(for: model, on: batches[0])
    var sum: [Tensor<Float>]?
    var gradient: Goal.Model?
    for batch in batches {
      let previous = carried
      let (value, own, outcome) = try valueAndGradient(at: model, following: plan) { model in
        let result = try objective.loss(of: model, on: batch, from: previous, using: &generator)
        return (result.value, (carried: result.carried.detached(), units: result.units))
      }
      carried = outcome.carried
      if batches.count == 1 {
        (loss, units, gradient) = (Double(value.scalar), outcome.units, own)
      } else {
        let weighted = own.tensors.map { $0 * Float(outcome.units) }
        sum = sum.map { zip($0, weighted).map { $0 + $1 } } ?? weighted
        loss += Double(value.scalar) * Double(outcome.units)
        units += outcome.units
        gradient = own
      }
    }
    guard var gradient else { fatalError("TrainingRun: a step without batches") }
    if let sum {
      gradient.setParameters(sum.map { $0 * (1 / Float(units)) })
      loss /= Double(units)
    }
    if let exchange = trainer.exchange {
      var tensors = gradient.tensors
      try exchange.combine(gradient: &tensors, loss: &loss, units: &units)
      gradient.setParameters(tensors)
    }
    return Outcome(loss: loss, gradient: gradient, carried: carried, units: units)
  }

  private mutating func takeStep(onEvent: (TrainingEvent) -> Void) throws {
    let (epoch, step) = (epoch, step)
    if step == 0 {
      (carried, state.sums) = (nil, EpochSums())
      plan = try configuration.plan(for: model, epoch: epoch)
    }
    if state.sums.steps == 0 || epochUnits == 0 { (epochStart, epochUnits) = (.now, 0) }
    pace.stepBegins()
    let batches = try batches(epoch: epoch, step: step)
    let reach = try gradientReach(batches[0])
    var generator = state.dropout
    var outcome = try outcome(of: batches, using: &generator)
    let value = outcome.loss
    let clipped = configuration.clipping.factor(for: &outcome.gradient)
    guard value.isFinite && clipped.norm.isFinite else {
      try? writeModelIfStale()
      throw TrainingError.notFinite(
        .init(
          epoch: epoch + 1, step: step + 1, globalStep: state.globalStep + 1, loss: value, gradientNorm: clipped.norm,
          parameter: firstNotFinite(in: outcome.gradient), checkpoint: files?.writtenCheckpointPath,
          checkpointStep: files?.lastCheckpointStep))
    }
    let rate = schedule.rate(at: SchedulePosition(step: state.globalStep, stepsPerEpoch: stepsPerEpoch))
    optimizer.update(&model, along: outcome.gradient, scale: clipped.scale, rate: rate, following: plan)
    carried = outcome.carried
    state.dropout = generator
    state.globalStep += 1
    state.sums.steps += 1
    state.sums.units += outcome.units
    state.sums.loss += value * Double(outcome.units)
    state.sums.gradientNorm += clipped.norm
    state.sums.clippedSteps += clipped.isClipped ? 1 : 0
    state.sums.learningRate = rate
    state.smoothed.add(value)
    epochUnits += outcome.units
    pace.stepEnds(units: outcome.units)
    try report(epoch: epoch, step: step, loss: value, clipped: clipped, rate: rate, onEvent: onEvent)
    if let reach { try write(reach, epoch: epoch) }

    if step + 1 == stepsPerEpoch {
      try finishEpoch(epoch, onEvent: onEvent)
    } else if let interval = configuration.evaluateEvery, state.globalStep.isMultiple(of: interval) {
      let (validation, isBest) = try evaluate(epoch: epoch, onEvent: onEvent)
      var record = newRecord(.evaluation, epoch: epoch)
      record.validation = validation
      record.isBest = isBest
      try files?.write(record)
      onEvent(
        .evaluation(
          .init(
            epoch: epoch + 1, step: step + 1, globalStep: state.globalStep, validation: validation, isBest: isBest)))
    }
  }

  /// How far back the gradient of the coming step reaches, where that is to be recorded: its loss once more, from copies of all
  /// that it depends on.
  private func gradientReach(_ batch: Goal.Batch) throws -> GradientReach<Float>? {
    guard let interval = trainer.gradients.every, (state.globalStep + 1).isMultiple(of: interval) else { return nil }
    var generator = state.dropout
    return try GradientReach.measure {
      let start = carried ?? objective.initialCarried(for: model, on: batch)
      return try objective.loss(of: model, on: batch, from: start, using: &generator).value
    }
  }

  private mutating func write(_ reach: GradientReach<Float>, epoch: Int) throws {
    var record = newRecord(.gradients, epoch: epoch)
    record.gradientLayers = reach.layers.map(\.description)
    record.gradientLags = reach.lags
    record.gradientNorms = reach.norms
    record.clippedFraction = state.sums.clippedFraction
    try files?.write(record)
  }

  private mutating func report(
    epoch: Int, step: Int, loss: Double, clipped: ClippedGradient, rate: Double, onEvent: (TrainingEvent) -> Void
  ) throws {
    let stepsLeft = totalSteps - state.globalStep
    let evaluationsLeft = configuration.epochs - epoch + (configuration.evaluateEvery.map { stepsLeft / $0 } ?? 0)
    let event = TrainingEvent.Step(
      epoch: epoch + 1, step: step + 1, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps,
      globalStep: state.globalStep, loss: loss, smoothedLoss: state.smoothed.value, gradientNorm: clipped.norm,
      isClipped: clipped.isClipped, learningRate: rate, unitsPerSecond: pace.unitsPerSecond, elapsed: pace.elapsed,
      remaining: pace.seconds(forSteps: stepsLeft, evaluations: evaluationsLeft))
    if state.globalStep.isMultiple(of: trainer.metricsInterval) {
      var record = newRecord(.step, epoch: epoch)
      record.loss = loss
      record.smoothedLoss = event.smoothedLoss
      record.gradientNorm = event.gradientNorm
      record.learningRate = rate
      record.unitsPerSecond = event.unitsPerSecond
      try files?.write(record)
    }
    onEvent(.step(event))
  }

  // MARK: Evaluation

  private mutating func evaluate(
    epoch: Int, onEvent: (TrainingEvent) -> Void
  ) throws -> (validation: Evaluation, isBest: Bool) {
    let start = ContinuousClock.now
    let candidate = optimizer.evaluated(model)
    var generator = RandomGenerator(seed: trainer.seed).split("evaluation")
    let validation = try objective.evaluate(candidate, using: &generator)
    let isBest = objective.score(of: validation) < state.best.map { objective.score(of: $0.evaluation) } ?? .infinity
    if isBest {
      state.best = BestEvaluation(epoch: epoch + 1, globalStep: state.globalStep, evaluation: validation)
      state.evaluationsWithoutGain = 0
      best = candidate
      files?.modelIsStale = true
    } else {
      state.evaluationsWithoutGain += 1
    }
    if let note = schedule.validated(loss: validation.loss) { onEvent(.note(note)) }
    if let note = optimizer.validated(loss: validation.loss) { onEvent(.note(note)) }
    pace.evaluated(seconds: (ContinuousClock.now - start).seconds)
    return (validation, isBest)
  }

  private mutating func finishEpoch(_ epoch: Int, onEvent: (TrainingEvent) -> Void) throws {
    let trainingSeconds = (ContinuousClock.now - epochStart).seconds
    let (validation, isBest) = try evaluate(epoch: epoch, onEvent: onEvent)
    let samples = objective.samples(from: optimizer.evaluated(model), using: &state.sampling)
    try files?.write(samples, epoch: epoch + 1)
    let sums = state.sums
    let event = TrainingEvent.Epoch(
      epoch: epoch + 1, epochs: configuration.epochs, globalStep: state.globalStep, trainingLoss: sums.meanLoss,
      validation: validation, learningRate: sums.learningRate, gradientNorm: sums.meanGradientNorm,
      clippedFraction: sums.clippedFraction, seconds: (ContinuousClock.now - epochStart).seconds,
      unitsPerSecond: trainingSeconds > 0 ? Double(epochUnits) / trainingSeconds : 0, isBest: isBest, sample: samples.text)
    epochUnits = 0
    var record = newRecord(.epoch, epoch: epoch)
    record.loss = sums.meanLoss
    record.gradientNorm = sums.meanGradientNorm
    record.clippedFraction = sums.clippedFraction
    record.learningRate = sums.learningRate
    record.validation = validation
    record.isBest = isBest
    record.unitsPerSecond = event.unitsPerSecond
    try files?.write(record)
    onEvent(.epoch(event))
  }

  private func newRecord(_ kind: MetricsRecord.Kind, epoch: Int) -> MetricsRecord {
    var record = MetricsRecord(
      kind: kind, epoch: epoch + 1, globalStep: state.globalStep,
      epochs: Double(state.globalStep) / Double(stepsPerEpoch))
    record.seconds = pace.elapsed
    return record
  }

  // MARK: Checkpoints

  private mutating func writeCheckpoint(onEvent: (TrainingEvent) -> Void) throws {
    let start = ContinuousClock.now
    defer { files?.checkpointEnded(begun: start) }
    state.schedule = schedule.state
    state.optimizer = optimizer.progress
    // At an epoch's border the next epoch makes its own.
    let carriedTensors = step > 0 ? carried?.tensors ?? [] : []
    try files?.writeCheckpoint(
      model: model, optimizer: optimizer, best: best, carried: carriedTensors, state: &state)
    if let path = files?.writtenCheckpointPath { onEvent(.checkpoint(path: path, globalStep: state.globalStep)) }
    try writeModelIfStale()
  }
}

/// Opens an optimizer of any kind.
private func load<Model: Module>(into optimizer: inout any Optimizer<Model>, from file: SafetensorsFile) throws {
  func open<O: Optimizer>(_ optimizer: inout O) throws {
    try loadParameters(into: &optimizer, from: file, prefix: "optimizer.", mustBeFinite: false)
  }
  try open(&optimizer)
}
