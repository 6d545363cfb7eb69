import RecurrentData
public import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Training on pairs of series: the mean squared error of the answers, in batches in an order of their own in every epoch; steps are
/// independent.
public struct SeriesRegressionTask: TrainingTask {
  public typealias Model = ArrangedNetwork<AnyCell<Float>>

  private let training: RegressionExamples
  private let validation: RegressionExamples?
  private let batches: LengthBatches
  private let dropout: Dropout

  /// - Parameter validation: What decides which model is the best; nil: the last one is, and what is reported of every epoch is measured
  ///   on the training part.
  init(
    training: RegressionExamples, validation: RegressionExamples?, configuration: TrainingConfiguration, dropout: Dropout,
    seed: UInt64
  ) {
    self.training = training
    self.validation = validation
    self.dropout = dropout
    batches = LengthBatches(lengths: training.stepCounts, batchSize: configuration.batch, pooled: 1, seed: seed)
  }

  public var stepsPerEpoch: Int { batches.count }

  public var identity: [String: String] { ["data": String(training.digest, radix: 16)] }

  public func loss(
    of model: Model, epoch: Int, step: Int, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> (loss: Tensor<Float>, carried: NoCarriedState, units: Int) {
    let indices = batches.batch(at: step, epoch: epoch)
    let batch = training.batch(indices)
    let answers = model(batch.inputs, lengths: batch.lengths, outputCounts: batch.answerCounts) {
      dropout($0, using: &generator)
    }
    return (meanSquaredError(answers, targets: batch.targets, mask: batch.mask), carried, indices.count)
  }

  public func evaluate(_ model: Model) -> Evaluation {
    let examples = validation ?? training
    let errors = RegressionErrors(examples: examples, answers: model.answers(to: examples))
    return Evaluation(
      loss: errors.meanSquare, units: errors.count,
      metrics: errors.determination.map { ["r2": $0] } ?? [:])
  }

  /// The loss; without a validation part no model is better than another, and the last one is kept.
  public func score(of evaluation: Evaluation) -> Double { validation == nil ? .nan : evaluation.loss }
}

extension ArrangedNetwork<AnyCell<Float>> {
  /// The answers to all series, `[answers, outputs]` of each, in batches of similar length.
  func answers(to examples: RegressionExamples) -> [[Float]] {
    var result = [[Float]](repeating: [], count: examples.count)
    let steps = examples.stepCounts
    let size = Swift.max(1, Swift.min(256, 100_000 / Swift.max(1, steps.max() ?? 1)))
    for indices in LengthBatches.sorted(lengths: steps, batchSize: size) {
      let batch = examples.batch(indices)
      let answers = self(batch.inputs, lengths: batch.lengths, outputCounts: batch.answerCounts)
      let (scalars, outputs) = (answers.scalars, answers.shape[2])
      for (column, index) in indices.enumerated() {
        result[index] = (0..<batch.answerCounts[column]).flatMap { step in
          let start = (step * indices.count + column) * outputs
          return scalars[start..<start + outputs]
        }
      }
    }
    return result
  }
}

/// How far answers are from targets, over all that are known.
struct RegressionErrors {
  /// Targets that are known.
  let count: Int
  /// The mean of the squared errors.
  let meanSquare: Double
  /// The mean of the errors' sizes.
  let meanAbsolute: Double
  /// The coefficient of determination, `1 - Σ (x - t)² / Σ (t - mean)²`: 1 is perfect, 0 as good as always the mean. Nil where the
  /// targets do not differ.
  let determination: Double?

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
