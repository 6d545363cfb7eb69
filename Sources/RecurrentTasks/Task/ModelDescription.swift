import Foundation
import RecurrentTraining

/// What a model is, beside its tensors: the `configuration` in the metadata of its file. It has the task's name and the
/// sections `data` and `model` of the recipe that it was trained from.
public struct ModelDescription<Task: RecipeTask>: Codable, Sendable, Equatable {
  /// What the data are.
  public var data: Task.DataConfiguration
  /// The sizes and rates.
  public var model: Task.ModelConfiguration

  /// The description of a model.
  public init(data: Task.DataConfiguration, model: Task.ModelConfiguration) {
    self.data = data
    self.model = model
  }

  private enum CodingKeys: String, CodingKey { case task, data, model }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let task = try container.decode(String.self, forKey: .task)
    guard task == Task.kind.rawValue else {
      throw DecodingError.dataCorruptedError(
        forKey: .task, in: container, debugDescription: "the task is \(task), not \(Task.kind.rawValue)")
    }
    data = try container.decode(Task.DataConfiguration.self, forKey: .data)
    model = try container.decode(Task.ModelConfiguration.self, forKey: .model)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Task.kind.rawValue, forKey: .task)
    try container.encode(data, forKey: .data)
    try container.encode(model, forKey: .model)
  }

  /// The metadata of a model file: `configuration`, and whatever else the task needs to read the model back, each value
  /// as JSON under its key (`vocabulary`, `labels`).
  public func metadata(_ parts: [String: any Encodable] = [:]) throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var metadata = ["configuration": String(decoding: try encoder.encode(self), as: UTF8.self)]
    for (key, value) in parts { metadata[key] = String(decoding: try encoder.encode(value), as: UTF8.self) }
    return metadata
  }
}
