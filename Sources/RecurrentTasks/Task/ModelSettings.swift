import Foundation
import RecurrentTraining

/// What a model is, beside its tensors and artifacts: the `configuration` in the metadata of its file. It has the task's name and the
/// sections `data` and `model` of the recipe that it was trained from.
public struct ModelSettings<Task: RecipeTask>: Codable, Sendable, Equatable {
  /// What the data are.
  public var data: Task.DataConfiguration
  /// The sizes and rates.
  public var model: Task.ModelConfiguration

  /// The settings of a model.
  public init(data: Task.DataConfiguration, model: Task.ModelConfiguration) {
    self.data = data
    self.model = model
  }

  private enum CodingKeys: String, CodingKey { case task, data, model }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let task = try container.decode(String.self, forKey: .task)
    guard task == Task.name else {
      throw DecodingError.dataCorruptedError(
        forKey: .task, in: container, debugDescription: "the task is \(task), not \(Task.name)")
    }
    data = try container.decode(Task.DataConfiguration.self, forKey: .data)
    model = try container.decode(Task.ModelConfiguration.self, forKey: .model)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Task.name, forKey: .task)
    try container.encode(data, forKey: .data)
    try container.encode(model, forKey: .model)
  }

  /// The metadata of a model file: `configuration`, and each member of the artifacts as JSON under its name (`vocabulary`, `labels`).
  /// Beside these `trainedOn`, where that is known, and `dealing`, unless that is by place.
  public func metadata(_ artifacts: Task.Artifacts, trainedOn: TrainedOn? = nil, dealing: Dealing = .content) throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var metadata = ArtifactParts.parts(of: String(decoding: try encoder.encode(artifacts), as: UTF8.self))
    if let trainedOn { metadata["trainedOn"] = String(decoding: try encoder.encode(trainedOn), as: UTF8.self) }
    if dealing != .place { metadata["dealing"] = dealing.rawValue }
    metadata["configuration"] = String(decoding: try encoder.encode(self), as: UTF8.self)
    return metadata
  }
}
