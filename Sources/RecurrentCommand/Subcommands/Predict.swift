import ArgumentParser
import Foundation
import Recurrent

/// `recurrent predict`: what a model says of texts, or makes of the series of files.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says which label a text or a series has, what numbers a series makes, or which answers will be right.",
    discussion: """
      A model of series or of students' answers reads each file that is named, in whatever format it \
      was trained on; labels in it do not matter. With a model of texts each TEXT is judged by itself; \
      without any, each line of standard input. --explain shows how much each word moved the verdict \
      (orange towards it, blue away from it), what the verdict was after each word, and writes the \
      same as a page of HTML.

      For example:
        recurrent predict output/imdb "A film to fall asleep in."
        recurrent predict output/imdb --explain "Not bad at all." --html why.html
        recurrent predict output/japanese-vowels test.jsonl
        recurrent predict output/pendulum swings.jsonl --steps 40
        zcat reviews.gz | recurrent predict output/imdb --json
      """)

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Argument(help: ArgumentHelp("The texts, or files of series. (default: each line of standard input)", valueName: "text-or-file"))
  var texts: [String] = []

  @Flag(name: .long, help: "Show how much each word of a text moved the verdict.")
  var explain = false

  @Option(
    name: .long,
    help: ArgumentHelp("Where --explain writes its page. (default: explanation.html)", valueName: "file"))
  var html: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "How many steps are asked of a model that makes series of any length. (default: as in training)", valueName: "count"))
  var steps: Int?

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object a text or series.")
  var json = false

  func validate() throws {
    if html != nil, !explain { throw ValidationError("--html is the page of --explain; add that") }
    if let steps, !(1...1_000_000).contains(steps) {
      throw ValidationError("--steps is \(steps); it must be from 1 to 1000000")
    }
    try ThreadCount.validate(threads)
  }

  func run() throws {
    ThreadCount.use(threads)
    let trained = try ModelLocation(model).load(for: "predict")
    let request = PredictionRequest(inputs: texts, steps: steps, explains: explain) { [explain, none = json ? "null" : ""] answer in
      try StandardInput.forEachLine(none: none, needing: "texts") { text, number in
        if explain, number > 1 { throw CommandError("--explain takes one text, and standard input has more lines") }
        try answer(text)
        return true
      }
    }
    try trained.predict(request) { prediction in try show(prediction) }
  }

  private func show(_ prediction: Prediction) throws {
    var members = prediction.members
    var page = ""
    if let explanation = prediction.explanation, let contents = prediction.page {
      let path = html ?? "explanation.html"
      try writeAtomically(to: URL(fileURLWithPath: path)) { writer in try writer.write(contents) }
      members.append(("html", .text(path)))
      page = "\n" + ExplanationWords.text(explanation, on: .current) + "page     \(path)"
    }
    if json { return try StandardOutput.line(JSON.object(members).description) }
    try StandardOutput.line(prediction.lines.joined(separator: "\n") + page)
  }
}
