public import Foundation
import RecurrentLayers
import RecurrentTensors

/// `checkpoint.safetensors`: everything that a run needs to go on as if it had never stopped.
///
/// | tensors | what |
/// | --- | --- |
/// | `model.*` | the parameters |
/// | `optimizer.*` | moments, velocities, averages |
/// | `best.*` | the parameters with the best validation score so far, if there was an evaluation |
/// | `carried.0`, `carried.1`, ... | the carried state, inside an epoch |
///
/// In its metadata, `format` is `recurrent-checkpoint`, `state` the numbers (``RunState``) and `identity` what a run
/// must share with the one that wrote it. The best model is here, not only in `model.safetensors`: that file may be one
/// kill older or newer and is written again from here.
struct Checkpoint {
  static let format = "recurrent-checkpoint"

  let file: SafetensorsFile
  let state: RunState
  let identity: RunIdentity

  /// Reads a checkpoint.
  ///
  /// - Throws: `SafetensorsError`, or `TrainingError.notACheckpoint`.
  init(contentsOf url: URL) throws {
    let file = try SafetensorsFile(contentsOf: url)
    func text(_ key: String) throws -> String {
      guard let text = file.metadata[key] else {
        throw TrainingError.notACheckpoint(path: file.path, reason: "its metadata have no \(key)")
      }
      return text
    }
    func decoded<Value: Decodable>(_ key: String, as type: Value.Type) throws -> Value {
      do {
        return try ExactJSON.decode(type, from: try text(key))
      } catch let error as DecodingError {
        throw TrainingError.notACheckpoint(path: file.path, reason: "its \(key) cannot be read: \(error)")
      }
    }
    let format = try text("format")
    guard format == Self.format else {
      throw TrainingError.notACheckpoint(path: file.path, reason: "its format is '\(format)'")
    }
    self.file = file
    state = try decoded("state", as: RunState.self)
    identity = try decoded("identity", as: RunIdentity.self)
  }

  /// Whether the best model is in it.
  var hasBest: Bool { file.entries.contains { $0.name.hasPrefix("best.") } }

  /// A carried state of the structure of `template`.
  func carried<Carried: TensorTree<Float>>(like template: Carried) throws -> Carried {
    let count = file.entries.count { $0.name.hasPrefix("carried.") }
    guard count == template.tensors.count else {
      throw TrainingError.notACheckpoint(
        path: file.path, reason: "it carries \(count) tensors of state, and this run \(template.tensors.count)")
    }
    return template.replacingTensors(with: try (0..<count).map { try file.tensor("carried.\($0)", as: Float.self) })
  }

  /// Writes a checkpoint in one piece.
  static func write<Model: Module>(
    model: Model, optimizer: any Optimizer<Model>, best: Model?, carried: [Tensor<Float>], state: RunState,
    identity: RunIdentity, to url: URL
  ) throws {
    var tensors = contents(of: model, prefix: "model.")
    tensors += contents(of: optimizer, prefix: "optimizer.")
    if let best { tensors += contents(of: best, prefix: "best.") }
    tensors += carried.enumerated().map { SafetensorsFile.Content("carried.\($0.offset)", $0.element) }
    let metadata = [
      "format": format, "state": try ExactJSON.text(state), "identity": try ExactJSON.text(identity),
    ]
    try SafetensorsFile.write(tensors, metadata: metadata, to: url)
  }
}

/// The run that a checkpoint in a directory is of, as far as one must know it before its data are read.
public struct StoredRun: Sendable {
  private let identity: RunIdentity

  /// The run of a directory; nil: there is no checkpoint in it that can be read.
  public init?(directory: URL) {
    guard let checkpoint = try? Checkpoint(contentsOf: RunFile.checkpoint.url(in: directory)) else { return nil }
    identity = checkpoint.identity
  }

  /// What it writes into its model's metadata under a name, where that is text and no object.
  public func modelMetadata(_ key: String) -> String? { identity.metadata(key) }
}
