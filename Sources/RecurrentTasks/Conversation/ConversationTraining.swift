#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Whole conversations of similar length side by side, each from a state of zeros.
///
/// A conversation of more than `training.steps` tokens is read in parts, the later of which begin without what was said before. Without
/// context the sequences are single turns, and a batch has about as many tokens as one of conversations: the number of steps is the same.
struct ConversationStretches: BatchSource {
  private let sequences: [TurnSequence]
  private let parts: [(sequence: Int, range: Range<Int>)]
  private let batches: LengthBatches
  let identity: [String: String]
  /// What was done to conversations that are too long.
  let notes: [String]

  /// The stretches of the corpus's training part.
  init(_ corpus: ConversationCorpus, _ training: TrainingConfiguration, seed: UInt64) {
    sequences = corpus.train.sequences(corpus.context)
    var parts: [(sequence: Int, range: Range<Int>)] = []
    var cutCount = 0
    for (index, sequence) in sequences.enumerated() {
      if sequence.predictionCount > training.steps { cutCount += 1 }
      for start in stride(from: 0, to: sequence.predictionCount, by: training.steps) {
        parts.append((index, start..<min(start + training.steps, sequence.predictionCount)))
      }
    }
    self.parts = parts
    let batchSize = training.batch * sequences.count / corpus.train.turns.count
    batches = LengthBatches(lengths: parts.map(\.range.count), batchSize: batchSize, seed: seed)
    identity = ["data": Digest(sequences.lazy.flatMap(\.tokens)).text]
    notes =
      cutCount == 0
      ? []
      : [
        "\(Figures.grouped(cutCount)) of \(Figures.grouped(sequences.count))"
          + " \(corpus.context == .none ? "turns" : "conversations") are longer than training.steps, \(training.steps)"
          + " \(corpus.codec.tokenizer.kind.rawValue): they are learned from in parts"
      ]
  }

  var stepsPerEpoch: Int { batches.count }

  func batch(at step: Int, epoch: Int, shard: Shard) -> TurnBatch {
    TurnBatch(shard.part(of: batches.batch(at: step, epoch: epoch)).map { (sequences[parts[$0].sequence], parts[$0].range) })
  }
}

/// The cross-entropy of every token of every turn.
public struct ConversationObjective: Objective {
  private let codec: TextCodec
  private let context: ConversationDataConfiguration.Context
  private let measured: [TurnSequence]
  private let measuredWords: Int
  private let labelSmoothing: Double

  /// An objective that measures on the corpus's validation part.
  init(_ corpus: ConversationCorpus, labelSmoothing: Double) {
    (codec, context, self.labelSmoothing) = (corpus.codec, corpus.context, labelSmoothing)
    measured = corpus.validation.sequences(corpus.context)
    measuredWords = corpus.validation.wordCount
  }

  public func loss(
    of model: LanguageModel, on batch: TurnBatch, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    Loss(loss(of: model, on: batch, using: &generator), units: batch.predictionCount)
  }

  /// The loss in any precision.
  func loss<Scalar>(of model: LanguageNetwork<Scalar>, on batch: TurnBatch, using generator: inout RandomGenerator) -> Tensor<Scalar> {
    let (outputs, _) = model.outputs(batch.inputs) { $0($1, using: &generator) }
    return model.crossEntropy(outputs, targets: batch.targets, ignoring: IndexTensor.ignored, labelSmoothing: labelSmoothing)
  }

  public func evaluate(_ model: LanguageModel, using generator: inout RandomGenerator) -> Evaluation {
    let score = model.score(measured)
    return Evaluation(
      loss: score.mean, units: score.count,
      metrics: ["perplexity": score.perplexity, "perplexityPerWord": exp(score.total / Double(measuredWords))])
  }

  public func samples(from model: LanguageModel, using generator: inout RandomGenerator) -> [Sample] {
    var partner = ConversationPartner(model, codec: codec, context: context)
    let turns = (0..<4).map { _ in
      "- " + partner.answer(sampling: Sampling(temperature: 0.7, topP: 0.9), longest: 40, using: &generator)
    }
    return [.text(turns.joined(separator: "\n"))]
  }
}

/// Stretches of sequences side by side, padded at their ends; what the padding predicts does not count.
public struct TurnBatch: Sendable {
  /// `[time, batch]`.
  let inputs: IndexTensor
  /// `[time, batch]`: the token after each input, `IndexTensor.ignored` past the end.
  let targets: IndexTensor
  /// How many targets count.
  let predictionCount: Int

  /// A batch of these stretches; ranges are of predictions, the first being that of the second token. Where `counts` is false for a turn (its
  /// place in the conversation), it is read and not scored.
  init(_ parts: [(sequence: TurnSequence, range: Range<Int>)], counts: (Int) -> Bool = { _ in true }) {
    let time = parts.map(\.range.count).max() ?? 0
    var inputs = [Int32](repeating: 0, count: time * parts.count)
    var targets = [Int32](repeating: IndexTensor.ignored, count: time * parts.count)
    var predictionCount = 0
    for (column, part) in parts.enumerated() {
      let tokens = part.sequence.tokens
      var end = 0
      for (turn, length) in part.sequence.turnLengths.enumerated() {
        let isScored = counts(part.sequence.firstTurn + turn)
        for index in (end..<end + length).clamped(to: part.range) {
          let place = (index - part.range.lowerBound) * parts.count + column
          inputs[place] = tokens[index]
          if isScored {
            targets[place] = tokens[index + 1]
            predictionCount += 1
          }
        }
        end += length
      }
    }
    self.inputs = IndexTensor(shape: [time, parts.count], scalars: inputs)
    self.targets = IndexTensor(shape: [time, parts.count], scalars: targets)
    self.predictionCount = predictionCount
  }
}

/// Nats and tokens.
public struct TokenScore: Sendable, Equatable {
  /// The cross-entropy of all tokens together, in nats.
  public var total = 0.0
  /// How many tokens there are.
  public var count = 0

  /// The cross-entropy of a token, in nats.
  public var mean: Double { total / Double(max(1, count)) }
  /// `exp(mean)`.
  public var perplexity: Double { exp(mean) }

  public static func + (a: Self, b: Self) -> Self { Self(total: a.total + b.total, count: a.count + b.count) }
}

extension LanguageModel {
  /// How well the model predicts sequences, each from a state of zeros.
  ///
  /// - Parameter turns: Only the turns at these places of their conversations count, from 0; the others are read.
  func score(_ sequences: [TurnSequence], turns: Range<Int> = 0..<Int.max) -> TokenScore {
    Measuring.answers(lengths: sequences.map(\.predictionCount), width: vocabularyCount) { indices in
      let batch = TurnBatch(indices.map { (sequences[$0], 0..<sequences[$0].predictionCount) }, counts: turns.contains)
      if batch.predictionCount == 0 { return [] }
      let loss = crossEntropy(outputs(batch.inputs).0, targets: batch.targets, ignoring: IndexTensor.ignored)
      return [TokenScore(total: Double(loss.scalar) * Double(batch.predictionCount), count: batch.predictionCount)]
    }.reduce(TokenScore(), +)
  }
}
