public import RecurrentData
public import RecurrentLayers
public import RecurrentTensors

/// How pairs of series become what a network reads and is asked for, as learned from the training part alone: the scales of inputs and
/// targets. It stands in the model's file.
///
/// A missing input is 0 after standardization, which is the channel's mean, and has a mark beside it where the training part has missing
/// values. A missing target counts for nothing.
public struct RegressionCodec: Sendable, Hashable, Codable {
  /// Where inputs enter and answers are read.
  public let arrangement: Arrangement
  /// The scale of each channel of the inputs; nil: they are taken as they are.
  public let inputScale: Standardization?
  /// The scale of each channel of the targets; nil: they are taken as they are.
  public let targetScale: Standardization?
  /// Numbers of an input in the file.
  public let inputChannelCount: Int
  /// Numbers of an answer.
  public let outputSize: Int
  /// Whether each input has a mark beside it that says whether it was measured.
  public let hasMasks: Bool
  /// How many answers every training series has, where all have the same number.
  public let answerCount: Int?

  init(_ training: SequencePairSet, arrangement: Arrangement, standardizes: Bool) throws(DataError) {
    self.arrangement = arrangement
    inputScale = standardizes ? Standardization(of: training.inputs) : nil
    targetScale = standardizes ? Standardization(of: training.targets) : nil
    inputChannelCount = training.inputs.channelCount
    outputSize = training.targets.channelCount
    hasMasks = training.inputs.missingCount > 0
    let counts = Set(training.targets.sequences.map(\.stepCount))
    answerCount = counts.count == 1 ? counts.first : nil
  }

  /// Refuses what no training part says: a file may hold anything.
  ///
  /// - Throws: ``ArtifactError``.
  func checkConsistency(with arrangement: Arrangement) throws(ArtifactError) {
    func fail(_ key: String, _ problem: String) -> ArtifactError { ArtifactError("has a regression that cannot be read: \(key): \(problem)") }
    if self.arrangement != arrangement {
      throw fail("arrangement", "\(self.arrangement.rawValue) is another than the configuration's, \(arrangement.rawValue)")
    }
    for (key, count, scale, name) in [
      ("inputChannelCount", inputChannelCount, inputScale, "inputScale"), ("outputSize", outputSize, targetScale, "targetScale"),
    ] {
      if !Self.channelCounts.contains(count) { throw fail(key, "\(count) is not from 1 to \(Self.channelCounts.upperBound)") }
      if let scale, scale.means.count != count { throw fail(name, "it has \(Figures.counted(scale.means.count, "channel")), not \(count)") }
    }
    if let answerCount, !(1...Self.mostAnswers).contains(answerCount) {
      throw fail("answerCount", "\(answerCount) is not from 1 to \(Self.mostAnswers)")
    }
  }

  /// How many numbers a step may have, more than any file's line holds.
  private static let channelCounts = 1...1_000_000
  /// The most answers to a series that are made at once.
  static let mostAnswers = 1_000_000

  /// Numbers of a step that the network reads.
  var inputSize: Int { inputChannelCount * (hasMasks ? 2 : 1) }

  /// What is worth knowing about the data.
  var notes: [String] { (inputScale?.notes ?? []) + (targetScale?.notes ?? []) }

  /// Pairs as the network reads them.
  ///
  /// - Throws: `DataError` for other channels than the training part's, and for what the arrangement does not accept.
  func encode(_ pairs: SequencePairSet) throws(DataError) -> RegressionExamples {
    for (name, count, expected) in [
      ("x", pairs.inputs.channelCount, inputChannelCount), ("y", pairs.targets.channelCount, outputSize),
    ] where count != expected {
      throw DataError(
        pairs.path, line: pairs.inputs.sequences.first?.line,
        "\(name) has \(Figures.counted(count, "channel")), and the training part has \(expected)")
    }
    var examples = RegressionExamples(codec: self)
    for (input, target) in zip(pairs.inputs.sequences, pairs.targets.sequences) {
      try check(input, answers: target.stepCount, path: pairs.path)
      examples.append(features(of: input), targets: (targetScale?(target) ?? target).values.map(Float.init))
    }
    return examples
  }

  /// Inputs that are only to be answered, with the number of answers that each is asked for.
  func encode(_ inputs: SequenceSet, answerCounts: [Int]) throws(DataError) -> RegressionExamples {
    var examples = RegressionExamples(codec: self)
    for (input, count) in zip(inputs.sequences, answerCounts) {
      try check(input, answers: count, path: inputs.path)
      examples.append(features(of: input), targets: [Float](repeating: .nan, count: count * outputSize))
    }
    return examples
  }

  private func check(_ input: LabelledSequence, answers: Int, path: String) throws(DataError) {
    if arrangement.accepts(inputCount: input.stepCount, outputCount: answers) { return }
    let wanted =
      switch arrangement {
      case .oneToOne: "one step of x and one of y"
      case .oneToMany: "one step of x"
      case .manyToOne: "one step of y"
      case .manyToManyInStep: "as many steps of y as of x"
      case .manyToManyAfter: "at least one step of each"
      }
    throw DataError(
      path, line: input.line,
      "\(Figures.counted(input.stepCount, "step")) of x and \(answers) of y: \(arrangement.rawValue) needs \(wanted);"
        + " another model.arrangement may be meant")
  }

  /// The numbers of a series, `[steps, inputs]`.
  private func features(of sequence: LabelledSequence) -> [Float] {
    let scaled = (inputScale?(sequence) ?? sequence).values.map { $0.isNaN ? 0 : Float($0) }
    guard hasMasks else { return scaled }
    let (mask, count) = (sequence.mask, sequence.channelCount)
    return stride(from: 0, to: scaled.count, by: count).flatMap { scaled[$0..<$0 + count] + mask[$0..<$0 + count] }
  }

  /// An answer in the file's own units.
  func restored(_ value: Float, channel: Int) -> Double { targetScale?.restored(Double(value), channel: channel) ?? Double(value) }
}

/// Pairs of series as a network reads them.
struct RegressionExamples: Sendable {
  private let inputSize: Int
  private let outputSize: Int
  private let arrangement: Arrangement
  /// The numbers that are read, `[steps, inputs]` of each.
  private(set) var features: [[Float]] = []
  /// What is to be made of them, `[answers, outputs]` of each; NaN where it is not known.
  private(set) var targets: [[Float]] = []

  init(codec: RegressionCodec) { (inputSize, outputSize, arrangement) = (codec.inputSize, codec.outputSize, codec.arrangement) }

  mutating func append(_ numbers: [Float], targets: [Float]) {
    features.append(numbers)
    self.targets.append(targets)
  }

  /// How many series there are.
  var count: Int { features.count }

  /// Inputs of a series.
  func inputCount(_ index: Int) -> Int { features[index].count / inputSize }

  /// Answers that a series is asked for.
  func answerCount(_ index: Int) -> Int { targets[index].count / outputSize }

  /// The steps that a network takes over each series.
  var stepCounts: [Int] {
    features.indices.map { arrangement.stepCount(inputCount: inputCount($0), outputCount: answerCount($0)) }
  }

  /// How many targets are known.
  var targetCount: Int { targets.reduce(0) { $0 + $1.count { !$0.isNaN } } }

  /// Series side by side, padded with zeros.
  func batch(_ indices: [Int]) -> RegressionBatch {
    let (lengths, counts) = (indices.map { inputCount($0) }, indices.map { answerCount($0) })
    func together(_ series: [[Float]], _ lengths: [Int], _ size: Int) -> Tensor<Float> {
      let (time, batch) = (lengths.max() ?? 0, indices.count)
      var scalars = [Float](repeating: 0, count: time * batch * size)
      for (column, index) in indices.enumerated() {
        for step in 0..<lengths[column] {
          for channel in 0..<size { scalars[(step * batch + column) * size + channel] = series[index][step * size + channel] }
        }
      }
      return Tensor(shape: [time, batch, size], scalars: scalars)
    }
    let targets = together(self.targets, counts, outputSize)
    var (values, mask) = (targets.scalars, [Float](repeating: 0, count: targets.scalars.count))
    for (position, column) in values.indices.map({ ($0, $0 / outputSize % indices.count) }) {
      if values[position].isNaN {
        values[position] = 0
      } else if position / (outputSize * indices.count) < counts[column] {
        mask[position] = 1
      }
    }
    return RegressionBatch(
      inputs: together(features, lengths, inputSize), lengths: lengths, answerCounts: counts,
      targets: Tensor(shape: targets.shape, scalars: values), mask: Tensor(shape: targets.shape, scalars: mask))
  }

  /// A digest of all numbers.
  var digest: Digest {
    var digest = Digest()
    for numbers in [features, targets].joined() {
      for number in numbers { digest.add(number) }
      digest.add(UInt32(numbers.count))
    }
    return digest
  }
}

/// Pairs of series side by side.
public struct RegressionBatch: Sendable {
  /// `[time, batch, inputs]`.
  public let inputs: Tensor<Float>
  /// Inputs of each.
  public let lengths: [Int]
  /// Answers of each.
  public let answerCounts: [Int]
  /// `[answers, batch, outputs]`.
  public let targets: Tensor<Float>
  /// 1 where a target is known.
  public let mask: Tensor<Float>
}
