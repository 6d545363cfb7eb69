import RecurrentLayers
import RecurrentTensors

/// How texts are looked for in what a speech recognizer says at each step.
public struct SpeechSearch: Sendable {
  /// Texts side by side; 1 takes the likeliest symbol of each step.
  public var beam: Int
  /// The words that may be said; nil: any.
  public var words: WordList?

  /// A search.
  ///
  /// - Precondition: a beam of at least 1, of at least 2 where words are given.
  public init(beam: Int = 16, words: WordList? = nil) {
    check(beam >= (words == nil ? 1 : 2), "SpeechSearch: a beam of \(beam)\(words == nil ? "" : " with a list of words")")
    (self.beam, self.words) = (beam, words)
  }

  /// The likeliest symbol of each step.
  public static let greedy = SpeechSearch(beam: 1)

  /// The search before the first step.
  func reading(_ reader: SpeechReader) -> SymbolReading {
    beam == 1
      ? .greedy(GreedyReading(), [])
      : .beam(CTCPrefixSearch(WordScorer(words, reader), width: beam, blank: SpeechReader.blank))
  }
}

/// Reads steps as they come and gives the symbols that no later step can change.
enum SymbolReading: Sendable {
  /// The likeliest of each step, and those that nobody has taken.
  case greedy(GreedyReading, [SaidSymbol])
  case beam(CTCPrefixSearch<WordScorer>)

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

  /// The symbols that are certain, once.
  mutating func takeCertain() -> [SaidSymbol] {
    switch self {
    case .greedy(let reading, let said):
      self = .greedy(reading, [])
      return said
    case .beam(var search):
      self = .greedy(GreedyReading(), [])
      defer { self = .beam(search) }
      return search.takeCertain()
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
