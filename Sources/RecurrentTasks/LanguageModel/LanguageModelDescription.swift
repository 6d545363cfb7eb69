import Foundation
public import RecurrentData
import RecurrentTraining

/// What a language model is, beside its tensors: the `configuration` in the metadata of its file.
public struct LanguageModelDescription: Codable, Sendable, Equatable {
  /// What a token is.
  public var data: TextDataConfiguration
  /// The sizes and rates.
  public var model: LanguageModelConfiguration

  /// The description of a model.
  public init(data: TextDataConfiguration, model: LanguageModelConfiguration) {
    self.data = data
    self.model = model
  }

  private enum CodingKeys: String, CodingKey { case task, data, model }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let task = try container.decode(String.self, forKey: .task)
    guard task == TaskKind.languageModel.rawValue else {
      throw DecodingError.dataCorruptedError(
        forKey: .task, in: container, debugDescription: "the task is \(task), not \(TaskKind.languageModel.rawValue)")
    }
    data = try container.decodeConfiguration(TextDataConfiguration.self, forKey: .data)
    model = try container.decodeConfiguration(LanguageModelConfiguration.self, forKey: .model)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(TaskKind.languageModel.rawValue, forKey: .task)
    try container.encode(data, forKey: .data)
    try container.encode(model, forKey: .model)
  }

  /// The metadata of a model file: `configuration` and `vocabulary`.
  public func metadata(vocabulary: Vocabulary) throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return [
      "configuration": String(decoding: try encoder.encode(self), as: UTF8.self),
      "vocabulary": String(decoding: try encoder.encode(vocabulary), as: UTF8.self),
    ]
  }
}
