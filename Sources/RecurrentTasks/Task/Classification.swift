import RecurrentTensors
import RecurrentTraining

/// The loss of a classifier: the mean cross-entropy of the targets that are not ignored.
struct ClassificationLoss: Sendable {
  /// The weight of each class; nil: all the same.
  private let weights: [Float]?
  private let labelSmoothing: Double

  /// The loss of a classifier that is trained on these labels, among which those that are ignored do not count.
  init(_ kind: ClassWeights, labels: some Sequence<Int32>, classCount: Int, labelSmoothing: Double) {
    self.labelSmoothing = labelSmoothing
    var counts = [Int](repeating: 0, count: classCount)
    for label in labels where label != IndexTensor.ignored { counts[Int(label)] += 1 }
    let total = counts.reduce(0, +)
    weights = kind == .balanced ? counts.map { Float(total) / Float(classCount * max(1, $0)) } : nil
  }

  /// The loss of scores `[..., class]`.
  func callAsFunction<Scalar>(_ logits: Tensor<Scalar>, targets: IndexTensor) -> Tensor<Scalar> {
    guard let weights else {
      return crossEntropy(logits: logits, targets: targets, ignoring: IndexTensor.ignored, labelSmoothing: labelSmoothing)
    }
    return weightedCrossEntropy(
      logits: logits, targets: targets, ignoring: IndexTensor.ignored, weights: weights.map { Scalar($0) }, labelSmoothing: labelSmoothing)
  }

  /// The share of errors, or where classes are balanced what macro F1 lacks of 1; of equals the one with the lower loss.
  func score(of evaluation: Evaluation) -> Double {
    let figure = evaluation.metrics[weights == nil ? "accuracy" : "macroF1"] ?? 0
    return evaluation.loss.isFinite ? 1 - figure + 1e-7 * min(evaluation.loss, 1000) : .infinity
  }
}

/// What a classifier makes of examples, added up batch by batch.
struct ClassificationFigures {
  /// What was taken for what.
  private(set) var confusion: ConfusionMatrix
  private var total = 0.0
  private var count = 0

  init(classCount: Int) { confusion = ConfusionMatrix(classCount: classCount) }

  /// Adds the scores of a batch, `[..., class]`.
  mutating func add(_ logits: Tensor<Float>, targets: IndexTensor) {
    total += Double(crossEntropy(logits: logits, targets: targets, ignoring: IndexTensor.ignored, reduction: .sum).scalar)
    let predicted = logits.indexOfMaximum(alongAxis: logits.rank - 1)
    for (target, predicted) in zip(targets.scalars, predicted.scalars) where target != IndexTensor.ignored {
      confusion.add(truth: Int(target), prediction: Int(predicted))
      count += 1
    }
  }

  /// The mean loss in nats a label.
  var loss: Double { count == 0 ? .nan : total / Double(count) }

  /// Loss, accuracy and macro F1.
  var evaluation: Evaluation {
    Evaluation(loss: loss, units: count, metrics: ["accuracy": confusion.accuracy, "macroF1": confusion.macroF1])
  }
}

extension ShownFigure {
  /// The figures that people compare of a classifier.
  static var classification: [ShownFigure] {
    [ShownFigure("accuracy", style: .percent), ShownFigure("macroF1", label: "macro F1", style: .percent)]
  }
}
