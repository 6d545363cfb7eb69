public import Foundation
public import RecurrentData
import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// A language model as it stands in a file: with its vocabulary, ready to measure text and to write.
///
/// ```swift
/// let trained = try TrainedLanguageModel(contentsOf: url)
/// let test = try trained.evaluate(contentsOf: textURL, split: .test)
/// var generator = RandomGenerator(seed: 1)
/// var writer = LanguageModelWriter(trained.model, codec: trained.codec)
/// try writer.read("ROMEO:")
/// print(writer.write(tokenCount: 500, sampling: Sampling(temperature: 0.8), using: &generator))
/// ```
public struct TrainedLanguageModel: Sendable {
  /// What it is.
  public let description: LanguageModelDescription
  /// How text becomes tokens and back.
  public let codec: TextCodec
  /// The network.
  public let model: LanguageModel
  /// How it was trained, where the file tells.
  public let training: TrainingSummary?

  /// Reads a model file.
  ///
  /// - Throws: `SafetensorsError`, `ModelFileError` or ``LanguageModelFileError``: what is wrong with which file.
  public init(contentsOf url: URL) throws {
    let file = try SafetensorsFile(contentsOf: url)
    func metadata(_ key: String) throws -> Data {
      guard let text = file.metadata[key] else { throw LanguageModelFileError(path: url.path, "has no \(key) in its metadata") }
      return Data(text.utf8)
    }
    guard file.metadata["format"] == "recurrent" else {
      throw LanguageModelFileError(path: url.path, "was not written by this program: its metadata lacks format = recurrent")
    }
    do {
      description = try JSONDecoder().decode(LanguageModelDescription.self, from: metadata("configuration"))
      try description.data.validate()
      try description.model.validate()
    } catch let error as LanguageModelFileError {
      throw error
    } catch {
      throw LanguageModelFileError(path: url.path, "has a configuration that cannot be read: \(Self.reason(error))")
    }
    do {
      let vocabulary = try JSONDecoder().decode(Vocabulary.self, from: metadata("vocabulary"))
      codec = try TextCodec(description.data.tokenizer, vocabulary)
    } catch let error as LanguageModelFileError {
      throw error
    } catch {
      throw LanguageModelFileError(path: url.path, "has a vocabulary that cannot be read: \(Self.reason(error))")
    }
    var generator = RandomGenerator(seed: 0)
    var model = LanguageModel(description.model, vocabularyCount: codec.vocabulary.count, using: &generator)
    try loadParameters(into: &model, from: file)
    self.model = model
    training = TrainingSummary(metadata: file.metadata)
  }

  /// Measures the model on a part of a text, the state carried from its first token to its last.
  ///
  /// - Parameters:
  ///   - url: A text file, cut as the training data was, or a directory with a file for each part.
  ///   - split: The part.
  /// - Returns: the evaluation, and the tokens it was made on.
  /// - Throws: `TextDataError`.
  public func evaluate(contentsOf url: URL, split: TextSplit) throws(TextDataError) -> (Evaluation, EncodedText) {
    let corpus = try TextCorpus(contentsOf: url, codec: codec, fractions: description.data.fractions)
    let text = try corpus.tokens(of: split)
    return (try model.evaluate(text), text)
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
      DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
    default: return "\(error)"
    }
  }
}

/// A file that is no language model of this program.
public struct LanguageModelFileError: Error, Equatable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is wrong with it.
  public let problem: String

  init(path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  public var description: String { "\(path) \(problem)" }
}
