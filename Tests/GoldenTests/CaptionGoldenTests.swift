import Foundation
import RecurrentData
import Testing

@testable import RecurrentTraining

/// Measures of captions against figures that were computed apart (`Scripts/make_caption_goldens.py`).
struct CaptionGoldenTests {
  struct Golden: Decodable {
    var sets: [Captions]
    var stems: [[String]]
  }

  struct Captions: Decodable, CustomTestStringConvertible {
    var name: String
    var captions: [String]
    var references: [[String]]
    var bleu: [Double]
    var ciderD: [Double]
    var rougeL: [Double]
    var meteorExactStem: [Double]

    var testDescription: String { name }
  }

  static let golden: Golden = {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/captions.json")
    return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }()

  private func agree(_ found: [Double], _ golden: [Double]) -> Bool {
    found.count == golden.count && zip(found, golden).allSatisfy { abs($0 - $1) < 1e-9 }
  }

  @Test(arguments: golden.sets) func scoresAreThoseOfOthers(set: Captions) {
    let bleu = BLEU(captions: set.captions, references: set.references)
    #expect(agree((1...4).map { bleu.score(order: $0) }, set.bleu), "\(bleu), \(set.bleu)")
    let cider = CIDErD(captions: set.captions, references: set.references)
    #expect(agree(cider.scores, set.ciderD), "\(cider.scores), \(set.ciderD)")
    let rouge = ROUGEL(captions: set.captions, references: set.references)
    #expect(agree(rouge.scores, set.rougeL), "\(rouge.scores), \(set.rougeL)")
    let meteor = MeteorExactStem(captions: set.captions, references: set.references)
    #expect(agree(meteor.scores, set.meteorExactStem), "\(meteor.scores), \(set.meteorExactStem)")
    #expect(agree([cider.score], [set.ciderD.reduce(0, +) / Double(set.ciderD.count)]))
  }

  @Test func stemsAreThoseOfOthers() {
    for pair in Self.golden.stems { #expect(PorterStemmer.stem(pair[0]) == pair[1], "\(pair[0])") }
  }

  private static let flickr = URL(filePath: #filePath).appending(path: "../../../../shared/data/flickr8k").standardizedFileURL

  /// What one person wrote about each test picture of Flickr8k, beside what four others wrote: the figures of the script for the same captions.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: flickr.path), "Flickr8k is not beside the checkout"))
  func peopleOnFlickr8k() throws {
    let texts = try CaptionSet.parts(in: Self.flickr)[.test]!.pictures.map { $0.captions.map(\.text) }
    let (captions, references) = (texts.map { $0[0] }, texts.map { Array($0.dropFirst()) })
    let bleu = BLEU(captions: captions, references: references)
    #expect(agree((1...4).map { bleu.score(order: $0) }, [63.6412701268328, 44.577771856669735, 30.549035362500337, 20.945675889558206]))
    #expect(agree([CIDErD(captions: captions, references: references).score], [0.7887428795563235]))
    #expect(agree([ROUGEL(captions: captions, references: references).score], [0.4875924503200095]))
    #expect(agree([MeteorExactStem(captions: captions, references: references).score], [0.4628024631033498]))
  }

  @Test func nothingToMeasure() {
    #expect(CIDErD(captions: [], references: []).score == 0)
    #expect(BLEU(captions: [], references: []).score(order: 4) == 0)
  }
}
