import RecurrentData
import RecurrentLayers

/// What answers without a network, learned from the same series: always the mean of the training targets, and a linear model.
struct RegressionBaselines {
  /// What each is called, and its answers, `[answers, outputs]` of each series.
  let answers: [(name: String, answers: [[Float]])]

  /// Learns from the training part and answers for another.
  init(training: RegressionExamples, test: RegressionExamples, codec: RegressionCodec) {
    var means = [Double](repeating: 0, count: codec.outputSize)
    var counts = [Int](repeating: 0, count: codec.outputSize)
    for targets in training.targets {
      for (position, target) in targets.enumerated() where !target.isNaN {
        means[position % codec.outputSize] += Double(target)
        counts[position % codec.outputSize] += 1
      }
    }
    for channel in means.indices { means[channel] /= Double(max(1, counts[channel])) }
    var answers = [
      ("mean", test.targets.map { $0.indices.map { Float(means[$0 % codec.outputSize]) } })
    ]
    if let linear = Self.linear(training: training, test: test, codec: codec) { answers.append(("linear", linear)) }
    self.answers = answers
  }

  /// The most steps that the linear model looks back at.
  private static let reach = 24

  /// A linear model of the last inputs: for answers in step of those up to each, else of those up to the end, which gives all answers at
  /// once. Nil where series have different numbers of answers, or none is without a missing target.
  private static func linear(
    training: RegressionExamples, test: RegressionExamples, codec: RegressionCodec
  ) -> [[Float]]? {
    let inStep = codec.arrangement == .manyToManyInStep
    if !inStep, codec.answerCount == nil || !test.targets.indices.allSatisfy({ test.answerCount($0) == codec.answerCount }) {
      return nil
    }
    let lags = min(reach, training.features.indices.map { training.inputCount($0) }.max() ?? 1)
    var (inputs, outputs, rowCount) = ([Double](), [Double](), 0)
    for index in training.features.indices {
      let targets = training.targets[index]
      for (row, end) in ends(training, index, inStep).enumerated() {
        let width = inStep ? codec.outputSize : targets.count
        let output = targets[row * width..<(row + 1) * width]
        if output.contains(where: \.isNaN) { continue }
        inputs += window(training.features[index], to: end, lags: lags, size: codec.inputSize)
        outputs += output.map(Double.init)
        rowCount += 1
      }
    }
    guard rowCount > 0,
      let regression = RidgeRegression(inputs: inputs, outputs: outputs, rowCount: rowCount, penalty: 1)
    else { return nil }
    return test.features.indices.map { index in
      let rows = ends(test, index, inStep).flatMap { window(test.features[index], to: $0, lags: lags, size: codec.inputSize) }
      return regression(rows).flatMap { $0.map(Float.init) }
    }
  }

  /// Behind which inputs of a series an answer is asked for.
  private static func ends(_ examples: RegressionExamples, _ index: Int, _ inStep: Bool) -> ClosedRange<Int> {
    let count = examples.inputCount(index)
    return inStep ? 1...count : count...count
  }

  /// The `lags` inputs before a place, with zeros before the first.
  private static func window(_ features: [Float], to end: Int, lags: Int, size: Int) -> [Double] {
    let start = max(0, end - lags)
    return [Double](repeating: 0, count: (lags - (end - start)) * size) + features[start * size..<end * size].map(Double.init)
  }
}
