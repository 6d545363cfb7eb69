public import ArgumentParser
import Foundation
public import Recurrent

/// `recurrent evaluate`: a model's figures on data.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures a model on data.",
    discussion: """
      A single file is cut as the training data were; a directory has a file for each part. A \
      language model carries its state from the first token to the last, and predicts every token \
      but the first once.

      For example:
        recurrent evaluate output/ptb --data ptb --split test
        recurrent evaluate model.safetensors --data other.txt --split all --json
        recurrent evaluate output/ptb --data ptb --weights bfloat16
      """)

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A file, a directory with train, valid and test files, or \"tinyshakespeare\".", valueName: "file-or-dir"))
  var data: String

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The part to measure: train, valid, test, or all of a file. (default: test, or valid where there is none)"))
  var split: MeasuredPart?

  @Option(
    name: .long,
    help: """
      For language models: float32, or bfloat16: then also with the weights of the recurrent layers rounded to bfloat16, as \
      generate --weights bfloat16 has them, and what that costs.
      """)
  var weights: WeightChoice?

  @Flag(
    name: .long,
    help: """
      For knowledge tracing: deal the answers out anew at random first. Whatever is then better than an area of 0.5 under the \
      curve has seen the answer that it was to predict.
      """)
  var shuffleAnswers = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      """
      For speech recognition: a model of language whose tokens are characters or words, which helps to choose among texts. Its weight and the bonus \
      for a token are chosen on the validation part, and printed.
      """, valueName: "model"))
  var languageModel: String?

  @Option(name: .long, help: "For painting: also paint each picture again this many times, for a closer bound of how likely it is.")
  var samples: Int?

  @Option(
    name: .long,
    help: ArgumentHelp("Also write evaluation.json and the pictures that belong to it there.", valueName: "dir"))
  var output: String?

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if let samples, samples < 1 || samples > 100_000 { throw ValidationError("--samples is \(samples); it must be from 1 to 100000") }
    try ThreadCount.validate(threads)
  }

  func run() throws {
    ThreadCount.use(threads)
    let location = try ModelLocation(model)
    let trained = try location.load()
    var request = EvaluationRequest(source: DataSource(data), part: split)
    // Features of pictures that a run has kept beside its directory are used again.
    request.preparation = RunDirectory(path: URL(fileURLWithPath: location.path).deletingLastPathComponent().path).preparation(showing: !json)
    if let weights { request.options[.weights] = weights.rawValue }
    if let languageModel { request.options[.languageModel] = try ModelLocation(languageModel).path }
    if let samples { request.options[.samples] = String(samples) }
    if shuffleAnswers { request.options[.shuffleAnswers] = "" }
    let report = try trained.report(on: request)
    try write(report, of: location)
    if json {
      try StandardOutput.line(object(report, of: location).description)
    } else {
      try StandardOutput.line(
        """
        \(location.path) on the \(report.part == .whole ? "whole" : "\(report.part.rawValue) part") of \(data):
        \(report.text)
        """)
    }
  }

  private func object(_ report: EvaluationReport, of location: ModelLocation) -> JSON {
    .object(
      [("model", .text(location.path)), ("data", .text(data)), ("split", .text(report.part.rawValue))]
        + report.members)
  }

  /// Writes the report and its pictures where the user wants them.
  private func write(_ report: EvaluationReport, of location: ModelLocation) throws {
    guard let output else { return }
    let directory = URL(fileURLWithPath: output, isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw CommandError("\(output): the directory cannot be made: \(reason(error))")
    }
    let files =
      [EvaluationReport.Attachment(name: "evaluation.json", contents: object(report, of: location).description + "\n")]
      + report.attachments
    for file in files {
      try writeAtomically(to: directory.appending(path: file.name)) { writer in try writer.write(file.contents) }
    }
  }
}

extension MeasuredPart: ExpressibleByArgument {}
