import RecurrentLayers
import RecurrentTensors

/// How texts are looked for in what a speech recognizer says at each step.
public struct SpeechSearch: Sendable {
  /// Texts side by side; 1 takes the likeliest symbol of each step.
  public var beam: Int
  /// The words that may be said; nil: any.
  public var words: WordList?
  /// What says which texts are likely; nil: all are.
  public var language: SpokenLanguage?
  /// Of live sound: so many seconds after a symbol was heard it is certain, since words that are certain only when all texts agree may never come. Texts that
  /// differ there are given up.
  public var delay = 0.25

  /// A search.
  ///
  /// - Precondition: a beam of at least 1, of at least 2 where words or a language model are given.
  public init(beam: Int = 16, words: WordList? = nil, language: SpokenLanguage? = nil) {
    let isFree = words == nil && language == nil
    check(beam >= (isFree ? 1 : 2), "SpeechSearch: a beam of \(beam)\(isFree ? "" : " with a list of words, or a language model")")
    (self.beam, self.words, self.language) = (beam, words, language)
  }

  /// The likeliest symbol of each step.
  public static let greedy = SpeechSearch(beam: 1)

  /// The likeliest text of all steps of a recording.
  func text(of steps: [ArraySlice<Float>], _ reader: SpeechReader) -> String {
    var reading = reading(reader)
    for step in steps { reading.read(step) }
    return reader.text(of: reading.finish().map(\.symbol))
  }

  /// The search before the first step.
  func reading(_ reader: SpeechReader) -> SymbolReading {
    beam == 1
      ? .greedy(GreedyReading(), [])
      : .beam(CTCPrefixSearch(SpokenTextScorer(words, language, reader), width: beam, blank: SpeechReader.blank))
  }
}

/// Reads steps as they come and gives the symbols that no later step can change.
enum SymbolReading: Sendable {
  /// The likeliest of each step, and those that nobody has taken.
  case greedy(GreedyReading, [SaidSymbol])
  case beam(CTCPrefixSearch<SpokenTextScorer>)

  mutating func read(_ logProbabilities: ArraySlice<Float>) {
    switch self {
    case .greedy(var reading, var said):
      if let symbol = reading.read(logProbabilities) { said.append(symbol) }
      self = .greedy(reading, said)
    case .beam(var search):
      // So that the search is not copied when it changes.
      self = .greedy(GreedyReading(), [])
      search.read(logProbabilities)
      self = .beam(search)
    }
  }

  /// The symbols that are certain, once; with a delay those too that began so many steps ago.
  mutating func takeCertain(after delay: Int? = nil) -> [SaidSymbol] {
    switch self {
    case .greedy(let reading, let said):
      self = .greedy(reading, [])
      return said
    case .beam(var search):
      self = .greedy(GreedyReading(), [])
      defer { self = .beam(search) }
      return search.takeCertain(after: delay)
    }
  }

  /// Whether symbols have been heard that are not certain.
  var isUndecided: Bool {
    switch self {
    case .greedy: false
    case .beam(let search): search.texts.contains { !$0.symbols.isEmpty }
    }
  }

  /// The rest of the likeliest text, when nothing more comes.
  mutating func finish() -> [SaidSymbol] {
    switch self {
    case .greedy: takeCertain()
    case .beam(let search): search.texts.first?.symbols ?? []
    }
  }
}
