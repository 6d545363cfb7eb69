public import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// A text classifier as it stands in a file: with its vocabulary and labels, ready to judge texts.
///
/// ```swift
/// let trained = try TrainedTextClassifier(contentsOf: url)
/// let verdict = try trained.predict("A film to fall asleep in.")
/// print(verdict.label, verdict.probability)
/// ```
public typealias TrainedTextClassifier = Trained<TextClassification>

extension TrainedTextClassifier {
  /// How text becomes tokens.
  public var codec: TextCodec { reader }
  /// What it tells apart.
  public var labels: ClassTable { artifacts.labels }

  /// A text as the model reads it.
  struct Reading {
    /// The tokens that are read, as text and as indices.
    var symbols: [String]
    var tokens: [Int32]
    /// How many tokens the text has, those that were cut included.
    var tokenCount: Int
    /// Tokens that the model does not know.
    var unknownCount: Int
  }

  /// Reads a text.
  ///
  /// - Throws: ``PredictionError`` where it is blank: spaces may be tokens, but nothing is said by them.
  func read(_ text: String) throws -> Reading {
    let encoded = try codec.encode(text)
    // As they stand in the text, also those that the model does not know; of a subword that is its symbol.
    let symbols =
      settings.data.tokens == .subwords
      ? encoded.tokens.map { codec.vocabulary.symbols[Int($0)] } : codec.tokenizer.symbols(of: text)
    if encoded.tokens.isEmpty || text.allSatisfy(\.isWhitespace) {
      throw PredictionError("the text is empty: it has no \(settings.data.tokens.rawValue) to judge")
    }
    let kept = settings.data.kept(of: encoded.tokens.count)
    return Reading(
      symbols: kept.flatMap { symbols[$0] }, tokens: kept.flatMap { encoded.tokens[$0] },
      tokenCount: encoded.tokens.count, unknownCount: encoded.unknownCount)
  }

  /// Judges a text.
  ///
  /// - Throws: ``PredictionError`` where there is not one token in it.
  public func predict(_ text: String) throws -> TextVerdict {
    let reading = try read(text)
    let batch = TokenBatch([reading.tokens])
    return verdict(model.logits(batch.tokens, lengths: batch.lengths), reading)
  }

  /// A verdict for people and programs; tokens that were not read are told.
  func prediction(_ verdict: TextVerdict) -> Prediction {
    let cut = verdict.readCount == verdict.tokenCount ? "" : "\t(read \(verdict.readCount) of \(verdict.tokenCount) tokens)"
    let unknown = settings.data.tokens.unknownWords(verdict.unknownCount, of: verdict.tokenCount).map { "\t(\($0))" } ?? ""
    let probabilities = zip(labels.names, verdict.probabilities).map { ($0, JSON.number($1)) }
    return Prediction(
      lines: ["\(verdict.label.asField)\t\(Figures.percent(verdict.probability))\(cut)\(unknown)"],
      members: [
        ("label", .text(verdict.label)), ("probability", .number(verdict.probability)), ("probabilities", .object(probabilities)),
        ("tokens", .integer(verdict.tokenCount)), ("read", .integer(verdict.readCount)), ("unknown", .integer(verdict.unknownCount)),
      ])
  }

  /// A verdict with what moved it.
  func prediction(_ explanation: TextExplanation) -> Prediction {
    var prediction = prediction(explanation.verdict)
    (prediction.explanation, prediction.page) = (explanation, explanation.html(labels: labels.names))
    let words = explanation.tokens.map { token in
      JSON.object([
        ("text", .text(token.text)), ("influence", .number(token.influence)), ("probability", .number(token.probability)),
        ("known", .boolean(token.isKnown)),
      ])
    }
    prediction.members.append(("words", .list(words)))
    return prediction
  }

  func verdict(_ logits: Tensor<Float>, _ reading: Reading) -> TextVerdict {
    let probabilities = logits.softmax().scalars.map { Double($0) }
    let index = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
    return TextVerdict(
      label: labels.names[index], labelIndex: index, probabilities: probabilities, tokenCount: reading.tokenCount,
      readCount: reading.tokens.count, unknownCount: reading.unknownCount)
  }
}

extension TextClassification {
  /// Judges each text, or each line of a stream where there is none.
  public static func predict(
    _ request: PredictionRequest, by trained: TrainedTextClassifier, _ body: (Prediction) throws -> Void
  ) throws {
    try request.refuseSteps()
    if request.explains, request.inputs.count > 1 { throw PredictionError("--explain takes one text, and there are \(request.inputs.count)") }
    func answer(_ text: String) throws -> Prediction {
      request.explains ? trained.prediction(try trained.explain(text)) : trained.prediction(try trained.predict(text))
    }
    for (index, text) in request.inputs.enumerated() {
      let prediction: Prediction
      do {
        prediction = try answer(text)
      } catch let error as PredictionError {
        throw PredictionError("text \(index + 1): \(error)")
      }
      try body(prediction)
    }
    if request.inputs.isEmpty { try request.forEachLine { text in try body(answer(text)) } }
  }

  public static func inspection(of trained: TrainedTextClassifier) -> ModelInspection {
    let (data, model) = (trained.settings.data, trained.settings.model)
    let labels = trained.labels
    let symbols = trained.codec.vocabulary.symbols
    return ModelInspection(
      network: model.encoder.description(reach: trained.model.encoder.reach) + ", embedding of \(Figures.grouped(model.embedding)), "
        + "\(model.pooling.rawValue) pooling\(model.residual ? ", residual" : "")",
      lines: [
        ("labels", "\(Figures.grouped(labels.count)): \(ModelInspection.sample(labels.names))"),
        (
          "tokens",
          "\(data.tokens.rawValue)\(data.lowercase ? ", lower-cased" : "")"
            + (data.maximumLength.map { ", at most \(Figures.grouped($0)), of longer texts the \(data.keep.rawValue)" } ?? "")
        ),
        ("vocabulary", "\(Figures.grouped(symbols.count)): \(ModelInspection.sample(symbols))"),
      ],
      members: [
        ("labels", .list(labels.names.map { .text($0) })), ("vocabulary", .list(symbols.map { .text($0) })),
      ])
  }
}

/// What a classifier says of a text.
public struct TextVerdict: Sendable, Equatable {
  /// The likeliest label.
  public var label: String
  /// Its index.
  public var labelIndex: Int
  /// The probability of each label, in the order of `ClassTable.names`.
  public var probabilities: [Double]
  /// The tokens of the text.
  public var tokenCount: Int
  /// Those that were read; fewer where the text is longer than the recipe's `maximumLength`.
  public var readCount: Int
  /// Tokens that the model does not know.
  public var unknownCount: Int

  /// The probability of the likeliest label.
  public var probability: Double { probabilities[labelIndex] }
}
