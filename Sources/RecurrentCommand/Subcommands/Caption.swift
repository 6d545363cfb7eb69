import ArgumentParser
import Foundation
import Recurrent
import RecurrentDrawing

/// `recurrent caption`: what is to be seen in pictures.
struct Caption: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what is to be seen in pictures.",
    discussion: """
      PICTURE is a JPEG, PNG or PNM file, a folder of such, or one of the test pictures that the package \
      draws itself (shapes:0, shapes:1 and so on). The same command gives the same captions. \
      --attention writes a page with the picture once for each word and light where the model looked as \
      it wrote it. Several models of the same captions write together with --with.

      For example:
        recurrent caption output/flickr8k-attention photo.jpg --attention look.html
        recurrent caption output/flickr8k-attention holidays/ --beam 10
        recurrent caption output/flickr8k photo.jpg --count 3 --json
        recurrent caption output/flickr8k photo.jpg --temperature 0.7 --count 5 --seed 1
      """)

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Argument(help: ArgumentHelp("The pictures, or folders of them.", valueName: "picture"))
  var pictures: [String]

  @Option(name: .customLong("with"), help: ArgumentHelp("A further model that writes together with the first.", valueName: "model"))
  var others: [String] = []

  @Option(name: .long, help: "Hypotheses side by side; 1 takes the likeliest word each time.")
  var beam = 5

  @Option(name: .long, help: "Print this many captions of each picture, the best first, with their scores.")
  var count: Int?

  @Option(
    name: .long,
    help: "Draw captions word by word instead of looking for the best: 1 is the model's own distribution, less keeps to what is likely.")
  var temperature: Double?

  @Option(name: .long, help: "What is drawn; the same seed draws the same captions. (default: a new one each time)")
  var seed: UInt64?

  @Option(name: .long, help: "How much longer captions are preferred: the power of Wu et al. 2016; 0 not at all.")
  var lengthPenalty = 1.0

  @Option(name: .long, help: "The most words of a caption.")
  var maxLength: Int?

  @Option(name: .long, help: ArgumentHelp("Write a page that shows where the model looked for each word.", valueName: "file"))
  var attention: String?

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object a picture.")
  var json = false

  func validate() throws {
    if beam < 1 || beam > 1000 { throw ValidationError("--beam is \(beam); it must be from 1 to 1000") }
    if let count, count < 1 || count > (temperature == nil ? beam : 1000) {
      throw ValidationError("--count is \(count); it must be from 1 to \(temperature == nil ? "the beam, \(beam)" : "1000")")
    }
    if let temperature, !(temperature >= 0 && temperature <= 1000) {
      throw ValidationError("--temperature is \(temperature); it must be from 0 to 1000")
    }
    if seed != nil, temperature == nil { throw ValidationError("--seed is for captions that are drawn; give --temperature too") }
    if !(lengthPenalty >= 0 && lengthPenalty <= 10) {
      throw ValidationError("--length-penalty is \(lengthPenalty); it must be from 0 to 10")
    }
    if let maxLength, maxLength < 1 || maxLength > 10_000 {
      throw ValidationError("--max-length is \(maxLength); it must be from 1 to 10000")
    }
    if pictures.isEmpty { throw ValidationError("Missing expected argument '<picture>': a JPEG, PNG or PNM file, or a folder of them") }
    try ThreadCount.validate(threads)
  }

  func run() throws {
    ThreadCount.use(threads)
    let members = try ([model] + others).map { try ModelLocation($0).load(Captioning.self, for: "caption") }
    let ensemble = try CaptionerEnsemble(members)
    if attention != nil, members[0].settings.model.attention == .none {
      throw CommandError("--attention: \(model) reads a picture once, before the first word: there is nothing to show")
    }
    let search = SentenceSearch(
      beam: max(beam, count ?? 1), bestCount: count ?? 1, lengthPenalty: lengthPenalty, maximumLength: maxLength, keepsWeights: attention != nil || json)
    let all = try PictureArguments.found(pictures)
    var generator = RandomGenerator(seed: seed ?? .random(in: 0...UInt64.max)).split("sampling")
    var page = Page(all.count == 1 ? "Where the model looked" : "Where the model looked in \(Figures.counted(all.count, "picture"))")
    for (name, read) in all {
      let picture = try read()
      let captions: [WrittenCaption]
      if let temperature {
        captions = ensemble.captions(
          of: picture, count: count ?? 1, drawing: Sampling(temperature: temperature), maximumLength: maxLength,
          keepingWeights: search.keepsWeights, using: generator)
        generator = generator.split("next")
      } else {
        captions = ensemble.captions(of: [picture], by: search)[0]
      }
      try show(name, captions, isAlone: all.count == 1)
      if attention != nil, let best = captions.first {
        page.append(.heading(best.text))
        page.append(.panels(try best.panels(over: members[0].reader.preprocessing.square(of: picture), name: name)))
      }
    }
    if let attention { try writeAtomically(to: URL(fileURLWithPath: attention)) { writer in try writer.write(page.html) } }
  }

  private func show(_ name: String, _ captions: [WrittenCaption], isAlone: Bool) throws {
    if json {
      let list = captions.map { caption in
        JSON.object([
          ("text", .text(caption.text)), ("score", .number(caption.score)), ("logProbability", .number(caption.logProbability)),
          ("complete", .boolean(caption.isComplete)), ("words", .list(caption.words.map { .text($0) })),
          ("grid", .list([.integer(caption.grid.high), .integer(caption.grid.wide)])),
          ("weights", .list(caption.weights.map { row in .list(row.map { .number(Double($0)) }) })),
        ])
      }
      return try StandardOutput.line(JSON.object([("picture", .text(name)), ("captions", .list(list))]).description)
    }
    for caption in captions {
      let score = count == nil ? "" : String(format: "%.3f\t", caption.score)
      try StandardOutput.line((isAlone ? "" : name.asField + "\t") + score + caption.text.asField)
      if !caption.isComplete { StandardError.line("recurrent: \(name): the caption was cut at its greatest length; --max-length allows more") }
    }
  }
}
