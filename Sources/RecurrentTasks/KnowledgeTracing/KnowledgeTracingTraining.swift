#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Training of knowledge tracing: the binary cross-entropy of every answer that counts, over parts of students' sequences.
///
/// A part is `training.steps` answers at most; one that does not begin a sequence reads the answer before it first, and no more. Parts of
/// similar length go into a batch.
public struct KnowledgeTracingTask: TrainingTask {
  public typealias Model = KnowledgeTracingModel
  public typealias Carried = NoCarriedState

  private let corpus: AnswerCorpus
  private let parts: [(sequence: Int, range: Range<Int>)]
  private let batches: LengthBatches

  /// Training on the corpus's training part, measured on its validation part.
  init(corpus: AnswerCorpus, training: TrainingConfiguration, seed: UInt64) {
    self.corpus = corpus
    var parts: [(sequence: Int, range: Range<Int>)] = []
    for (index, sequence) in corpus.train.enumerated() {
      for start in stride(from: 0, to: sequence.answers.count, by: training.steps) {
        let range = start..<min(start + training.steps, sequence.answers.count)
        if sequence.answers[range].contains(where: \.counts) { parts.append((index, range)) }
      }
    }
    self.parts = parts
    batches = LengthBatches(lengths: parts.map(\.range.count), batchSize: training.batch, seed: seed)
  }

  public var stepsPerEpoch: Int { batches.count }

  public var identity: [String: String] {
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a over the training answers
    for answer in corpus.train.lazy.flatMap(\.answers) {
      for skill in answer.skills {
        let token = AnswerBatch.token(skill, isRight: answer.isRight)
        digest = (digest ^ UInt64(UInt32(bitPattern: token))) &* 0x0000_0100_0000_01b3
      }
    }
    return ["data": String(digest, radix: 16)]
  }

  public func loss(
    of model: KnowledgeTracingModel, epoch: Int, step: Int, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> (loss: Tensor<Float>, carried: NoCarriedState, units: Int) {
    let batch = AnswerBatch(corpus.train, parts: batches.batch(at: step, epoch: epoch).map { parts[$0] })
    let loss = binaryCrossEntropy(
      logits: model.logits(batch, droppingWith: &generator), targets: batch.targets, mask: batch.mask)
    return (loss, carried, batch.countedCount)
  }

  public func evaluate(_ model: KnowledgeTracingModel) -> Evaluation {
    AnswerScores(corpus.validation, probabilities: model.probabilities(corpus.validation)).evaluation
  }

  /// What people compare is the area under the curve.
  public func score(of evaluation: Evaluation) -> Double { 1 - (evaluation.metrics["auc"] ?? 0) }
}

extension KnowledgeTracingModel {
  /// The probability that each answer is right, from what the student did before it: a list for each sequence, each sequence read from its
  /// beginning.
  func probabilities(_ sequences: [SkillSequence]) -> [[Float]] {
    var result = sequences.map { [Float](repeating: 0, count: $0.answers.count) }
    let order = sequences.indices.sorted {
      let (a, b) = (sequences[$0].answers.count, sequences[$1].answers.count)
      return a != b ? a < b : $0 < $1
    }
    var start = 0
    while start < order.count {
      // As many sequences side by side as keep a batch within some megabytes.
      var end = start + 1
      while end < order.count, (end - start + 1) * sequences[order[end]].answers.count <= 16_384 { end += 1 }
      let indices = order[start..<end]
      let batch = AnswerBatch(sequences, parts: indices.map { ($0, sequences[$0].answers.indices) })
      let values = logits(batch).sigmoid().scalars
      for (column, index) in indices.enumerated() {
        for step in sequences[index].answers.indices { result[index][step] = values[step * indices.count + column] }
      }
      start = end
    }
    return result
  }
}

/// The answers that count, with the probability that was given to each, and what the figures are made of.
struct AnswerScores {
  /// The probability given to each answer.
  var probabilities: [Double] = []
  /// Whether it was right.
  var isRight: [Bool] = []

  /// The answers of some sequences that count.
  init(_ sequences: [SkillSequence], probabilities: [[Float]]) {
    for (sequence, values) in zip(sequences, probabilities) {
      for (answer, value) in zip(sequence.answers, values) where answer.counts {
        self.probabilities.append(Double(value))
        isRight.append(answer.isRight)
      }
    }
  }

  /// The area under the ROC curve; nil where all answers are right, or all wrong.
  var area: Double? { areaUnderCurve(scores: probabilities, isPositive: isRight) }

  /// The share of answers on whose side of one half the probability was.
  var accuracy: Double {
    Double(zip(probabilities, isRight).count { ($0 >= 0.5) == $1 }) / Double(max(1, isRight.count))
  }

  /// The mean binary cross-entropy in nats.
  var loss: Double {
    var total = 0.0
    for (probability, right) in zip(probabilities, isRight) {
      total -= log(max(1e-12, right ? probability : 1 - probability))
    }
    return total / Double(max(1, isRight.count))
  }

  /// The figures of a training run.
  var evaluation: Evaluation {
    var metrics = ["accuracy": accuracy]
    metrics["auc"] = area
    return Evaluation(loss: loss, units: isRight.count, metrics: metrics)
  }
}
