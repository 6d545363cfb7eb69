import Foundation
import RecurrentData
import Testing

struct TextCorpusTests {
  @Test func textsMayBeCompressedAndUTF16IsNamed() throws {
    let text = "the sea and the moon\n"
    try withDirectory(["train.txt.gz": gzipped(Array(text.utf8)), "one.txt": Array(text.utf8), "wide.txt": [0xFF, 0xFE, 0x61, 0]]) { directory in
      let tokenizer = Tokenizer(.characters)
      let part = try TextCorpus(contentsOf: directory, tokenizer: tokenizer).tokens(of: .train)
      let whole = SplitFractions(train: 1, validation: 0, test: 0)
      let plain = try TextCorpus(contentsOf: directory.appending(path: "one.txt"), tokenizer: tokenizer, fractions: whole).tokens(of: .train)
      #expect(part.tokens == plain.tokens)
      let wide = directory.appending(path: "wide.txt")
      #expect(message { _ = try TextCorpus(contentsOf: wide, tokenizer: tokenizer) } == "\(TextDataError.isUTF16(path: wide.path))")
    }
  }

  @Test func oneFileIsCutByTokens() throws {
    let text = "0123456789abcdefghi"  // 19: Int(0.9 * 19) = 17
    let corpus = try TextCorpus(text: text, tokenizer: Tokenizer(.characters))
    #expect(corpus.codec.decode(try corpus.tokens(of: .train).tokens) == "0123456789abcdefg")
    #expect(corpus.codec.decode(try corpus.tokens(of: .validation).tokens) == "hi")
    #expect(corpus.splits[.test] == nil)
    let three = try TextCorpus(
      text: text, tokenizer: Tokenizer(.characters), fractions: SplitFractions(train: 0.5, validation: 0.2, test: 0.1))
    #expect(try DataPart.allCases.map { try three.tokens(of: $0).tokens.count } == [9, 4, 2])
  }

  @Test(arguments: TokenKind.allCases)
  func thePartsHaveTheTokensOfTheWhole(kind: TokenKind) throws {
    let line = "naïve  e\u{301}\r\n\u{1F1E9}\u{1F1EA} \u{1F469}\u{200D}\u{1F4BB} two\n\n\tx "
    let text = String(repeating: line, count: 7)
    let tokenizer = Tokenizer(kind)
    let whole = Tokenizer(kind).symbols(of: text)
    for train in [0.31, 0.5, 0.77] {
      let corpus = try TextCorpus(
        text: text, tokenizer: tokenizer, fractions: SplitFractions(train: train, validation: 0.1, test: 0.9 - train))
      let tokens = try DataPart.allCases.flatMap { try corpus.tokens(of: $0).tokens }
      #expect(tokens.count == whole.count)
      #expect(try corpus.tokens(of: .train).tokens.count == Int(train * Double(whole.count)))
      #expect(zip(tokens, whole).allSatisfy { Array(corpus.codec.vocabulary.symbols[Int($0)].utf8) == Array($1.utf8) })
      #expect(
        corpus.splits.values.map(\.characterCount).reduce(0, +)
          == (kind == .bytes ? text.utf8.count : text.unicodeScalars.count))
    }
  }

  @Test func alphabetsComeFromAllPartsAndWordsFromTraining() throws {
    let files: [String: [UInt8]] = [
      "train.txt": Array("a b a\n".utf8), "valid.txt": Array("a c\n".utf8), "test.txt": Array("é a\n".utf8),
    ]
    try withDirectory(files) { directory in
      let characters = try TextCorpus(contentsOf: directory, tokenizer: Tokenizer(.characters))
      #expect(characters.codec.vocabulary.symbols == ["\n", " ", "a", "b", "c", "é"])
      let words = try TextCorpus(contentsOf: directory, tokenizer: Tokenizer(.words))
      #expect(words.codec.vocabulary.symbols == ["a", "<eos>", "b", "<unk>"])
      #expect(try DataPart.allCases.map { try words.tokens(of: $0).unknownCount } == [0, 1, 1])
    }
  }

  @Test func namesOfPartsInADirectory() throws {
    let names = [
      ["ptb.train.txt", "ptb.valid.txt", "ptb.test.txt", "README"],
      ["wiki.train.tokens", "wiki.valid.tokens", "wiki.test.tokens"],
      ["train", "val", "test"], ["training.txt", "dev.txt", "my-test.text"],
      ["train.txt", "train.old.txt", "validation.txt", "test.txt", "train.log"],
    ]
    for names in names {
      try withDirectory(Dictionary(uniqueKeysWithValues: names.map { ($0, Array("a b\n".utf8)) })) { directory in
        let corpus = try TextCorpus(contentsOf: directory, tokenizer: Tokenizer(.words))
        #expect(corpus.splits.count == 3, "\(names)")
      }
    }
    try withDirectory(["train.txt": [65, 10]]) { directory in
      let corpus = try TextCorpus(contentsOf: directory, tokenizer: Tokenizer(.words))
      #expect(
        message { _ = try corpus.tokens(of: .test) }
          == "\(directory.path): there is no test part (there is: train); give a directory with test.txt, or set its"
          + " fraction in data.split")
    }
  }

  @Test func aModelsVocabularyIsUsedAsItIs() throws {
    let words = try TextCorpus(text: "a b a\na\n", tokenizer: Tokenizer(.words))
    try withDirectory(["test.txt": Array("c a\n".utf8)]) { directory in
      let other = try TextCorpus(contentsOf: directory, codec: words.codec)
      let expected = try words.codec.encode("c a\n")
      #expect(try other.tokens(of: .test) == expected)
      #expect(other.splits.count == 1)
    }
    let characters = try TextCorpus(text: "abcabcabcabc", tokenizer: Tokenizer(.characters))
    try withDirectory(["x.txt": Array("abc\nab".utf8)]) { directory in
      let path = directory.appending(path: "x.txt")
      #expect(
        message {
          _ = try TextCorpus(
            contentsOf: path, codec: characters.codec, fractions: SplitFractions(train: 0, validation: 0, test: 1))
        }.hasPrefix("\(path.path): '\\n' (U+000A) (line 1) is not among the 3 symbols"))
    }
  }

  @Test func filesThatCannotBeText() throws {
    try withDirectory([
      "empty.txt": [], "blank.txt": Array(" \t ".utf8), "latin.txt": [0x61, 0x0A, 0x62, 0xE9, 0x20],
      "cut.txt": [0x61, 0xE2, 0x82],
      "bom.txt": [0xEF, 0xBB, 0xBF] + Array("aabb".utf8),
    ]) { directory in
      func error(_ name: String, _ kind: TokenKind = .characters) -> String {
        message { _ = try TextCorpus(contentsOf: directory.appending(path: name), tokenizer: Tokenizer(kind)) }
          .replacing(directory.path, with: "DIR")
      }
      #expect(error("no.txt") == "DIR/no.txt: no such file or directory")
      #expect(error("empty.txt") == "DIR/empty.txt: the text is empty: it has no characters to learn from")
      #expect(error("blank.txt", .words) == "DIR/blank.txt: the text is empty: it has no words to learn from")
      #expect(
        error("latin.txt")
          == "DIR/latin.txt: not UTF-8: invalid byte at offset 3 (line 2); convert it (iconv -f LATIN1 -t UTF-8), or"
          + " use bytes as tokens")
      #expect(error("cut.txt").hasPrefix("DIR/cut.txt: not UTF-8: invalid byte at offset 1 (line 1)"))
      let bytes = try TextCorpus(
        contentsOf: directory.appending(path: "latin.txt"), tokenizer: Tokenizer(.bytes),
        fractions: SplitFractions(train: 1, validation: 0, test: 0))
      #expect(try bytes.tokens(of: .train).tokens == [0x61, 0x0A, 0x62, 0xE9, 0x20])
      let bom = try TextCorpus(
        contentsOf: directory.appending(path: "bom.txt"), tokenizer: Tokenizer(.characters),
        fractions: SplitFractions(train: 0.5, validation: 0.5, test: 0))
      #expect(bom.codec.vocabulary.symbols == ["a", "b"])
    }
    #expect(
      message { _ = try TextCorpus(contentsOf: URL(filePath: "/dev/zero"), tokenizer: Tokenizer(.bytes)) }
        == "/dev/zero: is not a regular file, a text file is needed here")
  }

  @Test func directoriesThatAreNoCorpus() throws {
    func error(_ files: [String]) throws -> String {
      try withDirectory(Dictionary(uniqueKeysWithValues: files.map { ($0, [65, 10]) })) { directory in
        message { _ = try TextCorpus(contentsOf: directory, tokenizer: Tokenizer(.words)) }
          .replacing(directory.path, with: "DIR")
      }
    }
    let expected =
      "DIR: no file to train on: expected train.txt (or NAME.train.txt) beside valid.txt and test.txt, found "
    #expect(try error([]) == expected + "nothing")
    #expect(try error(["b.txt", "a.csv", "test.txt"]) == expected + "a.csv, b.txt, test.txt")
    #expect(try error((1...9).map { "\($0).txt" }) == expected + "1.txt, 2.txt, 3.txt, 4.txt, 5.txt, 6.txt, and 3 more")
    #expect(
      try error(["a.train.txt", "b.train.txt"])
        == "DIR: more than one train file: a.train.txt, b.train.txt; leave one, or name it train.txt")
    try withDirectory { directory in
      try FileManager.default.createDirectory(
        at: directory.appending(path: "train.txt"), withIntermediateDirectories: true)
      #expect(
        message { _ = try TextCorpus(contentsOf: directory, tokenizer: Tokenizer(.words)) }
          == "\(directory.path)/train.txt: is a directory, a text file is needed here")
    }
  }

  @Test func fractionsAndOptionsThatMakeNoSense() {
    func error(
      _ train: Double, _ validation: Double, _ test: Double, kind: TokenKind = .characters, lowercases: Bool = false,
      minimumCount: Int = 1
    ) -> String {
      message {
        _ = try TextCorpus(
          text: "abcdefgh", tokenizer: Tokenizer(kind, lowercases: lowercases), minimumCount: minimumCount,
          fractions: SplitFractions(train: train, validation: validation, test: test))
      }
    }
    #expect(
      error(0.9, 0.2, 0)
        == "the split [0.9, 0.2, 0.0] must be three fractions from 0 to 1 whose sum is at most 1")
    #expect(error(-0.1, 0.5, 0).hasPrefix("the split [-0.1"))
    #expect(error(.nan, 0.5, 0).hasPrefix("the split [nan"))
    #expect(
      error(0.9, 0.05, 0.05)
        == "the text: a fraction of 0.05 leaves the valid part without a token (the text has 8); use more text or"
        + " change data.split")
    #expect(error(0, 0.5, 0.5).hasPrefix("the text: a fraction of 0.0 leaves the train part without a token"))
    #expect(error(0.8, 0.1, 0.1) == "nothing thrown")
    #expect(
      error(0.5, 0.5, 0, minimumCount: 2) == "minimumCount means nothing when tokens are characters; leave it out")
    #expect(
      error(0.5, 0.5, 0, kind: .bytes, lowercases: true)
        == "lowercase means nothing when tokens are bytes; leave it out")
  }

  @Test(.enabled(if: SharedData.has(SharedData.pennTreebank), "Penn Treebank is not beside the checkout"))
  func pennTreebankHasTheKnownCounts() throws {
    let corpus = try TextCorpus(contentsOf: SharedData.pennTreebank, tokenizer: Tokenizer(.words))
    #expect(try DataPart.allCases.map { try corpus.tokens(of: $0).tokens.count } == [929_589, 73_760, 82_430])
    #expect(corpus.codec.vocabulary.count == 10_000)
    #expect(Array(corpus.codec.vocabulary.symbols.prefix(5)) == ["the", "<unk>", "<eos>", "N", "of"])
    #expect(corpus.splits.values.allSatisfy { $0.unknownCount == 0 })
  }

  @Test(.enabled(if: SharedData.has(SharedData.tinyShakespeare), "Tiny Shakespeare is not beside the checkout"))
  func tinyShakespeareHasTheKnownCounts() throws {
    let corpus = try TextCorpus(contentsOf: SharedData.tinyShakespeare, tokenizer: Tokenizer(.characters))
    #expect(corpus.codec.vocabulary.count == 65)
    #expect(corpus.codec.vocabulary.symbols.joined().hasPrefix("\n !$&',-.3:;?ABC"))
    #expect(try corpus.tokens(of: .train).tokens.count == 1_003_854)
    #expect(try corpus.tokens(of: .validation).tokens.count == 111_540)
    let graphemes = try TextCorpus(contentsOf: SharedData.tinyShakespeare, tokenizer: Tokenizer(.graphemes))
    #expect(graphemes.codec.vocabulary == corpus.codec.vocabulary && graphemes.splits == corpus.splits)
  }
}
