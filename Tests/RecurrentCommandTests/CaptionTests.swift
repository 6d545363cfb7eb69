import Foundation
import Testing

/// A captioner from the command line: trained, measured, shown pictures, and what is wrong with pictures and captions.
@Suite struct CaptionTests {
  private static let recipe = """
    task: captioning
    data: {}
    model:
      hidden: 24
      embedding: 12
      size: 64
      doublyStochastic: 0
    training:
      batch: 6
      epochs: 40
      rate: 0.01
    """

  /// Halves of two colours as a PPM, and what is true of them.
  private static func picture(_ index: Int) -> (bytes: [UInt8], caption: String) {
    let colors: [(name: String, pixel: [UInt8])] = [("red", [210, 20, 20]), ("green", [20, 170, 40]), ("blue", [30, 40, 220])]
    let (left, right, side) = (colors[index % 3], colors[index / 3 % 3], 40 + index % 7)
    var bytes = Array("P6 \(side) \(side) 255\n".utf8)
    for place in 0..<side * side {
      let pixel = place % side < side / 2 ? left.pixel : right.pixel
      bytes += [pixel[0], pixel[1], pixel[2] - UInt8(index / 9)]
    }
    return (bytes, left.name == right.name ? "All of it is \(left.name)." : "The left is \(left.name), the right \(right.name).")
  }

  /// 36 pictures in a folder, a table of captions, and lists of the parts.
  static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("tiny.yaml", recipe)
    try FileManager.default.createDirectory(at: scratch.url.appending(path: "data/images"), withIntermediateDirectories: true)
    var table = ""
    var lists: [String: String] = [:]
    for index in 0..<36 {
      let (bytes, caption) = picture(index)
      try Data(bytes).write(to: scratch.url.appending(path: "data/images/\(index).ppm"))
      table += "\(index).ppm\t\(caption)\n"
      lists[index < 24 ? "train" : index < 30 ? "dev" : "test", default: ""] += "\(index).ppm\n"
    }
    try scratch.file("data/captions.tsv", table)
    for (name, list) in lists { try scratch.file("data/\(name).txt", list) }
    return scratch
  }

  private static func train(_ set: [String] = [], into run: String = "runs/a", in scratch: Scratch) throws -> Outcome {
    try Recurrent.run(
      ["train", "tiny.yaml", "--data", "data", "--output", run, "--overwrite"] + set.flatMap { ["--set", $0] }, in: scratch)
  }

  @Test func fromTrainingToAPage() throws {
    let scratch = try Self.scratch()
    let trained = try Self.train(in: scratch)
    #expect(trained.status == 0, "\(trained.error)")
    #expect(trained.output.contains("24 pictures with 24 captions to learn from, 6 for validation"))
    let kept = try FileManager.default.contentsOfDirectory(atPath: scratch.url.appending(path: "runs").path).filter { $0.hasPrefix("features-") }
    #expect(kept.count == 2)

    let report = try Recurrent.run(["evaluate", "runs/a", "--data", "data", "--output", "report", "--json"], in: scratch)
    let object = try #require(report.objects().first)
    let greedy = try #require(object["greedy"] as? [String: Any])
    #expect(greedy["exact"] as? Int == 6 && (greedy["bleu"] as? [Double])?.count == 4)
    #expect((object["nearest"] as? [String: Any])?["cider"] != nil)
    let table = try String(contentsOf: scratch.url.appending(path: "report/captions.tsv"), encoding: .utf8)
    #expect(table.split(separator: "\n").count == 7)

    let one = try Recurrent.run(["caption", "runs/a", "data/images/30.ppm", "--attention", "look.html"], in: scratch)
    #expect(one.status == 0 && one.output == "the left is red the right green\n", "\(one.output)\(one.error)")
    let page = try String(contentsOf: scratch.url.appending(path: "look.html"), encoding: .utf8)
    #expect(page.contains("<figcaption>green</figcaption>") && page.contains("data:image/png;base64,"))
    let all = try Recurrent.run(["caption", "runs/a", "data/images", "--attention", "all.html", "--threads", "1"], in: scratch)
    #expect(all.output.split(separator: "\n").count == 36)
    #expect(all.output.contains("data/images/30.ppm\tthe left is red the right green\n"))
    let best = try #require(
      try Recurrent.run(["caption", "runs/a", "data/images/31.ppm", "--count", "3", "--json"], in: scratch).objects().first)
    let captions = try #require(best["captions"] as? [[String: Any]])
    #expect(captions.count == 3 && captions[0]["grid"] as? [Int] == [3, 3] && (captions[0]["weights"] as? [[Double]])?.first?.count == 9)
    let drawn = ["caption", "runs/a", "data/images/31.ppm", "--temperature", "2", "--count", "4", "--seed", "1"]
    #expect(try Recurrent.run(drawn, in: scratch).output == Recurrent.run(drawn, in: scratch).output)
    let watched = try Recurrent.run(["watch", "runs/a", "data/images/31.ppm", "--output", "watch.html"], in: scratch)
    #expect(watched.status == 0, "\(watched.error)")
    #expect(try Recurrent.run(["inspect", "runs/a"], in: scratch).output.contains("squeezenet, frozen, 64 × 64 pixels"))
  }

  @Test func mistakes() throws {
    let scratch = try Self.scratch()
    #expect(try Self.train(["training.epochs=1", "model.attention=none"], into: "runs/blind", in: scratch).status == 0)
    func refuses(_ arguments: [String], _ words: [String], status: Int32 = 1) throws {
      let outcome = try Recurrent.run(arguments, in: scratch)
      #expect(outcome.status == status && words.allSatisfy { outcome.error.contains($0) }, "\(arguments): \(outcome.status) \(outcome.error)")
    }
    try refuses(["caption", "runs/blind", "data/images/1.ppm", "--attention", "x.html"], ["reads a picture once"])
    try refuses(["caption", "runs/blind", "nowhere.jpg"], ["nowhere.jpg"])
    try refuses(["caption", "runs/blind"], ["<picture>"], status: 64)
    try refuses(["caption", "runs/blind", "data/images/1.ppm", "--count", "9"], ["--count is 9"], status: 64)
    try refuses(["caption", "runs/blind", "data/images/1.ppm", "--seed", "9"], ["--temperature"], status: 64)
    try refuses(["translate", "runs/blind", "x"], ["captioning", "caption"])
    try scratch.file("broken.jpg", "\u{0}not a picture")
    try refuses(["caption", "runs/blind", "broken.jpg"], ["broken.jpg"])
    try FileManager.default.createDirectory(at: scratch.url.appending(path: "empty"), withIntermediateDirectories: true)
    try refuses(["caption", "runs/blind", "empty"], ["no picture"])

    // What is wrong with the data, before anything is written.
    func refusesData(_ words: [String], set: [String] = [], _ change: (URL) throws -> Void) throws {
      let other = try Self.scratch()
      try change(other.url.appending(path: "data"))
      let outcome = try Self.train(set, in: other)
      #expect(outcome.status == 1 && words.allSatisfy { outcome.error.contains($0) }, "\(words): \(outcome.status) \(outcome.error)")
      #expect(!FileManager.default.fileExists(atPath: other.url.appending(path: "runs/a").path))
    }
    func write(_ text: String, _ name: String) -> (URL) throws -> Void { { try Data(text.utf8).write(to: $0.appending(path: name)) } }
    try refusesData(["3.ppm", "data.broken=omit"], write("no picture", "images/3.ppm"))
    try refusesData(["4.ppm"]) { try FileManager.default.removeItem(at: $0.appending(path: "images/4.ppm")) }
    try refusesData(["no picture"]) { try FileManager.default.removeItem(at: $0.appending(path: "images")) }
    try refusesData(["listed twice", "dev.txt"], write("1.ppm\n30.ppm\n", "dev.txt"))
    try refusesData(["captions.tsv"], write("", "captions.tsv"))
    try refusesData(["captions.tsv:2"], write("1.ppm\ta b\n2.ppm\n", "captions.tsv"))
    try refusesData(["more than one file of captions"], write("a\tb\n", "captions2-captions.csv"))
    try refusesData(["data.pictures"]) { data in
      try FileManager.default.copyItem(at: data.appending(path: "images"), to: data.appending(path: "others"))
    }
    try refusesData(["multiple of 8"], set: ["model.encoder=small", "model.size=50"]) { _ in }
    let omitting = try Self.scratch()
    try write("no picture", "images/3.ppm")(omitting.url.appending(path: "data"))
    let outcome = try Self.train(["data.broken=omit", "training.epochs=1"], in: omitting)
    #expect(outcome.status == 0 && outcome.output.contains("1 picture left out, it cannot be read"), "\(outcome.output)\(outcome.error)")
  }
}
