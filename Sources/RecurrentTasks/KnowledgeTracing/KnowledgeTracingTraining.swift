#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Parts of students' sequences, those of similar length side by side.
///
/// A part is `training.steps` answers at most; one that does not begin a sequence reads the answer before it first, and no more.
extension LengthSortedBatches<AnswerBatch> {
  init(_ sequences: [SkillSequence], steps: Int, batchSize: Int, seed: UInt64) {
    var parts: [(sequence: Int, range: Range<Int>)] = []
    for (index, sequence) in sequences.enumerated() {
      for start in stride(from: 0, to: sequence.answers.count, by: steps) {
        let range = start..<min(start + steps, sequence.answers.count)
        if sequence.answers[range].contains(where: \.counts) { parts.append((index, range)) }
      }
    }
    let tokens = sequences.lazy.flatMap(\.answers).flatMap { answer in
      answer.skills.map { AnswerBatch.token($0, isRight: answer.isRight) }
    }
    self.init(lengths: parts.map(\.range.count), batchSize: batchSize, seed: seed, digest: Digest(tokens)) { [parts] indices in
      AnswerBatch(sequences, parts: indices.map { parts[$0] })
    }
  }
}

/// The binary cross-entropy of every answer that counts.
public struct KnowledgeTracingObjective: Objective {
  private let validation: [SkillSequence]

  /// An objective that measures on these sequences.
  init(validation: [SkillSequence]) { self.validation = validation }

  public func loss(
    of model: KnowledgeTracingModel, on batch: AnswerBatch, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    Loss(loss(of: model, on: batch, using: &generator), units: batch.countedCount)
  }

  /// The loss in any precision.
  func loss<Scalar>(
    of model: KnowledgeTracingNetwork<Scalar>, on batch: AnswerBatch, using generator: inout RandomGenerator
  ) -> Tensor<Scalar> {
    let logits = model.logits(batch) { $0($1, using: &generator) }
    return binaryCrossEntropy(logits: logits, targets: Tensor(batch.targets), mask: Tensor(batch.mask))
  }

  public func evaluate(_ model: KnowledgeTracingModel, using generator: inout RandomGenerator) -> Evaluation {
    AnswerScores(validation, probabilities: model.probabilities(validation)).evaluation
  }

  /// What people compare is the area under the curve.
  public func score(of evaluation: Evaluation) -> Double { 1 - (evaluation.metrics["auc"] ?? 0) }
}

extension KnowledgeTracingModel {
  /// The probability that each answer is right, from what the student did before it: a list for each sequence, each sequence read from its
  /// beginning.
  func probabilities(_ sequences: [SkillSequence]) -> [[Float]] {
    let lengths = sequences.map(\.answers.count)
    return Measuring.answers(lengths: lengths, width: 4 * configuration.hidden) { indices in
      let batch = AnswerBatch(sequences, parts: indices.map { ($0, sequences[$0].answers.indices) })
      return logits(batch).sigmoid().sequences(lengths: indices.map { lengths[$0] })
    }
  }
}

/// The answers that count, with the probability that was given to each, and what the figures are made of.
public struct AnswerScores: Sendable {
  /// The probability given to each answer.
  public private(set) var probabilities: [Double] = []
  /// Whether it was right.
  public private(set) var isRight: [Bool] = []

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
  public var area: Double? { areaUnderCurve(scores: probabilities, isPositive: isRight) }

  /// The share of answers on whose side of one half the probability was.
  public var accuracy: Double {
    Double(zip(probabilities, isRight).count { ($0 >= 0.5) == $1 }) / Double(max(1, isRight.count))
  }

  /// The mean binary cross-entropy in nats.
  public var loss: Double {
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
