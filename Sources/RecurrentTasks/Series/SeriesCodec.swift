import Foundation
public import RecurrentData
public import RecurrentTensors

/// How series become what a model reads, as learned from the training part alone: the scale of each channel, the classes, and
/// whether values were missing. It stands in the model's file.
///
/// A missing value is 0 after standardization, which is the channel's mean; where the training part has missing values, each
/// channel has a second one that is 1 where a value was measured and 0 where it was not.
public struct SeriesCodec: Sendable, Hashable, Codable {
  /// What is told apart.
  public let classes: ClassTable
  /// The scale of each channel; nil: measurements are taken as they are.
  public let standardization: Standardization?
  /// The names of the channels.
  public let channelNames: [String]
  /// Whether each channel has a mask beside it.
  public let hasMasks: Bool
  /// The lengths of the shortest and the longest series of the training part.
  public let shortest: Int
  /// The length of the longest series of the training part.
  public let longest: Int

  /// What the training part says.
  ///
  /// - Throws: `DataError` where there are not two classes.
  init(_ training: SequenceSet, standardizes: Bool) throws(DataError) {
    classes = try ClassTable(of: training)
    standardization = standardizes ? Standardization(of: training) : nil
    channelNames = training.channelNames
    hasMasks = training.missingCount > 0
    let lengths = training.sequences.map(\.stepCount)
    shortest = lengths.min() ?? 0
    longest = lengths.max() ?? 0
  }

  /// Refuses what no training part says: a file may hold anything.
  ///
  /// - Throws: ``ArtifactError``.
  func checkConsistency() throws(ArtifactError) {
    if channelNames.isEmpty { throw ArtifactError("has a series that cannot be read: channelNames: there is no channel") }
    if let standardization, standardization.channelNames != channelNames {
      throw ArtifactError("has a series that cannot be read: standardization: it is of other channels than channelNames")
    }
    if shortest < 0 || shortest > longest {
      throw ArtifactError("has a series that cannot be read: shortest: \(shortest) is not from 0 to longest, \(longest)")
    }
  }

  /// What readers may know of the training part.
  var known: KnownSeries { KnownSeries(labels: classes.names, lengths: shortest...max(shortest, longest)) }

  /// Numbers a step that the model reads.
  var featureCount: Int { channelNames.count * (hasMasks ? 2 : 1) }

  /// Series as the model reads them.
  ///
  /// - Throws: `DataError` for other channels than the training part's, and for labels that it does not have.
  func encode(_ set: SequenceSet, isTagging: Bool) throws(DataError) -> SeriesExamples {
    if set.channelCount != channelNames.count {
      throw DataError(
        set.path, line: set.sequences.first?.line,
        "\(Figures.counted(set.channelCount, "channel")) a step, and the model reads \(channelNames.count): "
          + channelNames.prefix(8).joined(separator: ", "))
    }
    let wholeLabels = isTagging ? [] : try classes.indices(of: set)
    var examples = SeriesExamples(featureCount: featureCount, hasMasks: hasMasks, isTagging: isTagging)
    for (index, sequence) in set.sequences.enumerated() {
      let labels = isTagging ? try classes.stepIndices(of: sequence, path: set.path) : [wholeLabels[index]]
      examples.append(features(of: sequence), labels: labels.map { $0.map(Int32.init) ?? IndexTensor.ignored })
    }
    let missing = set.missingCount
    if missing > 0 {
      let total = set.sequences.reduce(0) { $0 + $1.values.count }
      examples.notes.append(
        "\(set.path): \(Figures.grouped(missing)) of \(Figures.counted(total, "value")) missing, taken as the channel's mean"
          + (hasMasks ? " and marked as missing" : "; the training part had none missing, so the model cannot tell"))
    }
    return examples
  }

  /// The numbers of a series, `[steps, features]`.
  private func features(of sequence: LabelledSequence) -> [Float] {
    let scaled = standardization?(sequence).values ?? sequence.values
    let filled = scaled.map { $0.isNaN ? 0 : Float($0) }
    guard hasMasks else { return filled }
    let (mask, count) = (sequence.mask, sequence.channelCount)
    var numbers: [Float] = []
    numbers.reserveCapacity(2 * filled.count)
    for start in stride(from: 0, to: filled.count, by: count) {
      numbers += filled[start..<start + count]
      numbers += mask[start..<start + count]
    }
    return numbers
  }
}

/// Series as a model reads them.
struct SeriesExamples: Sendable {
  /// Numbers a step.
  let featureCount: Int
  /// Whether the second half of them are masks.
  let hasMasks: Bool
  /// Whether each step has a label.
  let isTagging: Bool
  /// The numbers of each series, `[steps, features]`.
  private(set) var features: [[Float]] = []
  /// The classes: one a series, or one a step.
  private(set) var labels: [[Int32]] = []
  /// Steps of each.
  private(set) var lengths: [Int] = []
  /// What was done to them, a line each.
  var notes: [String] = []

  init(featureCount: Int, hasMasks: Bool, isTagging: Bool) {
    self.featureCount = featureCount
    self.hasMasks = hasMasks
    self.isTagging = isTagging
  }

  mutating func append(_ numbers: [Float], labels: [Int32]) {
    features.append(numbers)
    self.labels.append(labels)
    lengths.append(numbers.count / featureCount)
  }

  /// How many series there are.
  var count: Int { features.count }

  /// How many labels are known.
  var targetCount: Int { labels.reduce(0) { $0 + $1.count { $0 != IndexTensor.ignored } } }

  /// Series side by side, padded with zeros to the longest, or to `padding` steps.
  func batch(_ indices: [Int], paddedTo padding: Int = 0) -> SeriesBatch {
    let lengths = indices.map { self.lengths[$0] }
    let (time, batch) = (max(padding, lengths.max() ?? 0), indices.count)
    var scalars = [Float](repeating: 0, count: time * batch * featureCount)
    scalars.withUnsafeMutableBufferPointer { scalars in
      for (column, index) in indices.enumerated() {
        features[index].withUnsafeBufferPointer { source in
          for step in 0..<lengths[column] {
            let (to, from) = ((step * batch + column) * featureCount, step * featureCount)
            for feature in 0..<featureCount { scalars[to + feature] = source[from + feature] }
          }
        }
      }
    }
    var targets = isTagging ? [Int32](repeating: IndexTensor.ignored, count: time * batch) : indices.map { labels[$0][0] }
    if isTagging {
      for (column, index) in indices.enumerated() {
        for (step, label) in labels[index].enumerated() { targets[step * batch + column] = label }
      }
    }
    return SeriesBatch(
      inputs: Tensor(shape: [time, batch, featureCount], scalars: scalars),
      lengths: lengths.allSatisfy { $0 == time } ? nil : lengths,
      targets: IndexTensor(shape: isTagging ? [time, batch] : [batch], scalars: targets))
  }

  /// Normal noise of deviation 1 for a batch `[time, batch, features]`; none on masks.
  func noise(shape: Shape, using generator: inout RandomGenerator) -> Tensor<Float> {
    let noise = Tensor<Float>(normalWithMean: 0, shape: shape, using: &generator)
    guard hasMasks else { return noise }
    let measured = (0..<featureCount).map { $0 < featureCount / 2 ? Float(1) : 0 }
    return noise * Tensor(shape: [featureCount], scalars: measured)
  }

  /// A digest of all numbers and labels.
  var digest: Digest {
    var digest = Digest()
    for (numbers, labels) in zip(features, labels) {
      for number in numbers { digest.add(number) }
      for label in labels { digest.add(label) }
      digest.add(UInt32(numbers.count))
    }
    return digest
  }
}

/// Series side by side.
public struct SeriesBatch: Sendable {
  /// `[time, batch, features]`.
  public let inputs: Tensor<Float>
  /// The length of each; nil: all are as long as the batch.
  public let lengths: [Int]?
  /// The classes, `[batch]` or `[time, batch]`; `IndexTensor.ignored` counts for nothing.
  public let targets: IndexTensor
}
