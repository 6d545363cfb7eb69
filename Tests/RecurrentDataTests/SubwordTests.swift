import Foundation
import RecurrentTensors
import Testing

@testable import RecurrentData

struct SubwordTests {
  private func codec(_ texts: [String], merges: Int = 100, lowercases: Bool = false) throws -> TextCodec {
    let tokenizer = Tokenizer(.subwords, lowercases: lowercases)
    return try TextCodec(tokenizer, Vocabulary(ofTexts: texts, tokenizer: tokenizer, mergeCount: merges))
  }

  private func pieces(_ codec: TextCodec, _ text: String) throws -> [String] {
    try codec.encode(text).tokens.map { codec.vocabulary.symbols[Int($0)] }
  }

  /// The example of Sennrich, Haddow and Birch (2016), algorithm 1, with the space before a word in place of the sign after it.
  @Test func mergesByHand() throws {
    let text = String(repeating: "low ", count: 5) + "lower lower " + String(repeating: "newest ", count: 6) + "widest widest widest"
    let vocabulary = Vocabulary(of: text, tokenizer: Tokenizer(.subwords), mergeCount: 8)
    let alphabet = [" ", "d", "e", "i", "l", "n", "o", "r", "s", "t", "w"]
    #expect(Array(vocabulary.symbols[256..<267]) == alphabet)
    // es and st occur 9 times, e is older; " l", lo and ow 7 times, and " " is the oldest.
    #expect(Array(vocabulary.symbols[267...]) == ["es", "est", " l", "ow", " low", " n", "ew", " new"])
    let codec = try TextCodec(Tokenizer(.subwords), vocabulary)
    #expect(try pieces(codec, "lowest new widow") == [" low", "est", " new", " ", "w", "i", "d", "ow"])
  }

  @Test func aPairThatOccursOnceIsNotMerged() {
    let vocabulary = Vocabulary(of: "ab ab cd", tokenizer: Tokenizer(.subwords), mergeCount: 50)
    #expect(Array(vocabulary.symbols[256...]) == [" ", "a", "b", "c", "d", " a", " ab"])
  }

  @Test func runsOfOneLetterAreMergedFromTheFront() throws {
    let codec = try codec(["aaaa aaaa aaaaa"], merges: 3)
    // aa occurs 10 times, and " a" 3 times. Then " " aa and aa aa both occur 3 times, and " " is the older symbol.
    #expect(Array(codec.vocabulary.symbols[258...]) == ["aa", " aa", " aaaa"])
    #expect(try pieces(codec, "aaaaaaa aaa") == [" aaaa", "aa", "a", " aa", "a"])
  }

  static let awkward = [
    "", " ", "\n", "\n\n", "a", " a", "a ", "  a  b  ", "\ta\t\tb", "a\nb", "a\n b\n\n  c\n", "a \nb", "\r\n\r\na", "Don't! \"Go\"...",
    "naïve e\u{301}\u{301} \u{1F469}\u{200D}\u{1F4BB}\u{1F600} \u{1F1E9}\u{1F1EA}", "<0x41> <eos> <bos> <unk>", "日本語のテキスト 한국어",
    "\u{0}\u{7F}\u{FEFF}", "a\u{A0}b\u{2003}\u{3000}c", "'tis the dogs' l\u{2019}été", String(repeating: "ab", count: 5000),
    String(repeating: " ", count: 300), String(repeating: "-", count: 300), "1,000.5-2 well-known",
  ]

  /// Any text comes back byte for byte, whatever the vocabulary was learned from.
  @Test(arguments: [TokenKind.subwords]) func anyTextComesBack(kind: TokenKind) throws {
    for training in [["the cat sat on the mat"], Self.awkward, [""]] {
      for merges in [0, 5, 1000] {
        let codec = try codec(training, merges: merges)
        for text in Self.awkward {
          let encoded = try codec.encode(text)
          #expect(Array(codec.decode(encoded.tokens).utf8) == Array(text.utf8), "\(text.debugDescription)")
          #expect(encoded.unknownCount == 0)
          #expect(encoded.characterCount == text.unicodeScalars.count)
        }
      }
    }
  }

  @Test func randomTextComesBack() throws {
    let codec = try codec(["the cat sat on the mat", "äöü \n \t.,.,"], merges: 30)
    var generator = RandomGenerator(seed: 5)
    let alphabet: [Unicode.Scalar] = ["t", "h", "e", " ", " ", "\n", "ä", ".", "'", "\u{301}", "😀", "\t", "9", "-"]
    for _ in 0..<2000 {
      var text = ""
      for _ in 0..<Int(generator.next() % 15) { text.unicodeScalars.append(alphabet[Int(generator.next() % UInt64(alphabet.count))]) }
      let tokens = try codec.encode(text).tokens
      #expect(Array(codec.decode(tokens).utf8) == Array(text.utf8), "\(text.debugDescription)")
    }
  }

  /// Whole words bring text back where all of them are known; others are <unk>, with the space that they had or not.
  @Test func wholeWordsComeBack() throws {
    let tokenizer = Tokenizer(.wordsWithSpaces)
    let texts = Self.awkward.filter { $0 != "<0x41> <eos> <bos> <unk>" }
    let codec = try TextCodec(tokenizer, Vocabulary(ofTexts: texts, tokenizer: tokenizer))
    for text in texts {
      let encoded = try codec.encode(text)
      #expect(Array(codec.decode(encoded.tokens).utf8) == Array(text.utf8), "\(text.debugDescription)")
      #expect(encoded.unknownCount == 0)
    }
    let unknown = try codec.encode("a zebra b")
    #expect(unknown.unknownCount == 1)
    #expect(codec.decode(unknown.tokens) == "a <unk> b")
  }

  @Test func theFirstWordIsLikeAnyOther() throws {
    #expect(Tokenizer(.wordsWithSpaces).symbols(of: "a cat\na dog (big)!!") == [
      " a", " cat", "<eos>", " a", " dog", " (", "big", ")", "!!",
    ])
    let codec = try codec(["cat cat cat"], lowercases: true)
    #expect(try pieces(codec, "Cat CAT") == [" cat", " cat"])
    #expect(codec.decode(try codec.encode("Cat CAT").tokens) == "cat cat")
  }

  @Test func charactersThatAreNotKnownAreBytes() throws {
    let codec = try codec(["abab"])
    #expect(try pieces(codec, "abéab") == [" ", "ab", "<0xc3>", "<0xa9>", "ab"])
    var decoder = TextDecoder(codec)
    let bytes = try codec.encode("é").tokens.dropFirst()
    #expect(bytes.map { decoder.append(Int($0)) } == ["", "é"])
    // Half a character, and then something else.
    #expect(decoder.append(Int(bytes.first!)) == "")
    #expect(decoder.append(try #require(codec.vocabulary.index(of: "ab"))) == "\u{FFFD}ab")
  }

  /// Parts of a word that could not stand alone are symbols nevertheless.
  @Test func partsMayBeginOrEndWithAnApostrophe() throws {
    let codec = try codec(["it's he's she's we've they've rock'n'roll rock'n'roll l\u{2019}eau l\u{2019}air"], merges: 40)
    #expect(codec.vocabulary.symbols.contains("'s") && codec.vocabulary.symbols.contains("'ve"))
    #expect(codec.decode(try codec.encode("who's 've ''s").tokens) == "who's 've ''s")
  }

  @Test func rareCharactersAreBytes() throws {
    let tokenizer = Tokenizer(.subwords)
    let vocabulary = Vocabulary(of: "aa aa xa", tokenizer: tokenizer, minimumCount: 2, mergeCount: 100)
    #expect(Array(vocabulary.symbols[256...]) == [" ", "a", " a", " aa"])
    #expect(try pieces(TextCodec(tokenizer, vocabulary), "xa") == [" ", "<0x78>", "a"])
  }

  @Test func theVocabularyIsAllThatIsStored() throws {
    let codec = try codec(Self.awkward, merges: 40)
    let stored = try JSONDecoder().decode(Vocabulary.self, from: JSONEncoder().encode(codec.vocabulary))
    let again = try TextCodec(codec.tokenizer, stored)
    #expect(again == codec)
    for text in Self.awkward { #expect(try again.encode(text) == codec.encode(text)) }
  }

  @Test func vocabulariesThatAreNone() throws {
    let tokenizer = Tokenizer(.subwords)
    let good = Vocabulary(of: "a b", tokenizer: tokenizer).symbols
    #expect(throws: VocabularyError.missing(symbol: "<0x41>")) {
      try TextCodec(tokenizer, Vocabulary(symbols: good.filter { $0 != "<0x41>" }))
    }
    #expect(throws: VocabularyError.notOneToken(symbol: "a b", index: good.count, kind: .subwords)) {
      try TextCodec(tokenizer, Vocabulary(symbols: good + ["a b"]))
    }
    #expect(throws: VocabularyError.notOneToken(symbol: "a\n", index: 1, kind: .wordsWithSpaces)) {
      try TextCodec(Tokenizer(.wordsWithSpaces), Vocabulary(symbols: ["<unk>", "a\n"]))
    }
  }

  @Test(arguments: TokenKind.allCases) func sentencesHaveAStartAndAnEnd(kind: TokenKind) throws {
    let tokenizer = Tokenizer(kind)
    let vocabulary = Vocabulary(ofSentences: ["to be", "or not\nto be"], tokenizer: tokenizer)
    let codec = try TextCodec(tokenizer, vocabulary, replacesUnknown: true)
    let start = try #require(codec.startOfSentenceIndex)
    let end = try #require(codec.endOfSentenceIndex)
    #expect(start == (kind == .bytes ? 256 : 0) && end == start + 1)
    let tokens = try codec.encode("to be").tokens
    #expect(!tokens.contains(Int32(start)) && !tokens.contains(Int32(end)))
    let sentence: [Int32] = [Int32(start)] + tokens + [Int32(end)]
    #expect(codec.decode(sentence) == "to be\n")
    #expect(try codec.encode("zzz").tokens.allSatisfy { Int($0) < vocabulary.count })
  }

  @Test func learningIsDeterministic() {
    var generator = RandomGenerator(seed: 3)
    let words = (0..<3000).map { _ in
      String((0..<Int(2 + generator.next() % 8)).map { _ in Character(UnicodeScalar(UInt8(97 + generator.next() % 12))) })
    }
    let text = words.joined(separator: " ")
    let first = Vocabulary(of: text, tokenizer: Tokenizer(.subwords), mergeCount: 1000)
    #expect(first == Vocabulary(of: text, tokenizer: Tokenizer(.subwords), mergeCount: 1000))
    #expect(first.count == 256 + 13 + 1000)
    // Fewer merges are the first of more.
    let fewer = Vocabulary(of: text, tokenizer: Tokenizer(.subwords), mergeCount: 400)
    #expect(Array(first.symbols.prefix(fewer.count)) == fewer.symbols)
  }

  /// Incremental counts against counting everything anew after each merge.
  @Test func incrementalCountsAreTheCounts() {
    var generator = RandomGenerator(seed: 8)
    for _ in 0..<20 {
      let words = (0..<60).map { _ in
        String((0..<Int(1 + generator.next() % 9)).map { _ in Character(UnicodeScalar(UInt8(97 + generator.next() % 3))) })
      }
      let vocabulary = Vocabulary(of: words.joined(separator: " "), tokenizer: Tokenizer(.subwords), mergeCount: 40)
      #expect(Array(vocabulary.symbols[256...]) == naive(words.map { " " + $0 }, mergeCount: 40))
    }
  }

  private func naive(_ words: [String], mergeCount: Int) -> [String] {
    var symbols = Set(words.joined().map(String.init)).sorted()
    var split = words.map { $0.map { symbols.firstIndex(of: String($0))! } }
    let goal = symbols.count + mergeCount
    while symbols.count < goal {
      var counts: [[Int]: Int] = [:]
      for word in split { for pair in zip(word, word.dropFirst()) { counts[[pair.0, pair.1], default: 0] += 1 } }
      guard let best = counts.filter({ $0.value >= 2 }).max(by: {
        $0.value != $1.value ? $0.value < $1.value : $1.key.lexicographicallyPrecedes($0.key)
      })?.key else { break }
      let merged = symbols[best[0]] + symbols[best[1]]
      if !symbols.contains(merged) { symbols.append(merged) }
      let index = symbols.firstIndex(of: merged)!
      for word in split.indices {
        var at = 0
        while at + 1 < split[word].count {
          if split[word][at] == best[0], split[word][at + 1] == best[1] { split[word].replaceSubrange(at...at + 1, with: [index]) }
          at += 1
        }
      }
    }
    return symbols
  }
}
