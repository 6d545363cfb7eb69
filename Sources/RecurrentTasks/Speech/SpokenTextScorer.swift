import RecurrentData
import RecurrentLayers

/// What a search over what was heard asks of texts: whether they are of a list's words, and how likely a language model holds them; all alike where there is neither.
struct SpokenTextScorer: PrefixScorer {
  let words: WordList?
  let language: SpokenLanguage?
  /// What each symbol adds to a text; nil: a part of a character, which no list has.
  private let pieces: [String?]

  /// What is known of a text so far.
  struct State: Sendable {
    /// Its place in the list.
    fileprivate var node = 0
    fileprivate var language: SpokenLanguage.State?
  }

  init(_ words: WordList?, _ language: SpokenLanguage?, _ reader: SpeechReader) {
    (self.words, self.language) = (words, language)
    let isSpaced = reader.codec.tokenizer.kind.areWords && !reader.codec.tokenizer.kind.keepSpaces
    let isInBytes = [.subwords, .bytes].contains(reader.codec.tokenizer.kind)
    pieces = [""] + reader.codec.vocabulary.symbols.enumerated().map { isInBytes && $0 < 256 ? nil : isSpaced ? " " + $1 : $1 }
  }

  func start() -> State { State(language: language?.start()) }

  func score(of symbol: Int32, after state: State) -> Double? {
    if words != nil, node(state.node, symbol) == nil { return nil }
    guard let language, let known = state.language else { return 0 }
    return pieces[Int(symbol)].map { language.score(of: $0, after: known) } ?? 0
  }

  func states(extending texts: [(state: State, symbol: Int32)]) -> [State] {
    var states = texts.map { State(node: words == nil ? 0 : node($0.state.node, $0.symbol) ?? 0, language: $0.state.language) }
    guard let language else { return states }
    let extended = texts.enumerated().compactMap { place, text in
      text.state.language.flatMap { known in pieces[Int(text.symbol)].map { (place: place, text: (state: known, piece: $0)) } }
    }
    for (text, state) in zip(extended, language.states(extending: extended.map(\.text))) { states[text.place].language = state }
    return states
  }

  func endScore(of state: State) -> Double? {
    if words?.isComplete(state.node) == false { return nil }
    return state.language.flatMap { language?.endScore(of: $0) } ?? 0
  }

  private func node(_ state: Int, _ symbol: Int32) -> Int? { pieces[Int(symbol)].flatMap { words?.node(after: $0, from: state) } }
}
