public import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Texts side by side, each with its label.
public struct TextBatch: Sendable {
  /// The tokens and their lengths.
  public let texts: TokenBatch
  /// The index of each label, `[batch]`.
  public let targets: IndexTensor
}

/// The cross-entropy of the labels.
public struct TextClassificationObjective: Objective {
  private let validation: LabelledSequences
  private let labelCount: Int
  /// The weight of each class in the loss; nil: all the same.
  private let classWeights: [Float]?
  private let labelSmoothing: Double

  /// An objective that measures on these texts.
  init(validation: LabelledSequences, labelCount: Int, classWeights: [Float]?, labelSmoothing: Double) {
    (self.validation, self.labelCount) = (validation, labelCount)
    (self.classWeights, self.labelSmoothing) = (classWeights, labelSmoothing)
  }

  public func loss(
    of model: TextClassifier, on batch: TextBatch, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    let logits = model.logits(batch.texts.tokens, lengths: batch.texts.lengths, droppingWith: &generator)
    return Loss(
      classificationLoss(logits: logits, targets: batch.targets, classWeights: classWeights, labelSmoothing: labelSmoothing),
      units: batch.targets.count)
  }

  public func evaluate(_ model: TextClassifier, using generator: inout RandomGenerator) -> Evaluation {
    model.evaluate(validation, labelCount: labelCount).evaluation
  }

  public func score(of evaluation: Evaluation) -> Double { evaluation.classificationScore(isBalanced: classWeights != nil) }
}

extension TextClassifier {
  /// Measures the model on labelled texts: the mean loss in nats, accuracy and macro F1, and what was taken for what.
  func evaluate(
    _ examples: LabelledSequences, labelCount: Int
  ) -> (evaluation: Evaluation, confusion: ConfusionMatrix) {
    var confusion = ConfusionMatrix(classCount: labelCount)
    var total = 0.0
    for indices in LengthBatches.sorted(lengths: examples.sequences.map(\.count), batchSize: 64) {
      let batch = examples.batch(indices)
      let logits = logits(batch.texts.tokens, lengths: batch.texts.lengths)
      total += Double(crossEntropy(logits: logits, targets: batch.targets, reduction: .sum).scalar)
      for (target, predicted) in zip(batch.targets.scalars, logits.indexOfMaximum(alongAxis: 1).scalars) {
        confusion.add(truth: Int(target), prediction: Int(predicted))
      }
    }
    return (Evaluation(loss: total / Double(examples.count), of: confusion, units: examples.count), confusion)
  }
}
