import RecurrentData
import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Training on labelled series: batches in an order of their own in every epoch; steps are independent.
public struct SeriesTask: TrainingTask {
  public typealias Model = SeriesModel

  private let training: SeriesExamples
  private let validation: SeriesExamples?
  private let classCount: Int
  private let batches: LengthBatches
  private let configuration: TrainingConfiguration
  /// The deviation of the noise on each measurement.
  private let noise: Float
  /// What each class weighs in the loss; nil: all the same.
  private let classWeights: [Float]?

  /// - Parameter validation: What decides which model is the best; nil: the last one is, and what is reported of every epoch is
  ///   measured on the training part.
  init(
    training: SeriesExamples, validation: SeriesExamples?, classCount: Int, data: SeriesDataConfiguration,
    configuration: TrainingConfiguration, seed: UInt64
  ) {
    self.training = training
    self.validation = validation
    self.classCount = classCount
    self.configuration = configuration
    noise = Float(data.noise)
    // One batch at a time is sorted: series are short, and few enough that mixing them well is worth more than less padding.
    batches = LengthBatches(lengths: training.lengths, batchSize: configuration.batch, pooled: 1, seed: seed)
    switch data.classWeights {
    case .equal: classWeights = nil
    case .balanced:
      var counts = [Int](repeating: 0, count: classCount)
      for label in training.labels.joined() where label != SeriesExamples.unknown { counts[Int(label)] += 1 }
      classWeights = counts.map { Float(training.targetCount) / Float(classCount * max(1, $0)) }
    }
  }

  public var stepsPerEpoch: Int { batches.count }

  public var identity: [String: String] { ["data": String(training.digest, radix: 16)] }

  public func loss(
    of model: SeriesModel, epoch: Int, step: Int, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> (loss: Tensor<Float>, carried: NoCarriedState, units: Int) {
    let indices = batches.batch(at: step, epoch: epoch)
    let batch = training.batch(indices)
    let inputs = noise > 0 ? batch.inputs + noise * training.noise(shape: batch.inputs.shape, using: &generator) : batch.inputs
    let logits = model.logits(inputs, lengths: batch.lengths, droppingWith: &generator)
    let loss =
      classWeights.map { weights in
        weightedCrossEntropy(
          logits: logits, targets: batch.targets, ignoring: SeriesExamples.unknown, weights: weights,
          labelSmoothing: configuration.labelSmoothing)
      }
      ?? crossEntropy(
        logits: logits, targets: batch.targets, ignoring: SeriesExamples.unknown,
        labelSmoothing: configuration.labelSmoothing)
    return (loss, carried, indices.count)
  }

  public func evaluate(_ model: SeriesModel) -> Evaluation {
    model.evaluate(validation ?? training, classCount: classCount).evaluation
  }

  /// The share of errors, or where classes are balanced what macro F1 lacks of 1; of equals the one with the lower loss. Without
  /// a validation part no model is better than another, and the last one is kept.
  public func score(of evaluation: Evaluation) -> Double {
    guard validation != nil else { return .nan }
    let figure = evaluation.metrics[classWeights == nil ? "accuracy" : "macroF1"] ?? 0
    return evaluation.loss.isFinite ? 1 - figure + 1e-7 * min(evaluation.loss, 1000) : .infinity
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
        crossEntropy(logits: logits, targets: batch.targets, ignoring: SeriesExamples.unknown, reduction: .sum).scalar)
      let predicted = logits.indexOfMaximum(alongAxis: logits.rank - 1)
      for (target, predicted) in zip(batch.targets.scalars, predicted.scalars) where target != SeriesExamples.unknown {
        confusion.add(truth: Int(target), prediction: Int(predicted))
      }
    }
    let count = examples.targetCount
    return SeriesEvaluation(
      evaluation: Evaluation(
        loss: count == 0 ? .nan : total / Double(count), units: count,
        metrics: ["accuracy": confusion.accuracy, "macroF1": confusion.macroF1]),
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
