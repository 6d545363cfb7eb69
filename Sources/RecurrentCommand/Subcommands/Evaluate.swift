import ArgumentParser
import Foundation
import Recurrent

/// `recurrent evaluate`: a model's figures on a text.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures a language model on a text.",
    discussion: """
      The state is carried from the first token to the last, and every token but the first is \
      predicted once. A single file is cut as the training data were; a directory has a file for \
      each part.

      For example:
        recurrent evaluate output/ptb --data ptb --split test
        recurrent evaluate model.safetensors --data other.txt --split all --json
        recurrent evaluate output/ptb --data ptb --weights bfloat16
      """)

  /// The part of a text.
  enum Split: String, ExpressibleByArgument, CaseIterable {
    case train, valid, test, all
  }

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A text file, a directory with train, valid and test files, or \"tinyshakespeare\".", valueName: "file-or-dir"))
  var data: String

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The part to measure: train, valid, test, or all of a file. (default: test, or valid where there is none)"))
  var split: Split?

  @Option(
    name: .long,
    help: """
      float32, or bfloat16: then also with the weights of the recurrent layers rounded to bfloat16, as \
      generate --weights bfloat16 has them, and what that costs.
      """)
  var weights = WeightChoice.float32

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func validate() throws {
    try ThreadCount.validate(threads)
  }

  func run() throws {
    ThreadCount.use(threads)
    let location = try ModelLocation(model)
    let trained = try location.load()
    let (text, part) = try tokens(trained)
    let clock = ContinuousClock()
    let start = clock.now
    let evaluation = try trained.model.evaluate(text)
    let seconds = (clock.now - start) / .seconds(1)
    let rounded = weights == .bfloat16 ? try trained.model.evaluate(text, weights: .bfloat16) : nil
    let perplexity = evaluation.metrics["perplexity"] ?? .nan
    let bits = evaluation.metrics["bitsPerCharacter"] ?? .nan
    let kind = trained.description.data.tokens
    if json {
      var members: [(String, JSON)] = [
        ("model", .text(location.path)), ("data", .text(data)), ("split", .text(part.rawValue)),
        ("loss", .number(evaluation.loss)), ("perplexity", .number(perplexity)),
        ("bitsPerCharacter", .number(bits)), ("tokens", .integer(evaluation.units)),
        ("characters", .integer(text.characterCount)), ("unknown", .integer(text.unknownCount)),
        ("tokenKind", .text(kind.rawValue)), ("seconds", .number(seconds)),
      ]
      if let rounded {
        let figures = JSON.object([
          ("loss", .number(rounded.loss)), ("perplexity", .optional(rounded.metrics["perplexity"])),
          ("bitsPerCharacter", .optional(rounded.metrics["bitsPerCharacter"])),
          ("lossDifference", .number(rounded.loss - evaluation.loss)),
        ])
        members.append(("bfloat16", figures))
      }
      try StandardOutput.line(JSON.object(members).description)
      return
    }
    var count = "\(Figures.grouped(evaluation.units)) \(kind.rawValue) predicted"
    if kind == .words {
      let share = 100 * Double(text.unknownCount) / Double(max(1, text.tokens.count))
      count += ", \(Figures.grouped(text.unknownCount)) of the text unknown (\(String(format: "%.2f", share)) %)"
    }
    try StandardOutput.line(
      """
      \(location.path) on the \(part == .all ? "whole" : "\(part.rawValue) part") of \(data):
      loss                \(String(format: "%.4f", evaluation.loss)) nats a \(kind.singular)
      perplexity          \(Self.written(perplexity: perplexity))
      bits per \(kind == .bytes ? "byte      " : "character ") \(String(format: "%.4f", bits))
      tokens              \(count)
      """)
    if let rounded {
      try StandardOutput.line(
        """
        with bfloat16 weights in the recurrent layers:
        loss                \(String(format: "%.4f", rounded.loss)), \
        \(String(format: "%+.2g", rounded.loss - evaluation.loss)) nats
        perplexity          \(Self.written(perplexity: rounded.metrics["perplexity"] ?? .nan))
        """)
    }
  }

  private static func written(perplexity: Double) -> String {
    String(format: perplexity < 1e6 ? "%.2f" : "%.4g", perplexity)
  }

  /// The tokens of the part that is asked for, and which part it is.
  private func tokens(_ trained: TrainedLanguageModel) throws -> (EncodedText, Split) {
    let source = DataSource(data)
    if split == .all {
      var isDirectory: ObjCBool = false
      if FileManager.default.fileExists(atPath: data, isDirectory: &isDirectory), isDirectory.boolValue {
        throw CommandError("\(data): is a directory; --split all needs one file")
      }
      let whole = try source.corpus(trained.codec, fractions: SplitFractions(train: 1, validation: 0, test: 0))
      return (try whole.tokens(of: .train), .all)
    }
    let corpus = try source.corpus(trained.codec, fractions: trained.description.data.fractions)
    let part = split ?? (corpus.splits[.test] != nil ? .test : .valid)
    switch part {
    case .train: return (try corpus.tokens(of: .train), part)
    case .test: return (try corpus.tokens(of: .test), part)
    case .valid, .all: return (try corpus.tokens(of: .validation), part)
    }
  }
}
