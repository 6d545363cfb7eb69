import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTraining

extension TrainedLanguageModel {
  /// Measures the model on a text, the state carried from its first token to its last; with bfloat16 weights too, where
  /// the request has them.
  public func report(on request: EvaluationRequest) throws -> EvaluationReport {
    let (text, part) = try tokens(request)
    let clock = ContinuousClock()
    let start = clock.now
    let evaluation = try model.evaluate(text)
    let seconds = (clock.now - start) / .seconds(1)
    let kind = description.data.tokens
    let perplexity = evaluation.metrics["perplexity"] ?? .nan
    let bits = evaluation.metrics["bitsPerCharacter"] ?? .nan

    var report = EvaluationReport(part: part)
    report.add(
      "loss", label: "loss", .number(evaluation.loss),
      text: "\(String(format: "%.4f", evaluation.loss)) nats a \(kind.singular)")
    report.add("perplexity", label: "perplexity", .number(perplexity), text: Self.written(perplexity: perplexity))
    report.add(
      "bitsPerCharacter", label: "bits per \(kind == .bytes ? "byte" : "character")", .number(bits),
      text: String(format: "%.4f", bits))
    var count = "\(Figures.grouped(evaluation.units)) \(kind.rawValue) predicted"
    if kind.areWords {
      let share = 100 * Double(text.unknownCount) / Double(max(1, text.tokens.count))
      count += ", \(Figures.grouped(text.unknownCount)) of the text unknown (\(String(format: "%.2f", share)) %)"
    }
    report.add("tokens", label: "tokens", .integer(evaluation.units), text: count)
    report.members += [
      ("characters", .integer(text.characterCount)), ("unknown", .integer(text.unknownCount)),
      ("tokenKind", .text(kind.rawValue)), ("seconds", .number(seconds)),
    ]
    if request.weights != .full {
      report.add(try model.evaluate(text, weights: request.weights), roundedFrom: evaluation)
    }
    return report
  }

  /// The tokens of the part that is asked for, and which part it is.
  private func tokens(_ request: EvaluationRequest) throws -> (EncodedText, DataPart) {
    if try request.asksForWholeFile() {
      let whole = try request.source.corpus(codec, fractions: SplitFractions(train: 1, validation: 0, test: 0))
      return (try whole.tokens(of: .train), .all)
    }
    let corpus = try request.source.corpus(codec, fractions: description.data.fractions)
    let (part, split) = request.part(among: corpus.splits)
    return (try corpus.tokens(of: split), part)
  }

  fileprivate static func written(perplexity: Double) -> String {
    String(format: perplexity < 1e6 ? "%.2f" : "%.4g", perplexity)
  }
}

extension EvaluationReport {
  /// Adds what rounding the weights to bfloat16 costs.
  fileprivate mutating func add(_ rounded: Evaluation, roundedFrom exact: Evaluation) {
    let difference = rounded.loss - exact.loss
    lines += [
      .words("with bfloat16 weights in the recurrent layers:"),
      .figure(
        label: "loss",
        text: "\(String(format: "%.4f", rounded.loss)), \(String(format: "%+.2g", difference)) nats"),
      .figure(
        label: "perplexity",
        text: TrainedLanguageModel.written(perplexity: rounded.metrics["perplexity"] ?? .nan)),
    ]
    let figures = JSON.object([
      ("loss", .number(rounded.loss)), ("perplexity", .optional(rounded.metrics["perplexity"])),
      ("bitsPerCharacter", .optional(rounded.metrics["bitsPerCharacter"])), ("lossDifference", .number(difference)),
    ])
    members.append(("bfloat16", figures))
  }
}
