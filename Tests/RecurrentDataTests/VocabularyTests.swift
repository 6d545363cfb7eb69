import Foundation
import RecurrentData
import Testing

struct VocabularyTests {
  @Test func charactersAreSortedByScalar() {
    let vocabulary = Vocabulary(of: "héllo\n\u{1F600}\u{FFFD}A", tokenizer: Tokenizer(.characters))
    #expect(vocabulary.symbols == ["\n", "A", "h", "l", "o", "é", "\u{FFFD}", "\u{1F600}"])
    #expect(vocabulary.index(of: "é") == 5)
    #expect(vocabulary.index(of: "e") == nil && vocabulary.index(of: "") == nil)
  }

  @Test func canonicallyEquivalentSymbolsAreDifferent() throws {
    // U+212B and U+C5 are equal as Swift strings, and so are the composed and the decomposed letter.
    let scalars = Vocabulary(of: "\u{212B}\u{C5}", tokenizer: Tokenizer(.characters))
    #expect(scalars.count == 2)
    let tokenizer = Tokenizer(.graphemes)
    let text = "\u{E9}e\u{301}"
    let codec = try TextCodec(tokenizer, Vocabulary(of: text, tokenizer: tokenizer))
    #expect(codec.vocabulary.count == 2)
    #expect(Array(codec.decode(try codec.encode(text).tokens).unicodeScalars) == Array(text.unicodeScalars))
    #expect(try Vocabulary(symbols: ["\u{212B}"]) != Vocabulary(symbols: ["\u{C5}"]))
  }

  @Test func wordsAreSortedByFrequencyThenAlphabetically() {
    let words = Tokenizer(.words)
    let vocabulary = Vocabulary(of: "b a c a\nb a d\n", tokenizer: words)
    #expect(vocabulary.symbols == ["a", "<eos>", "b", "c", "d", "<unk>"])
    // c and d become unknown: two occurrences, as many as of <eos> and b, and before them in the alphabet? No: after.
    let common = Vocabulary(of: "b a c a\nb a d\n", tokenizer: words, minimumCount: 2)
    #expect(common.symbols == ["a", "<eos>", "<unk>", "b"])
    // A sentence end is kept however rare; a literal <unk> counts too.
    let rare = Vocabulary(of: "x x x <unk> y\n", tokenizer: words, minimumCount: 3)
    #expect(rare.symbols == ["x", "<unk>", "<eos>"])
  }

  @Test func jsonIsAnArrayInOrderOfIndex() throws {
    let vocabulary = Vocabulary(of: "\u{0}\"\\\n\u{301}é\u{FEFF}\u{10FFFF}", tokenizer: Tokenizer(.characters))
    let data = try JSONEncoder().encode(vocabulary)
    let read = try JSONDecoder().decode(Vocabulary.self, from: data)
    #expect(read == vocabulary)
    #expect(read.symbols.map { $0.unicodeScalars.first } == vocabulary.symbols.map { $0.unicodeScalars.first })
    let bytes = try JSONDecoder().decode(Vocabulary.self, from: try JSONEncoder().encode(Vocabulary.bytes))
    #expect(bytes == .bytes && bytes.count == 256 && bytes.symbols[0xE9] == "0xe9" && bytes.symbols[9] == "0x09")
  }

  @Test func whatIsNoVocabularyIsRefused() {
    func message(_ symbols: [String], _ kind: TokenKind) -> String {
      do {
        _ = try TextCodec(Tokenizer(kind), Vocabulary(symbols: symbols))
        return "accepted"
      } catch { return "\(error)" }
    }
    #expect(message([], .words) == "the vocabulary is empty")
    #expect(message(["a", ""], .words) == "symbol 1 of the vocabulary is an empty string")
    #expect(message(["a", "b", "a"], .words) == "the vocabulary has 'a' twice, as symbols 0 and 2")
    #expect(message(["a", "bc"], .characters) == "symbol 1 of the vocabulary, 'bc', is not one of the characters")
    #expect(message(["ab"], .graphemes) == "symbol 0 of the vocabulary, 'ab', is not one of the graphemes")
    #expect(message(["e\u{301}"], .graphemes) == "accepted")
    #expect(message(["a b"], .words) == "symbol 0 of the vocabulary, 'a b', is not one of the words")
    #expect(message(["\n"], .words).hasSuffix("'\\n' (U+000A), is not one of the words"))
    #expect(message(["a"], .bytes).hasSuffix("\"0x00\" to \"0xff\"; symbol 0 is 'a'"))
    #expect(message(Array(Vocabulary.bytes.symbols.dropLast()), .bytes).hasSuffix("symbol 254 is '0xfe'"))
    #expect(message(Vocabulary.bytes.symbols + ["x"], .bytes).hasSuffix("symbol 256 is 'x'"))
    #expect(throws: VocabularyError.duplicate(symbol: "a", first: 0, second: 1)) {
      try JSONDecoder().decode(Vocabulary.self, from: Data("[\"a\",\"a\"]".utf8))
    }
  }
}
