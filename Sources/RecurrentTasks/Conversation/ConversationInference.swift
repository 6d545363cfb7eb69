public import RecurrentData
import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// A conversation model as it stands in a file: with its vocabulary, ready to be measured and to talk with.
///
/// ```swift
/// let trained = try TrainedConversationModel(contentsOf: url)
/// var generator = RandomGenerator(seed: 1)
/// var partner = ConversationPartner(trained.model, codec: trained.codec)
/// try partner.hear("Have you seen a good film?")
/// print(partner.answer(sampling: Sampling(temperature: 0.7), longest: 100, using: &generator))
/// ```
public struct TrainedConversationModel: TrainedModel {
  /// What it is.
  public let description: ModelDescription<ConversationModeling>
  /// How turns become tokens and back.
  public let codec: TextCodec
  /// The network.
  public let model: LanguageModel
  /// How it was trained, where the file tells.
  public let training: TrainingSummary?

  public init(_ stored: StoredModel) throws {
    let description = try stored.description(of: ConversationModeling.self)
    let vocabulary = try stored.part("vocabulary", as: Vocabulary.self)
    self.description = description
    codec = try stored.made(from: "vocabulary") {
      let codec = try TextCodec(description.data.tokenizer, vocabulary, replacesUnknown: true)
      for (index, mark) in [
        (codec.startOfSentenceIndex, Tokenizer.startOfSentence), (codec.endOfSentenceIndex, Tokenizer.endOfSentence),
      ] where index == nil {
        throw VocabularyError.missing(symbol: mark)
      }
      return codec
    }
    var generator = RandomGenerator(seed: 0)
    var model = LanguageModel(description.model, vocabularyCount: vocabulary.count, using: &generator)
    try stored.loadParameters(into: &model)
    self.model = model
    training = stored.training
  }

  public var inspection: ModelInspection {
    let (data, model) = (description.data, description.model)
    let symbols = codec.vocabulary.symbols
    // Bytes and the alphabet come first among subwords, and say little.
    let shown = data.tokens == .subwords ? Array(symbols.dropFirst(258).filter { $0.count > 2 }) : symbols
    return ModelInspection(
      network: model.words,
      lines: [
        ("tokens", "\(data.tokens.rawValue)\(data.lowercase ? ", lower-cased" : "")"),
        ("vocabulary", "\(Figures.grouped(symbols.count)): \(ModelInspection.sample(shown))"),
        ("context", data.context == .none ? "none: the state begins anew at each turn" : "all turns before"),
      ],
      members: [("vocabulary", .list(symbols.map { .text($0) })), ("context", .text(data.context.rawValue))])
  }
}
