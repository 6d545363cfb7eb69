#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Training of a conversation model: the cross-entropy of every token of every turn, over whole conversations of similar length side by side,
/// each from a state of zeros.
///
/// A conversation of more than `training.steps` tokens is read in parts, the later of which begin without what was said before. Without
/// context the sequences are single turns, and a batch has about as many tokens as one of conversations: the number of steps is the same.
public struct ConversationTask: TrainingTask {
  public typealias Model = LanguageModel
  public typealias Carried = NoCarriedState

  private let corpus: ConversationCorpus
  private let configuration: TrainingConfiguration
  private let sequences: [TurnSequence]
  private let parts: [(sequence: Int, range: Range<Int>)]
  private let batches: LengthBatches
  private let measured: [TurnSequence]
  /// What was done to conversations that are too long.
  let notes: [String]

  /// Training on the corpus's training part, measured on its validation part.
  init(corpus: ConversationCorpus, training: TrainingConfiguration, seed: UInt64) throws {
    self.corpus = corpus
    configuration = training
    sequences = corpus.train.sequences(corpus.context)
    measured = corpus.validation.sequences(corpus.context)
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
    notes =
      cutCount == 0
      ? []
      : [
        "\(Figures.grouped(cutCount)) of \(Figures.grouped(sequences.count))"
          + " \(corpus.context == .none ? "turns" : "conversations") are longer than training.steps, \(training.steps)"
          + " \(corpus.codec.tokenizer.kind.rawValue): they are learned from in parts"
      ]
  }

  public var stepsPerEpoch: Int { batches.count }

  public var identity: [String: String] {
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a over the training tokens
    for token in sequences.lazy.flatMap(\.tokens) {
      digest = (digest ^ UInt64(UInt32(bitPattern: token))) &* 0x0000_0100_0000_01b3
    }
    return ["data": String(digest, radix: 16)]
  }

  public func loss(
    of model: LanguageModel, epoch: Int, step: Int, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> (loss: Tensor<Float>, carried: NoCarriedState, units: Int) {
    let batch = TurnBatch(
      batches.batch(at: step, epoch: epoch).map { (sequences[parts[$0].sequence], parts[$0].range) })
    let (outputs, _) = model.outputs(batch.inputs, droppingWith: &generator)
    let loss = model.crossEntropy(
      outputs, targets: batch.targets, ignoring: TokenWindow.ignoredTarget, labelSmoothing: configuration.labelSmoothing)
    return (loss, carried, batch.predictionCount)
  }

  public func evaluate(_ model: LanguageModel) -> Evaluation {
    let score = model.score(measured)
    return Evaluation(
      loss: score.mean, units: score.count,
      metrics: [
        "perplexity": score.perplexity, "perplexityPerWord": exp(score.total / Double(corpus.validation.wordCount)),
      ])
  }

  public func sample(from model: LanguageModel, using generator: inout RandomGenerator) -> String? {
    var partner = ConversationPartner(model, codec: corpus.codec, context: corpus.context)
    return (0..<4).map { _ in
      "- " + partner.answer(sampling: Sampling(temperature: 0.7, topP: 0.9), longest: 40, using: &generator)
    }.joined(separator: "\n")
  }
}

/// Stretches of sequences side by side, padded at their ends; what the padding predicts does not count.
struct TurnBatch {
  /// `[time, batch]`.
  let inputs: IndexTensor
  /// `[time, batch]`: the token after each input, `TokenWindow.ignoredTarget` past the end.
  let targets: IndexTensor
  /// How many targets count.
  let predictionCount: Int

  /// A batch of these stretches; ranges are of predictions, the first being that of the second token. Where `counts` is false for a turn (its
  /// place in the conversation), it is read and not scored.
  init(_ parts: [(sequence: TurnSequence, range: Range<Int>)], counts: (Int) -> Bool = { _ in true }) {
    let time = parts.map(\.range.count).max() ?? 0
    var inputs = [Int32](repeating: 0, count: time * parts.count)
    var targets = [Int32](repeating: TokenWindow.ignoredTarget, count: time * parts.count)
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
struct TokenScore: Sendable, Equatable {
  /// The cross-entropy of all tokens together, in nats.
  var total = 0.0
  /// How many tokens there are.
  var count = 0

  /// The cross-entropy of a token, in nats.
  var mean: Double { total / Double(max(1, count)) }
  /// `exp(mean)`.
  var perplexity: Double { exp(mean) }

  static func + (a: Self, b: Self) -> Self { Self(total: a.total + b.total, count: a.count + b.count) }
}

extension LanguageModel {
  /// How well the model predicts sequences, each from a state of zeros.
  ///
  /// - Parameter turns: Only the turns at these places of their conversations count, from 0; the others are read.
  func score(_ sequences: [TurnSequence], turns: Range<Int> = 0..<Int.max) -> TokenScore {
    let order = sequences.indices.sorted {
      let (a, b) = (sequences[$0].predictionCount, sequences[$1].predictionCount)
      return a != b ? a < b : $0 < $1
    }
    var score = TokenScore()
    var start = 0
    while start < order.count {
      // As many sequences side by side as keep a batch within some megabytes.
      var end = start + 1
      while end < order.count, (end - start + 1) * sequences[order[end]].predictionCount <= 8192 { end += 1 }
      let batch = TurnBatch(
        order[start..<end].map { (sequences[$0], 0..<sequences[$0].predictionCount) }, counts: turns.contains)
      start = end
      if batch.predictionCount == 0 { continue }
      let (outputs, _) = outputs(batch.inputs)
      let loss = crossEntropy(outputs, targets: batch.targets, ignoring: TokenWindow.ignoredTarget)
      score = score + TokenScore(total: Double(loss.scalar) * Double(batch.predictionCount), count: batch.predictionCount)
    }
    return score
  }
}
