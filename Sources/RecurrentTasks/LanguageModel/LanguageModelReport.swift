import Foundation
public import RecurrentData
import RecurrentLayers
public import RecurrentTraining

/// What the evaluation of a language model finds.
public struct LanguageModelScore: TaskScore {
  public let part: MeasuredPart
  /// Loss in nats a token, perplexity and bits a character, the state carried from the first token to the last.
  public let evaluation: Evaluation
  /// The same with the weights of the recurrent layers stored as bfloat16, where that was asked for.
  public let rounded: Evaluation?
  /// What was measured.
  public let text: EncodedText
  /// What a token is.
  public let tokens: TokenKind
  /// Seconds of the evaluation.
  public let seconds: Double

  /// `exp(loss)`.
  public var perplexity: Double { evaluation.metrics["perplexity"] ?? .nan }
  /// Bits a character of the text (of bytes: a byte).
  public var bitsPerCharacter: Double { evaluation.metrics["bitsPerCharacter"] ?? .nan }
}

extension LanguageModeling {
  /// Measures a model on a text, the state carried from its first token to its last; with bfloat16 weights too, where the request has them.
  public static func evaluate(_ trained: TrainedLanguageModel, on request: EvaluationRequest) throws -> LanguageModelScore {
    let (codec, fractions) = (trained.codec, trained.settings.data.fractions)
    let text: EncodedText
    var part = MeasuredPart.whole
    if try request.asksForWholeFile() {
      text = try request.source.corpus(codec, fractions: .everything).tokens(of: .train)
    } else {
      let corpus = try request.source.corpus(codec, fractions: fractions)
      let measured = request.part(among: corpus.splits.keys)
      (text, part) = (try corpus.tokens(of: measured), .part(measured))
    }
    let ends = codec.endOfSentenceIndex.map { end in text.tokens.count { Int($0) == end } } ?? 0
    if text.unknownCount > 0, text.unknownCount == text.tokens.count - ends {
      throw EvaluationError(
        "\(request.source.name): the model knows none of the \(trained.settings.data.tokens.singular)s of this text; it knows"
          + " \(ModelInspection.sample(codec.vocabulary.symbols))")
    }
    let stopwatch = Stopwatch()
    let evaluation = try trained.model.evaluate(text)
    let seconds = stopwatch.seconds
    let isRounded = request.options[.weights] == "bfloat16"
    return LanguageModelScore(
      part: part, evaluation: evaluation, rounded: isRounded ? try trained.model.evaluate(text, weights: .bfloat16) : nil, text: text,
      tokens: trained.settings.data.tokens, seconds: seconds)
  }
}

extension LanguageModelScore {
  public var report: EvaluationReport {
    var report = EvaluationReport(part: part)
    report.add(
      "loss", label: "loss", .number(evaluation.loss),
      text: "\(String(format: "%.4f", evaluation.loss)) nats a \(tokens.singular)")
    report.add("perplexity", label: "perplexity", .number(perplexity), text: Figures.perplexity(perplexity))
    report.add(
      "bitsPerCharacter", label: "bits per \(tokens == .bytes ? "byte" : "character")", .number(bitsPerCharacter),
      text: String(format: "%.4f", bitsPerCharacter))
    var count = "\(Figures.grouped(evaluation.units)) \(tokens.rawValue) predicted"
    if tokens.areWords {
      let share = 100 * Double(text.unknownCount) / Double(max(1, text.tokens.count))
      count += ", \(Figures.grouped(text.unknownCount)) of the text unknown (\(String(format: "%.2f", share)) %)"
    }
    report.add("tokens", label: "tokens", .integer(evaluation.units), text: count)
    report.members += [
      ("characters", .integer(text.characterCount)), ("unknown", .integer(text.unknownCount)),
      ("tokenKind", .text(tokens.rawValue)), ("seconds", .number(seconds)),
    ]
    if let rounded { report.add(rounded, roundedFrom: evaluation) }
    return report
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
        text: Figures.perplexity(rounded.metrics["perplexity"] ?? .nan)),
    ]
    let figures = JSON.object([
      ("loss", .number(rounded.loss)), ("perplexity", .optional(rounded.metrics["perplexity"])),
      ("bitsPerCharacter", .optional(rounded.metrics["bitsPerCharacter"])), ("lossDifference", .number(difference)),
    ])
    members.append(("bfloat16", figures))
  }
}
