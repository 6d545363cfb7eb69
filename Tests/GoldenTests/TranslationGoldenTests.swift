import Foundation
import Testing

@testable import RecurrentTraining

/// BLEU and chrF against sacreBLEU's own numbers (`Scripts/make_translation_goldens.py`).
struct TranslationGoldenTests {
  struct Golden: Decodable {
    var sets: [Sentences]
  }

  struct Sentences: Decodable, CustomTestStringConvertible {
    var name: String
    var hypotheses: [String]
    var references: [[String]]
    var tokens: [[String]]
    var mixed: Scores
    var lowercased: Scores

    var testDescription: String { name }
  }

  struct Scores: Decodable {
    var bleu: Double
    var precisions: [Double]
    var brevityPenalty: Double
    var hypothesisLength: Int
    var referenceLength: Int
    var sentences: [Double]
    var chrF: Double
    var chrFWithWords: Double

    enum CodingKeys: String, CodingKey {
      case bleu, precisions, brevityPenalty, hypothesisLength, referenceLength, sentences, chrF
      case chrFWithWords = "chrF++"
    }
  }

  static let sets: [Sentences] = {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/translation.json")
    return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: url)).sets
  }()

  private func agree(_ found: Double, _ golden: Double) -> Bool { abs(found - golden) < 1e-9 }

  @Test(arguments: sets) func tokensAreThoseOf13a(set: Sentences) {
    for (hypothesis, golden) in zip(set.hypotheses, set.tokens) {
      #expect(TranslationTokenizer.tokens(hypothesis) == golden.map { Array($0.utf8) }, "\(hypothesis)")
    }
  }

  @Test(arguments: sets, [false, true]) func scoresAreThoseOfSacreBLEU(set: Sentences, lowercases: Bool) {
    let golden = lowercases ? set.lowercased : set.mixed
    let bleu = BLEU(hypotheses: set.hypotheses, references: set.references, lowercases: lowercases)
    #expect(agree(bleu.score, golden.bleu), "\(bleu.score), sacreBLEU \(golden.bleu)")
    #expect(zip(bleu.precisions, golden.precisions).allSatisfy(agree), "\(bleu.precisions)")
    #expect(agree(bleu.brevityPenalty, golden.brevityPenalty))
    #expect(bleu.hypothesisLength == golden.hypothesisLength)
    #expect(bleu.referenceLength == golden.referenceLength)
    for (index, expected) in golden.sentences.enumerated() {
      let sentence = BLEU(
        hypotheses: [set.hypotheses[index]], references: [set.references[index]], lowercases: lowercases)
      #expect(agree(sentence.sentenceScore, expected), "\(set.hypotheses[index]): \(sentence.sentenceScore)")
    }
    for (wordOrder, expected) in [(0, golden.chrF), (2, golden.chrFWithWords)] {
      let chrF = ChrF(
        hypotheses: set.hypotheses, references: set.references, wordOrder: wordOrder, lowercases: lowercases)
      #expect(agree(chrF.score, expected), "\(chrF.score), sacreBLEU \(expected)")
    }
  }

  @Test func theSumOfPartsIsTheWhole() {
    let set = Self.sets[0]
    let parts = set.hypotheses.indices.map {
      BLEU(hypotheses: [set.hypotheses[$0]], references: [set.references[$0]])
    }
    #expect(parts.reduce(BLEU(), +) == BLEU(hypotheses: set.hypotheses, references: set.references))
  }

  @Test func bucketsHoldTheSentencesOfTheirLengths() {
    let sources = ["a b", "a b c", "a b c d e", "a\tb  c d"]
    let hypotheses = ["x y z w", "p q r s", "k l m n", "t u v w"]
    let references = [["x y z w"], ["p q r s"], ["1 2 3 4"], ["t u v w"]]
    let buckets = BLEU.byLength(sources: sources, hypotheses: hypotheses, references: references, bounds: [3, 4, 9])
    #expect(buckets.map(\.lengths) == [0...2, 3...3, 4...8])
    #expect(buckets.map(\.count) == [1, 1, 2])
    #expect(agree(buckets[0].bleu.score, 100))
    #expect(buckets[2].bleu == BLEU(hypotheses: Array(hypotheses[2...]), references: Array(references[2...])))
  }
}
