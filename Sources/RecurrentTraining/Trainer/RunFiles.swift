import Foundation
import RecurrentLayers
import RecurrentTensors

/// The files of a run: its model, its checkpoint, its metrics.
struct RunFiles {
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
    samples = directory.appendingPathComponent("samples")
    model = directory.appendingPathComponent("model.safetensors")
    checkpoint = directory.appendingPathComponent("checkpoint.safetensors")
    metrics = directory.appendingPathComponent("metrics.jsonl")
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

  /// Opens the metrics, and reads the checkpoint of a run to be resumed, or removes that of one that is over.
  mutating func begin(resuming: Bool) throws -> Checkpoint? {
    var found: Checkpoint?
    if FileManager.default.fileExists(atPath: checkpoint.path) {
      if resuming {
        let old = try Checkpoint(contentsOf: checkpoint)
        try identity.check(
          against: old.identity, epochsMayDiffer: configuration.isExtensible, checkpoint: checkpoint.path)
        found = old
        lastCheckpointStep = old.state.globalStep
      } else {
        // Else a kill before the new run's first checkpoint would let the old run be resumed in its place.
        do {
          try FileManager.default.removeItem(at: checkpoint)
        } catch {
          throw TrainingError.directory(path: checkpoint.path, reason: error.localizedDescription)
        }
      }
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

  func isCheckpointDue(after step: Int) -> Bool {
    if let steps = interval.steps, step.isMultiple(of: steps) { return true }
    if let seconds = interval.seconds, (ContinuousClock.now - lastCheckpoint).seconds >= seconds { return true }
    return false
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
    lastCheckpoint = .now
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
