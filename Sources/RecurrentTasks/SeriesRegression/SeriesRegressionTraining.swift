import RecurrentData
public import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// The mean squared error of the answers.
public struct SeriesRegressionObjective: Objective {
  /// What is measured: the validation part, or the training part where there is none.
  private let measured: RegressionExamples
  private let hasValidation: Bool
  private let dropout: Dropout

  init(measured: RegressionExamples, hasValidation: Bool, dropout: Dropout) {
    (self.measured, self.hasValidation, self.dropout) = (measured, hasValidation, dropout)
  }

  public func loss(
    of model: ArrangedNetwork<AnyCell<Float>>, on batch: RegressionBatch, from carried: NoCarriedState,
    using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> {
    Loss(loss(of: model, on: batch, using: &generator), units: batch.lengths.count)
  }

  /// The loss in any precision.
  func loss<Scalar>(
    of model: ArrangedNetwork<AnyCell<Scalar>>, on batch: RegressionBatch, using generator: inout RandomGenerator
  ) -> Tensor<Scalar> {
    let answers = model(Tensor(batch.inputs), lengths: batch.lengths, outputCounts: batch.answerCounts) {
      dropout($0, using: &generator)
    }
    return meanSquaredError(answers, targets: Tensor(batch.targets), mask: Tensor(batch.mask))
  }

  public func evaluate(_ model: ArrangedNetwork<AnyCell<Float>>, using generator: inout RandomGenerator) -> Evaluation {
    let errors = RegressionErrors(examples: measured, answers: model.answers(to: measured))
    return Evaluation(
      loss: errors.meanSquare, units: errors.count,
      metrics: errors.determination.map { ["r2": $0] } ?? [:])
  }

  /// The loss; without a validation part no model is better than another, and the last one is kept.
  public func score(of evaluation: Evaluation) -> Double { hasValidation ? evaluation.loss : .nan }
}

extension ArrangedNetwork<AnyCell<Float>> {
  /// The answers to all series, `[answers, outputs]` of each, in batches of similar length.
  func answers(to examples: RegressionExamples) -> [[Float]] {
    let steps = examples.stepCounts
    return Measuring.answers(lengths: steps, width: 4 * encoder.outputSize) { indices in
      let batch = examples.batch(indices)
      return self(batch.inputs, lengths: batch.lengths, outputCounts: batch.answerCounts).sequences(lengths: batch.answerCounts)
    }
  }
}

/// How far answers are from targets, over all that are known.
public struct RegressionErrors: Sendable {
  /// Targets that are known.
  public let count: Int
  /// The mean of the squared errors.
  public let meanSquare: Double
  /// The mean of the errors' sizes.
  public let meanAbsolute: Double
  /// The coefficient of determination, `1 - Σ (x - t)² / Σ (t - mean)²`: 1 is perfect, 0 as good as always the mean. Nil where the
  /// targets do not differ.
  public let determination: Double?

  /// Of one channel, or of all together, in the network's units, or in the file's where a codec restores them.
  init(examples: RegressionExamples, answers: [[Float]], channel: Int? = nil, codec: RegressionCodec? = nil) {
    var pairs: [(answer: Double, target: Double)] = []
    let size = codec?.outputSize ?? 1
    for (answers, targets) in zip(answers, examples.targets) {
      for (position, (answer, target)) in zip(answers, targets).enumerated() where !target.isNaN {
        let place = position % size
        if let channel, place != channel { continue }
        pairs.append(
          (
            codec?.restored(answer, channel: place) ?? Double(answer), codec?.restored(target, channel: place) ?? Double(target)
          ))
      }
    }
    self.init(pairs)
  }

  /// Of answers with their targets.
  init(_ pairs: [(answer: Double, target: Double)]) {
    count = pairs.count
    let number = Double(Swift.max(1, count))
    let squares = pairs.reduce(0) { $0 + ($1.answer - $1.target) * ($1.answer - $1.target) }
    meanSquare = count == 0 ? .nan : squares / number
    meanAbsolute = count == 0 ? .nan : pairs.reduce(0) { $0 + abs($1.answer - $1.target) } / number
    let mean = pairs.reduce(0) { $0 + $1.target } / number
    let spread = pairs.reduce(0) { $0 + ($1.target - mean) * ($1.target - mean) }
    determination = spread > 0 ? 1 - squares / spread : nil
  }
}
