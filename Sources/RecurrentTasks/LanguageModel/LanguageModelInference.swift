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
public typealias TrainedLanguageModel = Trained<LanguageModeling>

extension TrainedLanguageModel {
  /// How text becomes tokens and back.
  public var codec: TextCodec { reader }

  /// Measures the model on a part of a text, the state carried from its first token to its last.
  ///
  /// - Parameters:
  ///   - url: A text file, cut as the training data was, or a directory with a file for each part.
  ///   - split: The part.
  /// - Returns: the evaluation, and the tokens it was made on.
  /// - Throws: `TextDataError`.
  public func evaluate(contentsOf url: URL, split: DataPart) throws(TextDataError) -> (Evaluation, EncodedText) {
    let corpus = try TextCorpus(contentsOf: url, codec: codec, fractions: settings.data.fractions)
    let text = try corpus.tokens(of: split)
    return (try model.evaluate(text), text)
  }
}

extension LanguageModeling {
  public static func inspection(of trained: TrainedLanguageModel) -> ModelInspection {
    let (data, model) = (trained.settings.data, trained.settings.model)
    let symbols = trained.artifacts.vocabulary.symbols
    return ModelInspection(
      network: model.words,
      lines: [
        ("tokens", "\(data.tokens.rawValue)\(data.lowercase ? ", lower-cased" : "")"),
        ("vocabulary", "\(Figures.grouped(symbols.count)): \(ModelInspection.sample(symbols))"),
      ],
      members: [("vocabulary", .list(symbols.map { .text($0) }))])
  }
}
