import RecurrentData
import RecurrentLayers
import RecurrentTensors

/// A verdict, and how much each token moved it.
public struct TextExplanation: Sendable, Equatable {
  /// One token.
  public struct Token: Sendable, Equatable {
    /// As the model reads it: lower-cased where it is.
    public var text: String
    /// How much it moved the verdict: gradient times input of the log-odds of the verdict's label, in nats. Above 0: towards
    /// it. To first order the verdict would lose as much if the token were nothing.
    public var influence: Double
    /// The probability of the verdict's label when the text is read up to here and no further.
    public var probability: Double
    /// Whether the vocabulary has it.
    public var isKnown: Bool
  }

  /// The verdict on the whole text.
  public var verdict: TextVerdict
  /// The tokens that were read, in order.
  public var tokens: [Token]

  /// The largest influence of a token in either direction.
  public var largestInfluence: Double { tokens.map { abs($0.influence) }.max() ?? 0 }
}

extension TrainedTextClassifier {
  /// Judges a text and tells how much each token moved the verdict (gradient times input, Shrikumar et al. 2016; Denil et al.
  /// 2014), and what the verdict would be after each of them.
  ///
  /// The gradient is of the log-odds of the label, `log p / (1 - p)`: unlike the probability it does not flatten where the
  /// model is sure.
  ///
  /// - Throws: ``PredictionError`` where there is not one token in it.
  public func explain(_ text: String) throws -> TextExplanation {
    let reading = try read(text)
    let batch = TokenBatch([reading.tokens])
    let tape = Tape<Float>()
    let embedded = tape.watch(model.embedding(batch.tokens))  // [time, 1, embedding]
    let logits = model.logits(embedded: embedded, lengths: batch.lengths)
    let verdict = verdict(logits.detached(), reading)
    let gradient = tape.gradients(of: logOdds(logits, of: verdict.labelIndex), at: [embedded])[0]
    let influences = (gradient * embedded.detached()).sum(alongAxes: 2).scalars
    let probabilities = probabilities(of: verdict.labelIndex, afterEachOf: reading.tokens)
    let tokens = reading.symbols.indices.map { index in
      TextExplanation.Token(
        text: reading.symbols[index], influence: Double(influences[index]), probability: probabilities[index],
        isKnown: codec.unknownIndex.map { Int(reading.tokens[index]) != $0 } ?? true)
    }
    return TextExplanation(verdict: verdict, tokens: tokens)
  }

  /// `log p / (1 - p)` of a label: its score less that of all others together.
  private func logOdds(_ logits: Tensor<Float>, of label: Int) -> Tensor<Float> {
    let count = labels.count
    let parts = logits.split(sizes: [label, 1, count - label - 1], alongAxis: 1)
    let others = Tensor(concatenating: [parts[0], parts[2]], alongAxis: 1)
    return (parts[1].reshaped(to: [1]) - others.logSumExp(alongAxis: 1)).sum()
  }

  /// The probability of a label after the first token, the first two, and so on: each is a text of its own, since a reverse
  /// direction begins where the text ends.
  private func probabilities(of label: Int, afterEachOf tokens: [Int32]) -> [Double] {
    stride(from: 0, to: tokens.count, by: 32).flatMap { start in
      let ends = start..<min(start + 32, tokens.count)
      let batch = TokenBatch(ends.map { tokens[...$0] })
      let probabilities = model.logits(batch.tokens, lengths: batch.lengths).softmax().scalars
      return ends.indices.map { Double(probabilities[($0 - start) * labels.count + label]) }
    }
  }
}
