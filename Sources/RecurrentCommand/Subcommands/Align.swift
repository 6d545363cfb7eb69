import ArgumentParser
import Foundation
import Recurrent
import RecurrentDrawing

/// `recurrent align`: which region of a picture answers which word of a sentence.
struct Align: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows which region of a picture answers which word of a sentence.",
    discussion: """
      PICTURE is a JPEG, PNG or PNM file, or a folder of such. Of one picture and one sentence it prints each \
      word, what it adds to the score, and the region: the part of the width and of the height that it \
      covers, in percent. Of several it prints how well they answer each other, the best first: the \
      sentences of a picture, or the pictures of a sentence. --output writes a page with the picture once \
      for each word and light on its region.

      For example:
        recurrent align output/flickr8k-alignment photo.jpg "a dog runs on the beach" --output align.html
        recurrent align output/flickr8k-alignment photo.jpg "a dog runs" "a man swims"
        recurrent align output/flickr8k-alignment holidays/ "children on a beach" --count 5
      """)

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Argument(help: "The picture, or a folder of pictures.")
  var picture: String

  @Argument(help: ArgumentHelp("The sentences.", valueName: "sentence"))
  var sentences: [String]

  @Option(name: .long, help: "How many of several pictures or sentences are printed and drawn, the best first.")
  var count = 10

  @Option(
    name: [.long, .customShort("o")], help: ArgumentHelp("Write a page that shows which region answers which word.", valueName: "file"))
  var output: String?

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object for each pair of picture and sentence.")
  var json = false

  func validate() throws {
    if sentences.isEmpty { throw ValidationError("Missing expected argument '<sentence>': what the picture may show, in quotation marks") }
    if count < 1 { throw ValidationError("--count is \(count); it must be 1 or more") }
    try ThreadCount.validate(threads)
  }

  /// A picture with a sentence.
  private struct Pair {
    var name: String
    var picture: Picture
    var sentence: String
    var alignment: PictureAlignment
  }

  func run() throws {
    ThreadCount.use(threads)
    let trained = try ModelLocation(model).load(Alignment.self, for: "align")
    let named = try PictureArguments.found([picture])
    var pairs = sentences.map { _ in [Pair]() }
    for (name, read) in named {
      let picture = try read()
      for (index, alignment) in try trained.alignments(of: sentences, with: [picture])[0].enumerated() {
        pairs[index].append(Pair(name: name, picture: picture, sentence: sentences[index], alignment: alignment))
      }
      // Of a large folder only the pictures that may be printed are kept.
      for index in pairs.indices where named.count > 1 { pairs[index] = best(pairs[index]) }
    }
    let shown = named.count == 1 ? best(pairs.flatMap { $0 }) : pairs.flatMap { best($0) }
    for pair in shown { try show(pair, isAlone: named.count == 1 && sentences.count == 1) }
    guard let output else { return }
    var page = Page("Which region answers which word")
    page.append(
      .paragraph("Beside each word stands what it adds to the score of the sentence; light lies on the region that answers it best."))
    for pair in shown {
      page.append(.heading(pair.sentence))
      page.append(.panels(try pair.alignment.panels(over: trained.reader.preprocessing.square(of: pair.picture), name: pair.name)))
    }
    try writeAtomically(to: URL(fileURLWithPath: output)) { writer in try writer.write(page.html) }
  }

  /// The best, as many as are wanted; of equals the first.
  private func best(_ pairs: [Pair]) -> [Pair] {
    Array(
      pairs.enumerated().sorted { ($1.element.alignment.score, $0.offset) < ($0.element.alignment.score, $1.offset) }.prefix(count).map(\.element))
  }

  private func show(_ pair: Pair, isAlone: Bool) throws {
    let alignment = pair.alignment
    if json {
      let words = alignment.words.map { word in
        JSON.object([
          ("text", .text(word.text)), ("score", .number(word.score)),
          ("rows", .list([.integer(word.region.rows.lowerBound), .integer(word.region.rows.upperBound)])),
          ("columns", .list([.integer(word.region.columns.lowerBound), .integer(word.region.columns.upperBound)])),
        ])
      }
      let object = JSON.object([
        ("picture", .text(pair.name)), ("sentence", .text(pair.sentence)), ("score", .number(alignment.score)),
        ("grid", .list([.integer(alignment.grid.high), .integer(alignment.grid.wide)])), ("words", .list(words)),
      ])
      return try StandardOutput.line(object.description)
    }
    guard isAlone else {
      let subject = sentences.count == 1 ? pair.name : isFolder ? "\(pair.name.asField)\t\(pair.sentence)" : pair.sentence
      return try StandardOutput.line("\(PictureAlignment.written(alignment.score))\t\(subject.replacing("\n", with: " "))")
    }
    let width = max(5, alignment.words.map { $0.text.asField.count }.max() ?? 0)
    func percent(_ range: Range<Int>, of count: Int) -> String { "\(range.lowerBound * 100 / count)-\(range.upperBound * 100 / count) %" }
    try StandardOutput.line("\("word".padded(to: width))  score  across      down")
    for word in alignment.words {
      let across = percent(word.region.columns, of: alignment.grid.wide)
      let score = PictureAlignment.written(word.score)
      try StandardOutput.line(
        "\(word.text.asField.padded(to: width))  \(String(repeating: " ", count: max(0, 5 - score.count)))\(score)  \(across.padded(to: 10))"
          + "  \(percent(word.region.rows, of: alignment.grid.high))")
    }
    try StandardOutput.line("together \(PictureAlignment.written(alignment.score))\(output == nil ? "; --output align.html draws the regions" : "")")
  }

  private var isFolder: Bool { DataSource(picture).isDirectory }
}
