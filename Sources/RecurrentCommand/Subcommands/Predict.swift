import ArgumentParser
import Foundation
import Recurrent

/// `recurrent predict`: what a model says of texts, or makes of the series of files.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says which label a text or a series has, or what numbers a series makes.",
    discussion: """
      A model of series answers the series of each file that is named, in whatever format it was \
      trained on; labels in it do not matter. With a model of texts each TEXT is judged by itself; \
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
    let location = try ModelLocation(model)
    let model = try location.load()
    if let regression = model as? TrainedSeriesRegression {
      return try SeriesPrediction(files: texts, isJSON: json, isExplained: explain).run(regression, steps: steps)
    }
    if steps != nil { throw CommandError("--steps is for models that make series; leave it out") }
    if let series = model as? any SeriesPredictor {
      return try SeriesPrediction(files: texts, isJSON: json, isExplained: explain).run(series)
    }
    let trained = try location.load(TextClassification.self, for: "predict")
    if explain {
      let text = texts.count == 1 ? texts[0] : texts.isEmpty ? readLine() ?? "" : nil
      guard let text else { throw CommandError("--explain takes one text, and there are \(texts.count)") }
      return try show(named("the text") { try trained.explain(text) }, of: trained)
    }
    if !texts.isEmpty {
      for (index, text) in texts.enumerated() {
        try show(named("text \(index + 1)") { try trained.predict(text) }, of: trained)
      }
      return
    }
    var line = 0
    while let text = readLine() {
      line += 1
      try show(named("standard input, line \(line)") { try trained.predict(text) }, of: trained)
    }
    if line == 0 { throw CommandError("standard input is empty: give texts after the model, or a line for each") }
  }

  /// Says which text an error is about.
  private func named<Value>(_ name: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as PredictionError {
      throw CommandError("\(name): \(error)")
    }
  }

  private func show(_ verdict: TextVerdict, of trained: TrainedTextClassifier) throws {
    if json { return try StandardOutput.line(JSON.object(members(verdict, of: trained)).description) }
    let percent = Figures.percent(verdict.probability)
    try StandardOutput.line("\(verdict.label.withVisibleControls)\t\(percent)\(cut(verdict))")
  }

  private func show(_ explanation: TextExplanation, of trained: TrainedTextClassifier) throws {
    let path = html ?? "explanation.html"
    let page = explanation.html(labels: trained.labels.names)
    try writeAtomically(to: URL(fileURLWithPath: path)) { writer in try writer.write(page) }
    if json {
      let words = explanation.tokens.map { token in
        JSON.object([
          ("text", .text(token.text)), ("influence", .number(token.influence)),
          ("probability", .number(token.probability)), ("known", .boolean(token.isKnown)),
        ])
      }
      let members = members(explanation.verdict, of: trained) + [("words", .list(words)), ("html", .text(path))]
      return try StandardOutput.line(JSON.object(members).description)
    }
    try show(explanation.verdict, of: trained)
    try StandardOutput.line(ExplanationWords.text(explanation, on: .current) + "page     \(path)")
  }

  private func members(_ verdict: TextVerdict, of trained: TrainedTextClassifier) -> [(String, JSON)] {
    let probabilities = zip(trained.labels.names, verdict.probabilities).map { ($0, JSON.number($1)) }
    return [
      ("label", .text(verdict.label)), ("probability", .number(verdict.probability)),
      ("probabilities", .object(probabilities)), ("tokens", .integer(verdict.tokenCount)),
      ("read", .integer(verdict.readCount)), ("unknown", .integer(verdict.unknownCount)),
    ]
  }

  /// What was not read is said.
  private func cut(_ verdict: TextVerdict) -> String {
    verdict.readCount == verdict.tokenCount ? "" : "\t(read \(verdict.readCount) of \(verdict.tokenCount) tokens)"
  }
}
