public import RecurrentData
import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// A text classifier as it stands in a file: with its vocabulary and labels, ready to judge texts.
///
/// ```swift
/// let trained = try TrainedTextClassifier(contentsOf: url)
/// let verdict = try trained.predict("A film to fall asleep in.")
/// print(verdict.label, verdict.probability)
/// ```
public struct TrainedTextClassifier: TrainedModel {
  /// What it is.
  public let description: ModelDescription<TextClassification>
  /// How text becomes tokens.
  public let codec: TextCodec
  /// What it tells apart.
  public let labels: ClassTable
  /// The network.
  public let model: TextClassifier
  /// How it was trained, where the file tells.
  public let training: TrainingSummary?

  public init(_ stored: StoredModel) throws {
    let description = try stored.description(of: TextClassification.self)
    let vocabulary = try stored.part("vocabulary", as: Vocabulary.self)
    self.description = description
    codec = try stored.made(from: "vocabulary") {
      try TextCodec(description.data.tokenizer, vocabulary, replacesUnknown: true)
    }
    labels = try stored.part("labels", as: ClassTable.self)
    var generator = RandomGenerator(seed: 0)
    var model = TextClassifier(
      description.model, vocabularyCount: vocabulary.count, labelCount: labels.count, using: &generator)
    try stored.loadParameters(into: &model)
    self.model = model
    training = stored.training
  }

  /// A text as the model reads it.
  struct Reading {
    /// The tokens that are read, as text and as indices.
    var symbols: [String]
    var tokens: [Int32]
    /// How many tokens the text has, those that were cut included.
    var tokenCount: Int
    /// Tokens that the model does not know.
    var unknownCount: Int
  }

  /// Reads a text.
  ///
  /// - Throws: ``PredictionError`` where there is not one token in it.
  func read(_ text: String) throws -> Reading {
    let encoded = try codec.encode(text)
    let symbols = codec.tokenizer.symbols(of: text)
    if encoded.tokens.isEmpty {
      throw PredictionError("the text is empty: it has no \(description.data.tokens.rawValue) to judge")
    }
    let kept = description.data.kept(of: encoded.tokens.count)
    return Reading(
      symbols: kept.flatMap { symbols[$0] }, tokens: kept.flatMap { encoded.tokens[$0] },
      tokenCount: encoded.tokens.count, unknownCount: encoded.unknownCount)
  }

  /// Judges a text.
  ///
  /// - Throws: ``PredictionError`` where there is not one token in it.
  public func predict(_ text: String) throws -> TextVerdict {
    let reading = try read(text)
    let batch = TokenBatch([reading.tokens])
    return verdict(model.logits(batch.tokens, lengths: batch.lengths), reading)
  }

  func verdict(_ logits: Tensor<Float>, _ reading: Reading) -> TextVerdict {
    let probabilities = logits.softmax().scalars.map { Double($0) }
    let index = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
    return TextVerdict(
      label: labels.names[index], labelIndex: index, probabilities: probabilities, tokenCount: reading.tokenCount,
      readCount: reading.tokens.count, unknownCount: reading.unknownCount)
  }

  public var inspection: ModelInspection {
    let (data, model) = (description.data, description.model)
    let symbols = codec.vocabulary.symbols
    return ModelInspection(
      network: model.encoder.description(reach: self.model.encoder.reach) + ", embedding of \(Figures.grouped(model.embedding)), "
        + "\(model.pooling.rawValue) pooling\(model.residual ? ", residual" : "")",
      lines: [
        ("labels", "\(Figures.grouped(labels.count)): \(ModelInspection.sample(labels.names))"),
        (
          "tokens",
          "\(data.tokens.rawValue)\(data.lowercase ? ", lower-cased" : "")"
            + (data.maximumLength.map { ", at most \(Figures.grouped($0)), of longer texts the \(data.keep.rawValue)" } ?? "")
        ),
        ("vocabulary", "\(Figures.grouped(symbols.count)): \(ModelInspection.sample(symbols))"),
      ],
      members: [
        ("labels", .list(labels.names.map { .text($0) })), ("vocabulary", .list(symbols.map { .text($0) })),
      ])
  }
}

/// What a classifier says of a text.
public struct TextVerdict: Sendable, Equatable {
  /// The likeliest label.
  public var label: String
  /// Its index.
  public var labelIndex: Int
  /// The probability of each label, in the order of `ClassTable.names`.
  public var probabilities: [Double]
  /// The tokens of the text.
  public var tokenCount: Int
  /// Those that were read; fewer where the text is longer than the recipe's `maximumLength`.
  public var readCount: Int
  /// Tokens that the model does not know.
  public var unknownCount: Int

  /// The probability of the likeliest label.
  public var probability: Double { probabilities[labelIndex] }
}

/// A text that cannot be judged.
public struct PredictionError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  init(_ description: String) { self.description = description }
}
