import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Training of a text classifier: batches of texts of similar length, in an order of their own in every epoch; steps are
/// independent.
public struct TextClassificationTask: TrainingTask {
  public typealias Model = TextClassifier

  private let training: LabelledSequences
  private let validation: LabelledSequences
  private let labels: ClassTable
  private let batches: LengthBatches
  private let configuration: TrainingConfiguration
  /// What each class weighs in the loss; nil: all the same.
  private let classWeights: [Float]?
  private let prefersF1: Bool

  init(
    training: LabelledSequences, validation: LabelledSequences, labels: ClassTable, data: TextClassificationData,
    configuration: TrainingConfiguration, seed: UInt64
  ) {
    self.training = training
    self.validation = validation
    self.labels = labels
    self.configuration = configuration
    batches = LengthBatches(lengths: training.sequences.map(\.count), batchSize: configuration.batch, seed: seed)
    prefersF1 = data.classWeights == .balanced
    switch data.classWeights {
    case .equal: classWeights = nil
    case .balanced:
      var counts = [Int](repeating: 0, count: labels.count)
      for label in training.labels { counts[Int(label)] += 1 }
      classWeights = counts.map { Float(training.count) / Float(labels.count * max(1, $0)) }
    }
  }

  public var stepsPerEpoch: Int { batches.count }

  public var identity: [String: String] { ["data": String(training.digest, radix: 16)] }

  public func loss(
    of model: TextClassifier, epoch: Int, step: Int, from carried: NoCarriedState,
    using generator: inout RandomGenerator
  ) -> (loss: Tensor<Float>, carried: NoCarriedState, units: Int) {
    let indices = batches.batch(at: step, epoch: epoch)
    let batch = training.batch(indices)
    let targets = IndexTensor(shape: [indices.count], scalars: indices.map { training.labels[$0] })
    let logits = model.logits(batch.tokens, lengths: batch.lengths, droppingWith: &generator)
    let loss =
      classWeights.map { weights in
        weightedCrossEntropy(
          logits: logits, targets: targets, weights: weights, labelSmoothing: configuration.labelSmoothing)
      } ?? crossEntropy(logits: logits, targets: targets, labelSmoothing: configuration.labelSmoothing)
    return (loss, carried, indices.count)
  }

  public func evaluate(_ model: TextClassifier) -> Evaluation {
    model.evaluate(validation, labelCount: labels.count).evaluation
  }

  /// The share of errors, or where classes are balanced what macro F1 lacks of 1; of equals the one with the lower loss.
  public func score(of evaluation: Evaluation) -> Double {
    let figure = evaluation.metrics[prefersF1 ? "macroF1" : "accuracy"] ?? 0
    return evaluation.loss.isFinite ? 1 - figure + 1e-7 * min(evaluation.loss, 1000) : .infinity
  }
}

/// Cross entropy in which each class has a weight, divided by the sum of the weights of the targets: PyTorch's
/// `CrossEntropyLoss(weight=...)`. Smoothing spreads part of a target's probability evenly and leaves its weight as it is.
func weightedCrossEntropy(
  logits: Tensor<Float>, targets: IndexTensor, weights: [Float], labelSmoothing: Double
) -> Tensor<Float> {
  let scores = logits.logSoftmax()
  var losses = -scores.gathering(at: targets)
  if labelSmoothing > 0 {
    losses = losses * Float(1 - labelSmoothing) - scores.mean(alongAxes: 1) * Float(labelSmoothing)
  }
  let own = targets.scalars.map { weights[Int($0)] }
  return (losses * Tensor(shape: [own.count], scalars: own)).sum() * (1 / own.reduce(0, +))
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
      let logits = logits(batch.tokens, lengths: batch.lengths)
      let targets = IndexTensor(shape: [indices.count], scalars: indices.map { examples.labels[$0] })
      total += Double(crossEntropy(logits: logits, targets: targets, reduction: .sum).scalar)
      for (target, predicted) in zip(targets.scalars, logits.indexOfMaximum(alongAxis: 1).scalars) {
        confusion.add(truth: Int(target), prediction: Int(predicted))
      }
    }
    let evaluation = Evaluation(
      loss: total / Double(examples.count), units: examples.count,
      metrics: ["accuracy": confusion.accuracy, "macroF1": confusion.macroF1])
    return (evaluation, confusion)
  }
}
