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
  private let classLoss: ClassificationLoss
  /// The deviation of the noise on each measurement.
  private let noise: Float

  init(measured: SeriesExamples, hasValidation: Bool, classCount: Int, loss: ClassificationLoss, noise: Float) {
    (self.measured, self.hasValidation, self.classCount, classLoss, self.noise) = (measured, hasValidation, classCount, loss, noise)
  }

  public func loss(
    of model: SeriesModel, on batch: SeriesBatch, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    Loss(loss(of: model, on: batch, using: &generator), units: batch.inputs.shape[1])
  }

  /// The loss in any precision.
  func loss<Scalar>(of model: SeriesNetwork<Scalar>, on batch: SeriesBatch, using generator: inout RandomGenerator) -> Tensor<Scalar> {
    let inputs = noise > 0 ? batch.inputs + noise * measured.noise(shape: batch.inputs.shape, using: &generator) : batch.inputs
    let logits = model.logits(Tensor(inputs), lengths: batch.lengths) { $0($1, using: &generator) }
    return classLoss(logits, targets: batch.targets)
  }

  public func evaluate(_ model: SeriesModel, using generator: inout RandomGenerator) -> Evaluation {
    model.evaluate(measured, classCount: classCount).evaluation
  }

  /// Without a validation part no model is better than another, and the last one is kept.
  public func score(of evaluation: Evaluation) -> Double {
    hasValidation ? classLoss.score(of: evaluation) : .nan
  }
}

extension SeriesModel {
  /// Measures the model on labelled series.
  func evaluate(_ examples: SeriesExamples, classCount: Int) -> ClassificationFigures {
    var figures = ClassificationFigures(classCount: classCount)
    _ = answers(to: examples) { indices, targets, logits in
      figures.add(logits, targets: targets)
      return indices
    }
    return figures
  }

  /// The probabilities of the classes: of each series one list, or one for each of its steps.
  func probabilities(_ examples: SeriesExamples, classCount: Int) -> [[[Float]]] {
    answers(to: examples) { indices, _, logits in
      let steps = indices.map { isTagging ? examples.lengths[$0] : 1 }
      return logits.softmax().reshaped(to: [logits.count / (indices.count * classCount), indices.count, classCount])
        .sequences(lengths: steps)
        .map { row in stride(from: 0, to: row.count, by: classCount).map { Array(row[$0..<$0 + classCount]) } }
    }
  }

  private func answers<Answer>(
    to examples: SeriesExamples, _ answer: (_ indices: [Int], _ targets: IndexTensor, _ logits: Tensor<Float>) -> [Answer]
  ) -> [Answer] {
    Measuring.answers(lengths: examples.lengths, width: 4 * encoder.outputSize) { indices in
      let batch = examples.batch(indices)
      return answer(indices, batch.targets, logits(batch.inputs, lengths: batch.lengths))
    }
  }
}
