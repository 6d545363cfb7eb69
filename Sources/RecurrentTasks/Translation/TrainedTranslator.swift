public import RecurrentData
import RecurrentLayers
import RecurrentTraining

/// A translator as it stands in a file: with its vocabularies, ready to translate.
///
/// ```swift
/// let trained = try TrainedTranslator(contentsOf: url)
/// let best = try TranslatorEnsemble([trained]).translate(["ein Mann liest."], by: SentenceSearch(beam: 5))[0][0]
/// print(best.text)
/// ```
public typealias TrainedTranslator = Trained<Translation>

extension TrainedTranslator {
  /// How both languages become tokens.
  var codecs: PairCodecs { reader }

  /// The vocabularies of both languages, which are one where the recipe says so.
  public var vocabularies: (source: Vocabulary, target: Vocabulary) { (codecs.source.vocabulary, codecs.target.vocabulary) }
}

extension Translation {
  public static func inspection(of trained: TrainedTranslator) -> ModelInspection {
    let (data, model) = (trained.settings.data, trained.settings.model)
    let (source, target) = trained.vocabularies
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
