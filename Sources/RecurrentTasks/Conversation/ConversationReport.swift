import Foundation
import RecurrentData
import RecurrentTraining

extension TrainedConversationModel {
  /// Measures the model on conversations: the perplexity of a token and of a word, by the place of the turn, and that of the same model
  /// when its state begins anew at each turn.
  ///
  /// - Throws: `DataError`, or ``EvaluationError`` for a part that a directory does not have as one file.
  public func report(on request: EvaluationRequest) throws -> EvaluationReport {
    let (set, part) = try conversations(request)
    let encoded = try EncodedConversations(set, codec)
    let data = description.data
    let sequences = encoded.sequences(data.context)
    let clock = ContinuousClock()
    let start = clock.now
    let places = Self.places.map { (turns: $0, score: model.score(sequences, turns: $0)) }.filter { $0.score.count > 0 }
    let seconds = (clock.now - start) / .seconds(1)
    let score = places.reduce(TokenScore()) { $0 + $1.score }
    let perWord = exp(score.total / Double(encoded.wordCount))

    var report = EvaluationReport(part: part)
    report.add("loss", label: "loss", .number(score.mean), text: String(format: "%.4f nats a \(data.tokens.singular)", score.mean))
    report.add(
      "perplexity", label: "perplexity", .number(score.perplexity),
      text: "\(Self.written(score.perplexity)) a \(data.tokens.singular)")
    report.add(
      "perplexityPerWord", label: "", .number(perWord),
      text: "\(Self.written(perWord)) a word between spaces, the end of a turn counting as one")
    if data.context == .conversation {
      let alone = model.score(encoded.sequences(.none))
      report.add(
        "perplexityWithoutContext", label: "  turns alone", .number(alone.perplexity),
        text: "\(Self.written(alone.perplexity)) where this model forgets at each turn what was said before")
    }
    for place in places {
      let last = place.turns.upperBound == .max ? " on" : place.turns.count > 1 ? " to \(place.turns.upperBound)" : ""
      report.lines.append(
        .figure(label: "  turn \(place.turns.lowerBound + 1)\(last)", text: Self.written(place.score.perplexity)))
    }
    report.add("context", label: "context", .text(data.context.rawValue), text: data.context == .none ? "none" : "the conversation")
    var count = "\(Figures.grouped(score.count)) \(data.tokens.rawValue) of \(Figures.counted(set.turnCount, "turn")) in"
      + " \(Figures.counted(set.count, "conversation"))"
    if data.tokens.areWords { count += ", \(Figures.grouped(encoded.unknownCount)) unknown" }
    report.add("tokens", label: "tokens", .integer(score.count), text: count)
    for omission in set.omissions { report.lines.append(.words("\(omission)")) }
    report.members += [
      ("words", .integer(encoded.wordCount)), ("turns", .integer(set.turnCount)), ("conversations", .integer(set.count)),
      ("unknown", .integer(encoded.unknownCount)), ("tokenKind", .text(data.tokens.rawValue)),
      (
        "byTurn",
        .list(
          places.map { place in
            .object([
              ("first", .integer(place.turns.lowerBound + 1)), ("perplexity", .number(place.score.perplexity)),
              ("tokens", .integer(place.score.count)),
            ])
          })
      ), ("seconds", .number(seconds)),
    ]
    return report
  }

  /// The turns whose perplexity is told: the first has no context, and later ones more and more.
  private static let places = [0..<1, 1..<2, 2..<5, 5..<10, 10..<Int.max]

  /// The conversations that are asked for, and which part they are.
  private func conversations(_ request: EvaluationRequest) throws -> (ConversationSet, DataPart) {
    if try request.asksForWholeFile() {
      return (try ConversationSet(jsonLines: request.source.url()), .all)
    }
    let parts = try ConversationParts(request.source, fractions: description.data.fractions)
    let (part, split) = request.part(among: parts.parts)
    return (try parts.part(split), part)
  }

  private static func written(_ perplexity: Double) -> String { String(format: perplexity < 1e6 ? "%.2f" : "%.4g", perplexity) }
}
