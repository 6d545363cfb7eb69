import RecurrentData
import Testing

struct TextCodecTests {
  private func codec(_ kind: TokenKind, _ text: String, minimumCount: Int = 1) throws -> TextCodec {
    let tokenizer = Tokenizer(kind)
    return try TextCodec(tokenizer, Vocabulary(of: text, tokenizer: tokenizer, minimumCount: minimumCount))
  }

  @Test(arguments: [TokenKind.characters, .graphemes, .bytes])
  func textComesBack(kind: TokenKind) throws {
    let text = "naïve e\u{301}\r\n\u{1F1E9}\u{1F1EA}\u{1F469}\u{200D}\u{1F4BB}\u{0} \u{FEFF}end"
    let codec = try codec(kind, text)
    let encoded = try codec.encode(text)
    #expect(Array(codec.decode(encoded.tokens).utf8) == Array(text.utf8))
    #expect(encoded.unknownCount == 0)
    #expect(encoded.characterCount == (kind == .bytes ? text.utf8.count : text.unicodeScalars.count))
    #expect(encoded.tokens.count == Tokenizer(kind).symbols(of: text).count)
  }

  @Test func indicesAreThoseOfTheVocabulary() throws {
    #expect(try codec(.characters, "hello").encode("hole").tokens == [1, 3, 2, 0])
    #expect(try codec(.bytes, "").encode("A\u{E9}").tokens == [0x41, 0xC3, 0xA9])
    let words = try codec(.words, "to be or not to be\n")
    #expect(words.vocabulary.symbols == ["be", "to", "<eos>", "not", "or", "<unk>"])
    #expect(try words.encode("not to\nbe").tokens == [3, 1, 2, 0])
  }

  @Test func unknownWordsAreCounted() throws {
    let codec = try codec(.words, "to be <unk>\n")
    let encoded = try codec.encode("to see <unk> été\n")
    let unknown = Int32(try #require(codec.unknownIndex))
    #expect(encoded.tokens[1] == unknown && encoded.tokens[2] == unknown && encoded.tokens[3] == unknown)
    #expect(encoded.unknownCount == 2)
    #expect(encoded.characterCount == 17)
    #expect(codec.decode(encoded.tokens) == "to <unk> <unk> <unk>\n")
  }

  @Test func unknownCharactersAreNamed() throws {
    let codec = try codec(.characters, "abc\n")
    #expect(
      throws: VocabularyError.unknownSymbol(symbol: "é", line: 2, distinct: 2, occurrences: 3, vocabularyCount: 4)
    ) { try codec.encode("ab\naébéX\n") }
    do {
      _ = try codec.encode("a\tb")
    } catch {
      #expect(
        "\(error)"
          == "'\\t' (U+0009) (line 1) is not among the 4 symbols of the vocabulary; take them out, or train on text"
          + " that has them")
    }
    do {
      _ = try codec.encode("aéX")
    } catch {
      #expect(
        "\(error)"
          == "'é' (U+00E9) (line 1) is not among the 4 symbols of the vocabulary, and 2 tokens (2 different) of the"
          + " text are not; take them out, or train on text that has them")
    }
  }

  @Test func wordsAreJoinedBySpacesWithinALine() throws {
    let codec = try codec(.words, "to be or\nnot\n")
    #expect(codec.decode(try codec.encode("to  be\n\nor not").tokens) == "to be\n\nor not")
    #expect(codec.decode([]) == "")
  }

  @Test func bytesStreamAsWholeCharacters() throws {
    var decoder = TextDecoder(try codec(.bytes, ""))
    #expect(Array("a€😀".utf8).map { decoder.append(Int($0)) } == ["a", "", "", "€", "", "", "", "😀"])
    #expect(decoder.append(0xE2) == "" && decoder.append(0x41) == "\u{FFFD}A")
    #expect(decoder.append(0xFF) == "\u{FFFD}" && decoder.append(0x80) == "\u{FFFD}")
    #expect(decoder.append(0xF0) == "" && decoder.append(0x9F) == "" && decoder.finish() == "\u{FFFD}")
    #expect(decoder.finish() == "")
  }

  /// Streaming gives what the standard library gives for all bytes at once, whatever they are.
  @Test func bytesStreamAsTheStandardLibraryDecodes() throws {
    let codec = try codec(.bytes, "")
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let interesting: [UInt8] = [
      0x41, 0x80, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC3, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xF5, 0xFF,
    ]
    for _ in 0..<5000 {
      let bytes = (0..<random(12)).map { _ in interesting[random(interesting.count)] }
      #expect(Array(codec.decode(bytes.map(Int32.init)).utf8) == Array(String(decoding: bytes, as: UTF8.self).utf8))
    }
  }

  /// Who only judges texts may have U+FFFD stand for characters that are not known; whoever writes text may not.
  @Test func unknownCharactersMayBeReplaced() throws {
    let tokenizer = Tokenizer(.characters)
    let vocabulary = Vocabulary(ofTexts: ["abc", "cab"], tokenizer: tokenizer)
    #expect(vocabulary.symbols == ["a", "b", "c", "\u{FFFD}"])
    let codec = try TextCodec(tokenizer, vocabulary, replacesUnknown: true)
    #expect(try codec.encode("cäx") == EncodedText(tokens: [2, 3, 3], unknownCount: 2, characterCount: 3))
    #expect(throws: VocabularyError.self) { try TextCodec(tokenizer, vocabulary).encode("cäx") }
  }

  @Test func rareWordsOfManyTextsAreUnknown() throws {
    let tokenizer = Tokenizer(.wordsAndMarks, lowercases: true)
    let vocabulary = Vocabulary(ofTexts: ["A good film.", "A film, a film!"], tokenizer: tokenizer, minimumCount: 2)
    #expect(vocabulary.symbols == ["<unk>", "a", "film"])
    let codec = try TextCodec(tokenizer, vocabulary)
    #expect(try codec.encode("The Film a").tokens == [0, 2, 1])
  }

  /// Whatever a text is cut into, each piece is a symbol of a vocabulary: also a word that was cut for its length behind an apostrophe.
  @Test(arguments: 55...70, ["'", "\u{2019}", "''", "' ", "é'", "'\n", "x'y'"])
  func everySpacedWordIsASymbol(length: Int, sign: String) throws {
    for letters in [String(repeating: "a", count: length), String(repeating: "ab'", count: length / 3), String(repeating: "'", count: length)] {
      let text = "one " + letters + sign + "bcd it's " + letters + sign + letters
      for kind in [TokenKind.wordsWithSpaces, .words, .wordsAndMarks, .subwords] {
        let tokenizer = Tokenizer(kind)
        let codec = try TextCodec(tokenizer, Vocabulary(ofTexts: [text], tokenizer: tokenizer, minimumCount: 1, mergeCount: 200))
        let tokens = try codec.encode(text).tokens
        if kind.keepSpaces { #expect(codec.decode(tokens) == text, "\(kind)") }
      }
    }
  }
}
