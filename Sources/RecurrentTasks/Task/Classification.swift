import RecurrentTensors
import RecurrentTraining

extension ClassWeights {
  /// The weight of each class; nil: all the same.
  func weights(of labels: some Sequence<Int32>, count: Int) -> [Float]? {
    guard self == .balanced else { return nil }
    var counts = [Int](repeating: 0, count: count)
    for label in labels where label != IndexTensor.ignored { counts[Int(label)] += 1 }
    let total = counts.reduce(0, +)
    return counts.map { Float(total) / Float(count * max(1, $0)) }
  }
}

/// The mean cross-entropy of the targets that are not ignored.
///
/// - Parameters:
///   - logits: `[..., class]`.
///   - targets: `[...]`.
func classificationLoss(
  logits: Tensor<Float>, targets: IndexTensor, classWeights: [Float]?, labelSmoothing: Double
) -> Tensor<Float> {
  guard let classWeights else {
    return crossEntropy(logits: logits, targets: targets, ignoring: IndexTensor.ignored, labelSmoothing: labelSmoothing)
  }
  return weightedCrossEntropy(
    logits: logits, targets: targets, ignoring: IndexTensor.ignored, weights: classWeights, labelSmoothing: labelSmoothing)
}

extension Evaluation {
  /// Loss, accuracy and macro F1.
  init(loss: Double, of confusion: ConfusionMatrix, units: Int) {
    self.init(loss: loss, units: units, metrics: ["accuracy": confusion.accuracy, "macroF1": confusion.macroF1])
  }

  /// The share of errors, or where classes are balanced what macro F1 lacks of 1; of equals the one with the lower loss.
  func classificationScore(isBalanced: Bool) -> Double {
    let figure = metrics[isBalanced ? "macroF1" : "accuracy"] ?? 0
    return loss.isFinite ? 1 - figure + 1e-7 * min(loss, 1000) : .infinity
  }
}

extension ShownFigure {
  /// The figures that people compare of a classifier.
  static var classification: [ShownFigure] {
    [ShownFigure("accuracy", style: .percent), ShownFigure("macroF1", label: "macro F1", style: .percent)]
  }
}
