public import RecurrentData
import RecurrentTraining

/// A conversation model as it stands in a file: with its vocabulary, ready to be measured and to talk with.
///
/// ```swift
/// let trained = try TrainedConversationModel(contentsOf: url)
/// var generator = RandomGenerator(seed: 1)
/// var partner = ConversationPartner(trained.model, codec: trained.codec)
/// try partner.hear("Have you seen a good film?")
/// print(partner.answer(sampling: Sampling(temperature: 0.7), longest: 100, using: &generator))
/// ```
public typealias TrainedConversationModel = Trained<ConversationModeling>

extension TrainedConversationModel {
  /// How turns become tokens and back.
  public var codec: TextCodec { reader }
}

extension ConversationModeling {
  public static func inspection(of trained: TrainedConversationModel) -> ModelInspection {
    let (data, model) = (trained.settings.data, trained.settings.model)
    let symbols = trained.codec.vocabulary.symbols
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
