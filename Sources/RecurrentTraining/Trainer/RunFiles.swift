import Foundation
import RecurrentLayers
import RecurrentTensors

/// The files of a run: its model, its checkpoint, its metrics.
struct RunFiles {
  let place: RunPlace
  private let model: URL
  private let checkpoint: URL
  private let metrics: URL
  private let samples: URL
  private let metadata: [String: String]
  private let configuration: TrainingConfiguration
  private let seed: UInt64
  private let identity: RunIdentity
  private let interval: CheckpointInterval
  private var writer: MetricsWriter?
  private var lastCheckpoint = ContinuousClock.now
  private var writingSeconds = 0.0

  /// How many steps the checkpoint on the disk has done, if this run wrote or read one.
  private(set) var lastCheckpointStep: Int?
  /// Whether the best model is newer than `model.safetensors`.
  var modelIsStale = false
  private var modelIsWritten = false
  /// Whether the metrics file had fewer lines than the checkpoint counts on.
  private(set) var metricsAreShort = false

  var metricsPath: String { metrics.path }
  var writtenCheckpointPath: String? { lastCheckpointStep == nil ? nil : checkpoint.path }
  var writtenModelPath: String? { modelIsWritten ? model.path : nil }

  init<Goal>(directory: URL, trainer: Trainer<Goal>) throws {
    place = RunPlace(directory)
    samples = RunFile.samples.url(in: directory)
    model = RunFile.model.url(in: directory)
    checkpoint = RunFile.checkpoint.url(in: directory)
    metrics = RunFile.metrics.url(in: directory)
    metadata = trainer.modelMetadata
    configuration = trainer.configuration
    seed = trainer.seed
    interval = trainer.checkpoints
    identity = try RunIdentity(
      seed: trainer.seed, stepsPerEpoch: trainer.stepsPerEpoch, configuration: trainer.configuration,
      metadata: trainer.modelMetadata, source: trainer.source.identity)
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw TrainingError.directory(path: directory.path, reason: error.localizedDescription)
    }
  }

  /// Opens the metrics, and reads the checkpoint of a run to be resumed, or puts the files of the run that was here aside.
  mutating func begin(resuming: Bool) throws -> Checkpoint? {
    do {
      try resuming ? place.finishPassage() : place.setAside()
    } catch {
      throw TrainingError.previousRun(path: place.directory.path, reason: error.localizedDescription)
    }
    var found: Checkpoint?
    if resuming, RunFile.checkpoint.exists(in: place.directory) {
      let old = try Checkpoint(contentsOf: checkpoint)
      try identity.check(
        against: old.identity, epochsMayDiffer: configuration.isExtensible, checkpoint: checkpoint.path)
      found = old
      lastCheckpointStep = old.state.globalStep
    } else if resuming, RunFile.model.exists(in: place.directory) {
      // A run that was killed before its first checkpoint has no model either.
      throw TrainingError.noCheckpoint(directory: place.directory.path)
    }
    let kept = found?.state.metricsLines ?? 0
    let writer = try MetricsWriter(url: metrics, keeping: kept)
    metricsAreShort = writer.lineCount < kept
    self.writer = writer
    return found
  }

  mutating func write(_ record: MetricsRecord) throws { try writer?.write(record) }

  /// Writes the samples that are files: `samples/epoch-3-canvas.png`.
  func write(_ samples: [Sample], epoch: Int) throws {
    for case .file(let name, let contents) in samples {
      let url = self.samples.appendingPathComponent("epoch-\(epoch)-\(name)")
      do {
        try FileManager.default.createDirectory(at: self.samples, withIntermediateDirectories: true)
      } catch {
        throw TrainingError.directory(path: self.samples.path, reason: error.localizedDescription)
      }
      try writeAtomically(to: url) { writer in try contents.withUnsafeBytes { try writer.write($0) } }
    }
  }

  // MARK: Checkpoint

  func isCheckpointDue(after step: Int, epochEnds: Bool) -> Bool {
    let seconds = (ContinuousClock.now - lastCheckpoint).seconds
    return interval.isDue(after: step, epochEnds: epochEnds, seconds: seconds, writing: writingSeconds)
  }

  /// Counts from now to the next checkpoint, and heeds how long this one took with its model, whether it could be written or not.
  mutating func checkpointEnded(begun start: ContinuousClock.Instant) {
    lastCheckpoint = .now
    writingSeconds = (lastCheckpoint - start).seconds
  }

  mutating func writeCheckpoint<Model: Module>(
    model: Model, optimizer: any Optimizer<Model>, best: Model?, carried: [Tensor<Float>], state: inout RunState
  ) throws {
    // The checkpoint counts on these lines, so they must be on the disk before it is.
    try writer?.synchronize()
    state.metricsLines = writer?.lineCount ?? 0
    try Checkpoint.write(
      model: model, optimizer: optimizer, best: best, carried: carried, state: state, identity: identity,
      to: checkpoint)
    lastCheckpointStep = state.globalStep
  }

  // MARK: Model

  /// Writes `model.safetensors`.
  ///
  /// - Parameters:
  ///   - best: The evaluation that made it the best; `nil` for a model that no evaluation ever measured as a number.
  ///   - findings: What the objective has found out of the model.
  mutating func writeModel<Model: Module>(_ model: Model, best: BestEvaluation?, findings: [String: String]) throws {
    var metadata = metadata.merging(findings) { $1 }
    metadata["training"] = try TrainingSummary(best: best, configuration: configuration, seed: seed).json()
    try saveModel(model, metadata: metadata, to: self.model)
    modelIsStale = false
    modelIsWritten = true
    // Left to the next run where it cannot be done: this one has its model.
    try? place.removePrevious()
  }
}

/// How a model was trained: the JSON text under `training` in the metadata of `model.safetensors`.
public struct TrainingSummary: Codable, Sendable, Equatable {
  /// The evaluation that made it the best.
  public var best: BestEvaluation?
  /// How it was trained.
  public var configuration: TrainingConfiguration
  /// What its random numbers came from.
  public var seed: UInt64

  /// A summary of its parts.
  public init(best: BestEvaluation?, configuration: TrainingConfiguration, seed: UInt64) {
    self.best = best
    self.configuration = configuration
    self.seed = seed
  }

  /// The text that stands under `training` in a model's metadata.
  public func json() throws -> String { try ExactJSON.text(self) }

  /// Reads the summary in a model's metadata, if there is one that this version understands.
  public init?(metadata: [String: String]) {
    guard let text = metadata["training"], let summary = try? ExactJSON.decode(Self.self, from: text) else {
      return nil
    }
    self = summary
  }
}

extension [Sample] {
  /// The samples that are text; nil: there is none.
  var text: String? {
    let texts = compactMap { if case .text(let text) = $0 { text } else { nil } }
    return texts.isEmpty ? nil : texts.joined(separator: "\n")
  }
}
