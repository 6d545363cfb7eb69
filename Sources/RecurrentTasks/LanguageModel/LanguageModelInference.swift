public import Foundation
public import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

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

/// A language model that reads and writes text token by token, in constant memory for any length.
public struct LanguageModelWriter: Sendable {
  private let model: LanguageModel
  private let codec: TextCodec
  private let layers: PreparedStack<AnyCell<Float>>
  private var state: LanguageModel.State
  private var decoder: TextDecoder
  /// The token to be read next; what comes after it is not known yet.
  private var pending: Int32

  /// A writer at the start of a text: as after a newline, or the end of a sentence among words.
  ///
  /// - Precondition: the codec's vocabulary is the model's.
  public init(_ model: LanguageModel, codec: TextCodec) {
    precondition(
      model.vocabularyCount == codec.vocabulary.count,
      "LanguageModelWriter: a model of \(model.vocabularyCount) tokens and a vocabulary of \(codec.vocabulary.count)")
    self.model = model.mapParameters { $0.detached() }
    self.codec = codec
    layers = model.rnn.prepared()
    state = model.initialState(batchSize: 1)
    decoder = TextDecoder(codec)
    let start = codec.endOfSentenceIndex ?? (try? codec.encode("\n").tokens.first).flatMap { $0 }.map(Int.init) ?? 0
    pending = Int32(start)
  }

  /// Reads a text, which the writing will continue.
  ///
  /// - Throws: `VocabularyError` that names a symbol which the model does not know.
  public mutating func read(_ text: String) throws(VocabularyError) {
    for token in try codec.encode(text).tokens {
      advance()
      pending = token
      // What is read is not written again, but what is written may depend on it: a space between words.
      _ = decoder.append(Int(token))
    }
  }

  /// Draws the next token and gives the text that it adds.
  public mutating func next(sampling: Sampling, using generator: inout RandomGenerator) -> String {
    let token = sampling.draw(from: model.logits(advance()).scalars, using: &generator)
    pending = Int32(token)
    return decoder.append(token)
  }

  /// Draws so many tokens and gives their text.
  public mutating func write(tokenCount: Int, sampling: Sampling, using generator: inout RandomGenerator) -> String {
    var text = ""
    for _ in 0..<tokenCount { text += next(sampling: sampling, using: &generator) }
    return text + decoder.finish()
  }

  /// What is left when the writing ends: U+FFFD in place of an unfinished character of several bytes, otherwise nothing.
  public mutating func finish() -> String { decoder.finish() }

  /// Reads the pending token; the top layer's output `[1, hidden]`.
  @discardableResult private mutating func advance() -> Tensor<Float> {
    let input = model.embedding(IndexTensor(shape: [1], scalars: [pending]))
    let (output, last) = layers.step(input, from: state)
    state = last
    return output
  }
}
