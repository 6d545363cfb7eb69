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
public struct TrainedLanguageModel: TrainedModel {
  /// What it is.
  public let description: LanguageModelDescription
  /// How text becomes tokens and back.
  public let codec: TextCodec
  /// The network.
  public let model: LanguageModel
  /// How it was trained, where the file tells.
  public let training: TrainingSummary?

  public init(_ stored: StoredModel) throws {
    let description = try stored.description(of: LanguageModeling.self)
    let vocabulary = try stored.part("vocabulary", as: Vocabulary.self)
    self.description = description
    codec = try stored.made(from: "vocabulary") { try TextCodec(description.data.tokenizer, vocabulary) }
    var generator = RandomGenerator(seed: 0)
    var model = LanguageModel(description.model, vocabularyCount: vocabulary.count, using: &generator)
    try stored.loadParameters(into: &model)
    self.model = model
    training = stored.training
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

  public var inspection: ModelInspection {
    let (data, model) = (description.data, description.model)
    let symbols = codec.vocabulary.symbols
    return ModelInspection(
      network: model.words,
      lines: [
        ("tokens", "\(data.tokens.rawValue)\(data.lowercase ? ", lower-cased" : "")"),
        ("vocabulary", "\(Figures.grouped(symbols.count)): \(ModelInspection.sample(symbols))"),
      ],
      members: [("vocabulary", .list(symbols.map { .text($0) }))])
  }
}
