import Foundation
import Testing

@testable import RecurrentData

struct SentencePairsTests {
  @Test func aTableOfPairsKeepsItsQuotes() throws {
    let text = "Go.\tVa !\n\"Yes,\" he said.\t\"Oui\", dit-il.\nA \"b\tc\" d\n"
    for content in [Array(text.utf8), gzipped(Array(text.utf8))] {
      let pairs = try withFile(content, name: "fra-eng.tsv.gz") { try SentencePairs(table: $0, source: 1, target: 2) }
      #expect(pairs.pairs == [
        SentencePair(source: "Go.", target: "Va !", line: 1),
        SentencePair(source: "\"Yes,\" he said.", target: "\"Oui\", dit-il.", line: 2),
        SentencePair(source: "A \"b", target: "c\" d", line: 3),
      ])
      #expect(pairs.omissions.isEmpty)
    }
  }

  @Test func columnsHaveNamesOrNumbers() throws {
    let text = "id,de,en\n1,\"Ja, gut.\",\"Yes, \"\"good\"\".\"\n"
    let pairs = try withFile(text, name: "p.csv") { try SentencePairs(table: $0, source: "en", target: 2, format: .commas) }
    #expect(pairs.pairs == [SentencePair(source: "Yes, \"good\".", target: "Ja, gut.", line: 2)])
    let error = try message(text, name: "p.csv") { _ = try SentencePairs(table: $0, source: "fr", target: 2, format: .commas) }
    #expect(error == "FILE:1: there is no column \"fr\" (there are: id, de, en)")
    let same = try message(text, name: "p.csv") { _ = try SentencePairs(table: $0, source: 2, target: 2) }
    #expect(same == "FILE: source and target are both column 2; name two columns")
  }

  @Test func emptySidesAreToldByLine() throws {
    let text = "a\tb\n\tc\nd\t\n \u{A0}\te\nf\tg\n"
    var pairs = try withFile(text, name: "p.tsv") { try SentencePairs(table: $0, source: 1, target: 2) }
    #expect(pairs.sources == ["a", "f"])
    #expect(pairs.omissions.map(\.description) == [
      "2 pairs left out, the source is empty: lines 2, 4", "1 pair left out, the target is empty: line 3",
    ])
    pairs.omit("the source is longer than 0 words") { $0.line == 5 }
    #expect(pairs.targets == ["b"])
    #expect(pairs.omissions.last?.description == "1 pair left out, the source is longer than 0 words: line 5")
    pairs.omit("nothing") { _ in false }
    #expect(pairs.omissions.count == 3)
  }

  @Test func onlyTheFirstLinesAreNamed() {
    let omission = LineOmission(what: "pair", reason: "r", lines: Array(1...9))
    #expect(omission.description == "9 pairs left out, r: lines 1, 2, 3, 4, 5, and 4 more")
  }

  @Test func nothingToTranslate() throws {
    let error = try message("\tb\n\tc\n", name: "p.tsv") { _ = try SentencePairs(table: $0, source: 1, target: 2) }
    #expect(error == "FILE: every pair has an empty side")
  }

  @Test func parallelFiles() throws {
    try withDirectory(["train.de.gz": gzipped(Array("eins\nzwei\n".utf8)), "train.en": Array("one\r\ntwo".utf8)]) { directory in
      let pairs = try SentencePairs(
        sources: directory.appending(path: "train.de.gz"), targets: directory.appending(path: "train.en"))
      #expect(pairs.pairs == [
        SentencePair(source: "eins", target: "one", line: 1), SentencePair(source: "zwei", target: "two", line: 2),
      ])
    }
  }

  @Test func unequalLineCountsAreAnError() throws {
    try withDirectory(["a": Array("1\n2\n".utf8), "b": Array("1\n2\n3\n4\n".utf8), "c": []]) { directory in
      let (a, b, c) = (directory.appending(path: "a"), directory.appending(path: "b"), directory.appending(path: "c"))
      func error(_ sources: URL, _ targets: URL) -> String {
        message { _ = try SentencePairs(sources: sources, targets: targets) }.replacing(directory.path, with: "DIR")
      }
      let expected =
        "DIR/b:3: has no partner: this file has 4 lines and DIR/a has 2; line by line one must be the translation of the other"
      #expect(error(a, b) == expected)
      #expect(error(b, a) == expected)
      #expect(error(c, c) == "DIR/c: there is not one pair of sentences")
      #expect(error(c, a).hasPrefix("DIR/a:1: has no partner"))
    }
  }

  @Test func partsOfADirectory() throws {
    let line = Array("x\n".utf8)
    try withDirectory(["train.lc.de": line, "train.lc.en": line, "val.lc.de": line, "val.lc.en": line, "train.lc.fr": line]) { directory in
      let parts = try SentencePairs.parts(in: directory, source: "de", target: "en")
      #expect(Set(parts.keys) == [.train, .validation])
      func error(_ source: String, _ target: String) -> String {
        message { _ = try SentencePairs.parts(in: directory, source: source, target: target) }.replacing(directory.path, with: "DIR")
      }
      #expect(
        error("fr", "en")
          == "DIR/val.lc.en: there is no valid file that ends with .fr beside it; add it, or take this one away")
      #expect(error("cs", "en").hasPrefix("DIR: no file to train on: expected train.cs, found train.lc.de, "))
    }
  }

  /// A source that was trained on tests nothing.
  @Test func pairsAreKnownByTheirSource() throws {
    let pairs = try SentencePairs(
      path: "p", pairs: (0..<600).map { SentencePair(source: "s\($0 % 97)", target: "t\($0)", line: $0 + 1) })
    #expect(Set(pairs.contents).count == 97 && pairs.contents[3] == pairs.contents[100])
    #expect(pairs.selecting([5, 2]).targets == ["t5", "t2"])
  }

  @Test(.enabled(if: SharedData.has(SharedData.multi30k))) func multi30k() throws {
    let parts = try SentencePairs.parts(in: SharedData.multi30k, source: "de", target: "en")
    #expect(parts.mapValues(\.count) == [.train: 29_000, .validation: 1_014, .test: 1_000])
    #expect(parts.values.allSatisfy { $0.omissions.isEmpty })
    let tokenizer = Tokenizer(.subwords)
    let train = parts[.train]!
    let codec = try TextCodec(tokenizer, Vocabulary(ofSentences: train.sources + train.targets, tokenizer: tokenizer))
    #expect(codec.vocabulary.count > 8256)
    for text in parts[.test]!.sources + parts[.test]!.targets {
      #expect(codec.decode(try codec.encode(text).tokens) == text)
    }
  }

  @Test(.enabled(if: SharedData.has(SharedData.tatoeba))) func tatoeba() throws {
    let pairs = try SentencePairs(table: SharedData.tatoeba, source: 1, target: 2)
    #expect(pairs.count == 142_787 && pairs.omissions.isEmpty)
    #expect(pairs.pairs[0] == SentencePair(source: "Go.", target: "Va !", line: 1))
  }
}
