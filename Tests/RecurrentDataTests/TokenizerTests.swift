import RecurrentData
import Testing

struct TokenizerTests {
  @Test func charactersAreScalars() {
    let text = "ae\u{301}\u{1F1E9}\u{1F1EA}\r\n\u{E9}"
    #expect(
      Tokenizer(.characters).symbols(of: text).map { Array($0.unicodeScalars) }
        == text.unicodeScalars.map { [$0] })
  }

  @Test(arguments: [
    "plain text\nof two lines", "", "\r\n\r\n\n\r", "ae\u{301}e\u{301}\r\nx", "\u{1F1E9}\u{1F1EA}\u{1F1EB}\u{1F1F7}!",
    "\u{1F469}\u{200D}\u{1F4BB} works", "\u{301}leading mark",
    "\u{D4DB}\u{1112}\u{1161}\u{11AB}a", "naïve café\u{A0}ok",
    "\u{0915}\u{094D}\u{0937} क्षत्रिय",
  ])
  func graphemesAreCharactersOfSwift(text: String) {
    let expected = text.map { Array(String($0).utf8) }
    #expect(Tokenizer(.graphemes).symbols(of: text).map { Array($0.utf8) } == expected)
  }

  @Test func bytesAreWrittenInHexadecimal() {
    #expect(Tokenizer(.bytes).symbols(of: "Aé\n") == ["0x41", "0xc3", "0xa9", "0x0a"])
  }

  @Test func wordsSplitAtWhiteSpaceAndNewlinesAreTokens() {
    let words = Tokenizer(.words)
    #expect(words.symbols(of: " to be , \n\n or\tnot\r\nto be") == [
      "to", "be", ",", "<eos>", "<eos>", "or", "not", "<eos>", "to", "be",
    ])
    // No-break space, ideographic space, line separator: white space, but no end of a sentence.
    #expect(words.symbols(of: "a\u{A0}b\u{3000}c\u{2028}d\u{B}é\u{301}") == ["a", "b", "c", "d", "é\u{301}"])
    #expect(words.symbols(of: " \t ") == [])
    #expect(words.symbols(of: "x<eos> <unk>") == ["x<eos>", "<unk>"])
  }

  @Test func marksAreTokensAndApostrophesInsideAreNot() {
    let words = Tokenizer(.wordsAndMarks)
    #expect(words.symbols(of: "Isn't it \"fine\"? Rock 'n' roll's end'") == [
      "Isn't", "it", "\"", "fine", "\"", "?", "Rock", "'", "n", "'", "roll's", "end", "'",
    ])
    #expect(words.symbols(of: "7.5/10!!\n1990s—ça l\u{2019}été\u{301} 🙂") == [
      "7", ".", "5", "/", "10", "!", "!", "<eos>", "1990s", "—", "ça", "l\u{2019}été\u{301}", "🙂",
    ])
    #expect(words.symbols(of: "<unk> x<unk> <eos>") == ["<unk>", "x", "<", "unk", ">", "<eos>"])
    #expect(words.symbols(of: " \t ") == [])
  }

  @Test func lowerCasingIsUnicodes() {
    #expect(Tokenizer(.words, lowercases: true).symbols(of: "To BE\nÉTÉ") == ["to", "be", "<eos>", "été"])
    #expect(Tokenizer(.characters, lowercases: true).symbols(of: "AzZ[@") == ["a", "z", "z", "[", "@"])
  }
}
