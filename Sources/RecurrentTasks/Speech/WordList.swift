import RecurrentData
import RecurrentLayers
import RecurrentTensors

/// Words that may be said, and no others: what a search over texts is held to.
public struct WordList: Sendable {
  /// The words, letter by letter: where each letter leads from a node; 0 is where a word begins.
  private var children: [[Character: Int]] = [[:]]
  private var isEnd = [false]
  /// How many words there are.
  public private(set) var count = 0

  /// These words; what white space parts are words of their own.
  ///
  /// - Precondition: there is one at least.
  public init(_ words: some Sequence<String>) {
    for word in words.lazy.flatMap({ $0.split(whereSeparator: \.isWhitespace) }) {
      var node = 0
      for letter in word {
        if let next = children[node][letter] {
          node = next
        } else {
          children[node][letter] = children.count
          node = children.count
          children.append([:])
          isEnd.append(false)
        }
      }
      if !isEnd[node] { count += 1 }
      isEnd[node] = true
    }
    check(count > 0, "WordList: no words")
  }

  /// Where a text leads on from a node; nil: to no word.
  func node(after text: String, from start: Int) -> Int? {
    var node = start
    for letter in text {
      if letter.isWhitespace {
        guard node == 0 || isEnd[node] else { return nil }
        node = 0
      } else {
        guard let next = children[node][letter] else { return nil }
        node = next
      }
    }
    return node
  }

  /// Whether a text may end there.
  func isComplete(_ node: Int) -> Bool { node == 0 || isEnd[node] }
}

/// Lets texts of a list's words pass, all alike, or any text where there is no list.
struct WordScorer: PrefixScorer {
  let words: WordList?
  /// What each symbol adds to a text; nil: a part of a character, which no list has.
  private let pieces: [String?]

  init(_ words: WordList?, _ reader: SpeechReader) {
    self.words = words
    let isSpaced = reader.codec.tokenizer.kind.areWords && !reader.codec.tokenizer.kind.keepSpaces
    let isInBytes = [.subwords, .bytes].contains(reader.codec.tokenizer.kind)
    pieces = [""] + reader.codec.vocabulary.symbols.enumerated().map { isInBytes && $0 < 256 ? nil : isSpaced ? " " + $1 : $1 }
  }

  func start() -> Int { 0 }

  func score(of symbol: Int32, after state: Int) -> Double? { words == nil || node(state, symbol) != nil ? 0 : nil }

  func states(extending texts: [(state: Int, symbol: Int32)]) -> [Int] {
    texts.map { words == nil ? 0 : node($0.state, $0.symbol) ?? 0 }
  }

  func endScore(of state: Int) -> Double? { words?.isComplete(state) ?? true ? 0 : nil }

  private func node(_ state: Int, _ symbol: Int32) -> Int? { pieces[Int(symbol)].flatMap { words?.node(after: $0, from: state) } }
}
