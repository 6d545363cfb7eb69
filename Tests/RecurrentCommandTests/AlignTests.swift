import Foundation
import Testing

/// Pictures and sentences from the command line: trained, measured, matched, and what is wrong with either.
@Suite struct AlignTests {
  private static let recipe = """
    task: alignment
    data: {}
    model:
      hidden: 12
      embedding: 8
      jointSize: 16
      size: 64
    training:
      batch: 6
      epochs: 80
      rate: 0.01
    """

  @Test func fromTrainingToAPage() throws {
    let scratch = try CaptionTests.scratch()
    try scratch.file("pairs.yaml", Self.recipe)
    let trained = try Recurrent.run(["train", "pairs.yaml", "--data", "data", "--output", "runs/a"], in: scratch)
    #expect(trained.status == 0, "\(trained.error)")
    #expect(trained.output.contains("align runs/a PICTURE"), "\(trained.output)")

    let report = try Recurrent.run(["evaluate", "runs/a", "--data", "data", "--json"], in: scratch)
    let object = try #require(report.objects().first)
    let sentences = try #require((object["model"] as? [String: Any])?["sentences"] as? [String: Any])
    #expect((sentences["recall10"] as? Double) == 1 && (sentences["medianRank"] as? Double) ?? 9 <= 2)
    #expect(object["linear"] != nil && object["pictures"] as? Int == 6)

    let sentence = "the left is red the right green"
    let one = try Recurrent.run(["align", "runs/a", "data/images/30.ppm", sentence, "--output", "align.html"], in: scratch)
    #expect(one.status == 0, "\(one.error)")
    let lines = one.output.split(separator: "\n")
    #expect(lines.count == 9 && lines[0].hasPrefix("word") && lines[3].hasPrefix("is") && lines[8].hasPrefix("together"), "\(one.output)")
    let page = try String(contentsOf: scratch.url.appending(path: "align.html"), encoding: .utf8)
    #expect(page.contains("<h2>\(sentence)</h2>") && page.contains("<figcaption>green ") && page.contains("data:image/png;base64,"))

    // Of several sentences of a picture, and of a folder of pictures, the best come first.
    let other = "all of it is blue"
    let several = try Recurrent.run(["align", "runs/a", "data/images/30.ppm", other, sentence], in: scratch).output.split(separator: "\n")
    #expect(several.count == 2 && several[0].hasSuffix("\t\(sentence)") && several[1].hasSuffix("\t\(other)"), "\(several)")
    let found = try Recurrent.run(["align", "runs/a", "data/images", other, "--count", "4", "--threads", "1"], in: scratch).output
    let scores = found.split(separator: "\n").compactMap { Double($0.split(separator: "\t")[0]) }
    #expect(scores.count == 4 && scores == scores.sorted(by: >), "\(found)")
    // Pictures of one blue have the numbers 8, 17, 26 and 35.
    #expect(found.split(separator: "\n").allSatisfy { line in ["/8.ppm", "/17.ppm", "/26.ppm", "/35.ppm"].contains { line.hasSuffix($0) } }, "\(found)")
    let objects = try Recurrent.run(["align", "runs/a", "data/images/30.ppm", sentence, "--json"], in: scratch).objects()
    let words = try #require(objects.first?["words"] as? [[String: Any]])
    #expect(words.count == 7 && (words[0]["rows"] as? [Int])?.count == 2 && objects[0]["grid"] as? [Int] == [3, 3])

    #expect(try Recurrent.run(["watch", "runs/a", sentence, "--output", "watch.html"], in: scratch).status == 0)
    #expect(try Recurrent.run(["inspect", "runs/a"], in: scratch).output.contains("both directions"))

    func refuses(_ arguments: [String], _ words: [String], status: Int32 = 1) throws {
      let outcome = try Recurrent.run(arguments, in: scratch)
      #expect(outcome.status == status && words.allSatisfy { outcome.error.contains($0) }, "\(arguments): \(outcome.status) \(outcome.error)")
    }
    try refuses(["align", "runs/a", "data/images/30.ppm"], ["<sentence>"], status: 64)
    try refuses(["align", "runs/a", "data/images/30.ppm", "a", "--count", "0"], ["--count is 0"], status: 64)
    try refuses(["align", "runs/a", "nowhere.jpg", "red"], ["nowhere.jpg"])
    try refuses(["align", "runs/a", "data/images/30.ppm", "qux"], ["knows none of these words"])
    try refuses(["align", "runs/a", "data/images/30.ppm", ""], ["has no words"])
    try refuses(["caption", "runs/a", "data/images/30.ppm"], ["alignment", "align"])
    try refuses(["generate", "runs/a"], ["alignment"])
  }
}
