import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// The cross-entropy of the labels of series, or of their steps.
public struct SeriesObjective: Objective {
  /// What is measured: the validation part, or the training part where there is none.
  private let measured: SeriesExamples
  /// Whether that decides which model is the best; otherwise the last one is.
  private let hasValidation: Bool
  private let classCount: Int
  /// The weight of each class in the loss; nil: all the same.
  private let classWeights: [Float]?
  /// The deviation of the noise on each measurement.
  private let noise: Float
  private let labelSmoothing: Double

  init(
    measured: SeriesExamples, hasValidation: Bool, classCount: Int, classWeights: [Float]?, noise: Float, labelSmoothing: Double
  ) {
    (self.measured, self.hasValidation, self.classCount) = (measured, hasValidation, classCount)
    (self.classWeights, self.noise, self.labelSmoothing) = (classWeights, noise, labelSmoothing)
  }

  public func loss(
    of model: SeriesModel, on batch: SeriesBatch, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    let inputs = noise > 0 ? batch.inputs + noise * measured.noise(shape: batch.inputs.shape, using: &generator) : batch.inputs
    let logits = model.logits(inputs, lengths: batch.lengths, droppingWith: &generator)
    return Loss(
      classificationLoss(logits: logits, targets: batch.targets, classWeights: classWeights, labelSmoothing: labelSmoothing),
      units: batch.inputs.shape[1])
  }

  public func evaluate(_ model: SeriesModel, using generator: inout RandomGenerator) -> Evaluation {
    model.evaluate(measured, classCount: classCount).evaluation
  }

  /// Without a validation part no model is better than another, and the last one is kept.
  public func score(of evaluation: Evaluation) -> Double {
    hasValidation ? evaluation.classificationScore(isBalanced: classWeights != nil) : .nan
  }
}

/// What a model makes of series: a figure for all of them, and the probabilities for each.
struct SeriesEvaluation {
  /// The mean loss in nats a label, accuracy and macro F1.
  let evaluation: Evaluation
  /// What was taken for what.
  let confusion: ConfusionMatrix
}

extension SeriesModel {
  /// Measures the model on labelled series.
  func evaluate(_ examples: SeriesExamples, classCount: Int) -> SeriesEvaluation {
    var confusion = ConfusionMatrix(classCount: classCount)
    var total = 0.0
    forEachBatch(of: examples) { _, batch, logits in
      total += Double(
        crossEntropy(logits: logits, targets: batch.targets, ignoring: IndexTensor.ignored, reduction: .sum).scalar)
      let predicted = logits.indexOfMaximum(alongAxis: logits.rank - 1)
      for (target, predicted) in zip(batch.targets.scalars, predicted.scalars) where target != IndexTensor.ignored {
        confusion.add(truth: Int(target), prediction: Int(predicted))
      }
    }
    let count = examples.targetCount
    return SeriesEvaluation(
      evaluation: Evaluation(loss: count == 0 ? .nan : total / Double(count), of: confusion, units: count),
      confusion: confusion)
  }

  /// The probabilities of the classes: of each series one list, or one for each of its steps.
  func probabilities(_ examples: SeriesExamples, classCount: Int) -> [[[Float]]] {
    var result = [[[Float]]](repeating: [], count: examples.count)
    forEachBatch(of: examples) { indices, _, logits in
      let scalars = logits.softmax().scalars
      for (column, index) in indices.enumerated() {
        let steps = examples.isTagging ? examples.lengths[index] : 1
        result[index] = (0..<steps).map { step in
          let start = (step * indices.count + column) * classCount
          return Array(scalars[start..<start + classCount])
        }
      }
    }
    return result
  }

  /// Reads all series in batches of similar length, with about as many steps in each.
  private func forEachBatch(
    of examples: SeriesExamples, _ body: (_ indices: [Int], _ batch: SeriesBatch, _ logits: Tensor<Float>) -> Void
  ) {
    let longest = max(1, examples.lengths.max() ?? 1)
    let size = max(1, min(256, 100_000 / longest))
    for indices in LengthBatches.sorted(lengths: examples.lengths, batchSize: size) {
      let batch = examples.batch(indices)
      body(indices, batch, logits(batch.inputs, lengths: batch.lengths))
    }
  }
}
