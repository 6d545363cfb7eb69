import Foundation
public import RecurrentData
import RecurrentTraining

/// What the evaluation of a conversation model finds.
public struct ConversationScore: TaskScore {
  /// How well the turns at some places of their conversations are predicted.
  public struct Place: Sendable {
    /// The places, counted from 0.
    public let turns: Range<Int>
    /// Nats and tokens of these turns.
    public let score: TokenScore
  }

  public let part: MeasuredPart
  public let overlap: TrainingOverlap?
  /// Nats and tokens by the place of the turn: the first has no context, and later ones more and more.
  public let places: [Place]
  /// The same model where its state begins anew at each turn; nil for a model that was trained so.
  public let turnsAlone: TokenScore?
  /// What a token is.
  public let tokens: TokenKind
  /// What a turn is predicted from.
  public let context: ConversationDataConfiguration.Context
  /// Words between white space, the end of a turn counting as one.
  public let wordCount: Int
  /// Turns that were measured.
  public let turnCount: Int
  /// Conversations that were measured.
  public let conversationCount: Int
  /// Tokens that are not in the vocabulary.
  public let unknownCount: Int
  /// Conversations that were left out, a line each.
  public let omissions: [String]
  /// Seconds of the evaluation.
  public let seconds: Double

  /// All turns together.
  public var score: TokenScore { places.reduce(TokenScore()) { $0 + $1.score } }
  /// The perplexity of a word, whatever the tokens are.
  public var perplexityPerWord: Double { exp(score.total / Double(wordCount)) }
}

extension ConversationModeling {
  private static let places = [0..<1, 1..<2, 2..<5, 5..<10, 10..<Int.max]

  /// Measures a model on conversations: the perplexity of a token and of a word, by the place of the turn, and that of the same model
  /// when its state begins anew at each turn.
  ///
  /// - Throws: `DataError`, or ``EvaluationError`` for a part that a directory does not have as one file.
  public static func evaluate(_ trained: TrainedConversationModel, on request: EvaluationRequest) throws -> ConversationScore {
    let (data, model) = (trained.settings.data, trained.model)
    let measured = try request.examples(
      for: trained, whole: { try ConversationSet(jsonLines: request.source.url()) },
      parts: { try Parts<ConversationSet>(request.source, fractions: data.fractions, by: trained.dealing) })
    let set = measured.examples
    let encoded = try EncodedConversations(set, trained.codec)
    if encoded.unknownCount > 0, encoded.unknownCount == encoded.tokenCount - set.turnCount {
      throw EvaluationError(
        UnknownNames(of: set.conversations.lazy.flatMap(\.turns), trained.codec, kind: data.tokens)
          .refusal(path: set.path, subject: "these conversations", known: trained.codec.vocabulary.symbols))
    }
    let sequences = encoded.sequences(data.context)
    let stopwatch = Stopwatch()
    let places = Self.places.map { ConversationScore.Place(turns: $0, score: model.score(sequences, turns: $0)) }
      .filter { $0.score.count > 0 }
    let seconds = stopwatch.seconds
    return ConversationScore(
      part: measured.part, overlap: measured.overlap, places: places,
      turnsAlone: data.context == .conversation ? model.score(encoded.sequences(.none)) : nil, tokens: data.tokens, context: data.context,
      wordCount: encoded.wordCount, turnCount: set.turnCount, conversationCount: set.count, unknownCount: encoded.unknownCount,
      omissions: set.omissions.map { "\($0)" }, seconds: seconds)
  }
}

extension ConversationScore {
  public var report: EvaluationReport {
    let score = score
    var report = EvaluationReport(part: part)
    report.add("loss", label: "loss", .number(score.mean), text: String(format: "%.4f nats a \(tokens.singular)", score.mean))
    report.add(
      "perplexity", label: "perplexity", .number(score.perplexity),
      text: "\(Figures.perplexity(score.perplexity)) a \(tokens.singular)")
    report.add(
      "perplexityPerWord", label: "", .number(perplexityPerWord),
      text: "\(Figures.perplexity(perplexityPerWord)) a word between spaces, the end of a turn counting as one")
    if let alone = turnsAlone {
      report.add(
        "perplexityWithoutContext", label: "  turns alone", .number(alone.perplexity),
        text: "\(Figures.perplexity(alone.perplexity)) where this model forgets at each turn what was said before")
    }
    for place in places {
      let last = place.turns.upperBound == .max ? " on" : place.turns.count > 1 ? " to \(place.turns.upperBound)" : ""
      report.lines.append(
        .figure(label: "  turn \(place.turns.lowerBound + 1)\(last)", text: Figures.perplexity(place.score.perplexity)))
    }
    report.add("context", label: "context", .text(context.rawValue), text: context == .none ? "none" : "the conversation")
    var count = "\(Figures.grouped(score.count)) \(tokens.rawValue) of \(Figures.counted(turnCount, "turn")) in"
      + " \(Figures.counted(conversationCount, "conversation"))"
    if tokens.areWords { count += ", \(Figures.grouped(unknownCount)) unknown" }
    report.add("tokens", label: "tokens", .integer(score.count), text: count)
    report.lines += omissions.map { .words($0) }
    report.members += [
      ("words", .integer(wordCount)), ("turns", .integer(turnCount)), ("conversations", .integer(conversationCount)),
      ("unknown", .integer(unknownCount)), ("tokenKind", .text(tokens.rawValue)),
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
}
