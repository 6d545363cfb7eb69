public import RecurrentData
import RecurrentLayers
import RecurrentTensors
public import RecurrentTraining

/// A translator as it stands in a file: with its vocabularies, ready to translate.
///
/// ```swift
/// let trained = try TrainedTranslator(contentsOf: url)
/// let best = try TranslatorEnsemble([trained]).translate(["ein Mann liest."], by: TranslationSearch(beam: 5))[0][0]
/// print(best.text)
/// ```
public struct TrainedTranslator: TrainedModel {
  /// What it is.
  public let description: ModelDescription<Translation>
  /// The network.
  public let model: Translator
  /// How it was trained, where the file tells.
  public let training: TrainingSummary?

  let codecs: PairCodecs

  public init(_ stored: StoredModel) throws {
    let description = try stored.description(of: Translation.self)
    let target = try stored.part("vocabulary", as: Vocabulary.self)
    let source =
      description.data.jointVocabulary ? target : try stored.part("sourceVocabulary", as: Vocabulary.self)
    self.description = description
    codecs = try stored.made(from: "vocabulary") {
      try PairCodecs(description.data.tokenizer, source: source, target: target)
    }
    if description.model.tied == .all, !description.data.jointVocabulary {
      throw StoredModelError(path: stored.path, "ties all embeddings, but has two vocabularies")
    }
    var generator = RandomGenerator(seed: 0)
    var model = Translator(
      description.model, sourceCount: source.count, targetCount: target.count, using: &generator)
    try stored.loadParameters(into: &model)
    self.model = model
    training = stored.training
  }

  /// The vocabularies of both languages, which are one where the recipe says so.
  public var vocabularies: (source: Vocabulary, target: Vocabulary) { (codecs.source.vocabulary, codecs.target.vocabulary) }

  public var inspection: ModelInspection {
    let (data, model) = (description.data, description.model)
    let (source, target) = vocabularies
    let attention =
      model.attention == .none ? "no attention" : "\(model.attention.rawValue) attention, feeding \(model.feeding.rawValue)"
    let tied = model.tied == .none ? "" : ", tied: \(model.tied.rawValue)"
    var lines: [(label: String, text: String)] = [
      ("languages", "from \(data.from) to \(data.to)"),
      (
        "encoder",
        "\(Figures.counted(model.layers, "layer")) of \(Figures.grouped(model.encoderUnits)) units"
          + "\(model.bidirectional ? " in both directions" : "")\(model.reverseSource ? ", last token first" : "")"
      ),
      ("tokens", "\(data.tokens.rawValue)\(data.lowercase ? ", lower-cased" : "")"),
      ("vocabulary", "\(Figures.grouped(target.count)): \(ModelInspection.sample(target.symbols.shown))"),
    ]
    if !data.jointVocabulary {
      lines.append(("of source", "\(Figures.grouped(source.count)): \(ModelInspection.sample(source.symbols.shown))"))
    }
    return ModelInspection(
      network: "\(model.cell.rawValue), \(Figures.counted(model.layers, "layer")) of \(Figures.grouped(model.hidden)) units,"
        + " embedding of \(Figures.grouped(model.embedding)), \(attention)\(tied)",
      lines: lines,
      members: [
        ("vocabulary", .list(target.symbols.map { .text($0) })),
        ("sourceVocabulary", data.jointVocabulary ? .null : .list(source.symbols.map { .text($0) })),
      ])
  }
}

extension [String] {
  /// Symbols for a line of an inspection: bytes, which every vocabulary of subwords begins with, say nothing of it.
  fileprivate var shown: [String] { filter { !($0.hasPrefix("<0x") && $0.hasSuffix(">")) } }
}
