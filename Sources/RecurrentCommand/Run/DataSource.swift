import Foundation
import Recurrent

/// Where text comes from: a path, or a text inside the command. What is on the disk goes first.
enum DataSource {
  case path(String)
  case embedded(name: String, text: String)

  /// The source that a user names.
  init(_ name: String) {
    if !FileManager.default.fileExists(atPath: name), let data = EmbeddedFiles.text(named: name) {
      self = .embedded(name: name, text: String(decoding: data, as: UTF8.self))
    } else {
      self = .path(name)
    }
  }

  /// The text to train on, cut and tokenized as the recipe says.
  func corpus(_ data: TextDataConfiguration) throws -> TextCorpus {
    switch self {
    case .path(let path):
      try TextCorpus(
        contentsOf: URL(fileURLWithPath: path), tokenizer: data.tokenizer, minimumCount: data.minimumCount,
        fractions: data.fractions)
    case .embedded(let name, let text):
      try TextCorpus(
        text: text, name: name, tokenizer: data.tokenizer, minimumCount: data.minimumCount, fractions: data.fractions)
    }
  }

  /// The text to be measured by a model with the vocabulary of `codec`.
  func corpus(_ codec: TextCodec, fractions: SplitFractions) throws -> TextCorpus {
    switch self {
    case .path(let path):
      try TextCorpus(contentsOf: URL(fileURLWithPath: path), codec: codec, fractions: fractions)
    case .embedded(let name, let text):
      try TextCorpus(text: text, name: name, codec: codec, fractions: fractions)
    }
  }
}
