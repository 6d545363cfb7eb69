import RecurrentData
import RecurrentTensors

/// Words, skills and other names that a model was asked about and never saw.
struct UnknownNames {
  /// What one and several of them are called: "skill" and "skills".
  let nouns: (one: String, many: String)
  /// The names, each once, in the order in which they were met.
  private(set) var names: [String] = []
  private var seen: Set<String> = []

  init(_ one: String, _ many: String) { nouns = (one, many) }

  /// The symbols of texts that a codec does not know, as many as a sentence has room for.
  init(of texts: some Sequence<String>, _ codec: TextCodec, kind: TokenKind) {
    self.init(kind.singular, kind.singular + "s")
    for text in texts where names.count < Self.shownCount {
      for symbol in codec.tokenizer.symbols(of: text) where codec.vocabulary.index(of: symbol) == nil { add(symbol) }
    }
  }

  /// Adds a name.
  mutating func add(_ name: String) { if seen.insert(name).inserted { names.append(name) } }

  private static let shownCount = 3

  /// The first of them, each with the known one that was probably meant: "1.0", "algbra" (did you mean "algebra"?).
  func sample(known: [String]) -> String {
    names.prefix(Self.shownCount).map { name in
      func quoted(_ text: String) -> String { "\"\(text.withVisibleControls)\"" }
      return quoted(name) + (nearest(to: name, among: known).map { " (did you mean \(quoted($0))?)" } ?? "")
    }.joined(separator: ", ")
  }

  /// What is wrong where a model knows nothing of what it is asked about.
  ///
  /// - Parameter subject: What they stand in: "these answers".
  func refusal(path: String, subject: String, known: [String]) -> String {
    "\(path): the model knows none of the \(nouns.many) of \(subject), such as \(sample(known: known)); it knows \(ModelInspection.sample(known))"
  }
}

extension EvaluationReport {
  /// Says how many of the tokens a model does not know, where there are any.
  mutating func addUnknown(_ unknown: Int, of total: Int, _ tokens: TokenKind) {
    if unknown == 0 { return }
    lines.append(
      .figure(
        label: "unknown",
        text: "\(Figures.grouped(unknown)) of \(Figures.counted(total, tokens.singular)) (\(Figures.percent(Double(unknown) / Double(total)))) are"
          + " not in the vocabulary"))
  }
}

extension TokenKind {
  /// "none of its 3 words is known", "2 of its 5 words are unknown"; nil: all are known.
  package func unknownWords(_ unknown: Int, of total: Int) -> String? {
    if unknown == 0 { return nil }
    let noun = total == 1 ? singular : singular + "s"
    if unknown == total { return total == 1 ? "its \(noun) is not known" : "none of its \(Figures.grouped(total)) \(noun) is known" }
    return "\(Figures.grouped(unknown)) of its \(Figures.grouped(total)) \(noun) \(unknown == 1 ? "is" : "are") not known"
  }
}
