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
  private let classLoss: ClassificationLoss

  /// An objective that measures on these texts.
  init(validation: LabelledSequences, labelCount: Int, loss: ClassificationLoss) {
    (self.validation, self.labelCount, classLoss) = (validation, labelCount, loss)
  }

  public func loss(
    of model: TextClassifier, on batch: TextBatch, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    Loss(loss(of: model, on: batch, using: &generator), units: batch.targets.count)
  }

  /// The loss in any precision.
  func loss<Scalar>(
    of model: TextClassificationNetwork<Scalar>, on batch: TextBatch, using generator: inout RandomGenerator
  ) -> Tensor<Scalar> {
    let logits = model.logits(batch.texts.tokens, lengths: batch.texts.lengths) { $0($1, using: &generator) }
    return classLoss(logits, targets: batch.targets)
  }

  public func evaluate(_ model: TextClassifier, using generator: inout RandomGenerator) -> Evaluation {
    model.evaluate(validation, labelCount: labelCount).evaluation
  }

  public func score(of evaluation: Evaluation) -> Double { classLoss.score(of: evaluation) }
}

extension TextClassifier {
  /// Measures the model on labelled texts.
  func evaluate(_ examples: LabelledSequences, labelCount: Int) -> ClassificationFigures {
    var figures = ClassificationFigures(classCount: labelCount)
    let width = max(configuration.embedding, 4 * encoder.outputSize)
    _ = Measuring.answers(lengths: examples.sequences.map(\.count), width: width) { indices in
      let batch = examples.batch(indices)
      figures.add(logits(batch.texts.tokens, lengths: batch.texts.lengths), targets: batch.targets)
      return indices
    }
    return figures
  }
}
