import RecurrentTensors

/// Makes each channel have mean 0 and standard deviation 1 in the training data: `(x - mean) / deviation`.
///
/// Statistics come from the training split only, or a model would know something of the future; they are `Codable` and belong in the
/// model's file. The deviation is that of a population (divided by the count), as in scikit-learn and in the ETT benchmarks. Missing values
/// do not count, and stay missing.
///
/// A channel that is constant in training becomes 0 (its deviation is stored as 1), so that in other data it is the difference from that
/// constant. One without a single value in training becomes 0 throughout.
public struct Standardization: Sendable, Hashable, Codable {
  /// The names of the channels.
  public let channelNames: [String]
  /// The means, a channel each.
  public let means: [Double]
  /// What the differences are divided by, a channel each; never 0.
  public let deviations: [Double]
  /// Which channels had a single value in training, or none.
  public let constantChannels: [Int]
  /// Which channels had no value in training.
  public let emptyChannels: [Int]

  /// The statistics of a training set.
  public init(of training: SequenceSet) {
    self.init(channelNames: training.channelNames, parts: training.sequences.lazy.map(\.values))
  }

  /// The statistics of columns of the same length, for example the training rows of a table.
  public init(columns: [[Double]], names: [String]) {
    check(columns.count == names.count, "Standardization: \(columns.count) columns and \(names.count) names")
    let all = columns.map { Statistics($0) }
    self.init(channelNames: names, statistics: all)
  }

  private init(channelNames: [String], parts: some Sequence<[Double]>) {
    let count = channelNames.count
    var all = Array(repeating: Statistics(), count: count)
    // Two passes, since a sum of squares loses all its digits where the mean is large.
    for values in parts {
      for (index, value) in values.enumerated() { all[index % count].add(value) }
    }
    for index in all.indices { all[index].endFirstPass() }
    for values in parts {
      for (index, value) in values.enumerated() { all[index % count].addSquare(value) }
    }
    for index in all.indices { all[index].hasEnded = true }
    self.init(channelNames: channelNames, statistics: all)
  }

  private init(channelNames: [String], statistics: [Statistics]) {
    self.channelNames = channelNames
    means = statistics.map { $0.count == 0 ? 0 : $0.mean }
    emptyChannels = statistics.indices.filter { statistics[$0].count == 0 }
    constantChannels = statistics.indices.filter { statistics[$0].count > 0 && statistics[$0].isConstant }
    deviations = statistics.map { $0.count == 0 || $0.isConstant ? 1 : $0.deviation }
  }

  /// A sequence in units of the training data's deviations; what is missing stays NaN.
  ///
  /// - Precondition: it has these channels.
  public func callAsFunction(_ sequence: LabelledSequence) -> LabelledSequence {
    check(
      sequence.channelCount == means.count,
      "Standardization: a sequence of \(sequence.channelCount) channels, statistics of \(means.count)")
    var result = sequence
    for index in result.values.indices { result.values[index] = standardized(result.values[index], channel: index % means.count) }
    return result
  }

  /// A set in units of the training data's deviations.
  public func callAsFunction(_ set: SequenceSet) -> SequenceSet {
    var result = set
    result.sequences = set.sequences.map { self($0) }
    return result
  }

  /// One value in units of the training data's deviation.
  public func standardized(_ value: Double, channel: Int) -> Double {
    if emptyChannels.contains(channel), !value.isNaN { return 0 }
    return (value - means[channel]) / deviations[channel]
  }

  /// The value that `standardized` made this of.
  public func restored(_ value: Double, channel: Int) -> Double { value * deviations[channel] + means[channel] }

  /// What is worth knowing about it, a sentence each.
  public var notes: [String] {
    constantChannels.map {
      "\(quoted(channelNames[$0])) is constant in the training data (always \(means[$0])): a model learns nothing from it"
    }
      + emptyChannels.map { "\(quoted(channelNames[$0])) has no value in the training data: it counts as 0 everywhere" }
  }
}

extension Standardization {
  /// Decodes statistics; throws `DecodingError` if they are none: a mean and a deviation above 0 for each channel.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func fail(_ key: CodingKeys, _ problem: String) -> DecodingError { .dataCorruptedError(forKey: key, in: container, debugDescription: problem) }
    channelNames = try container.decode([String].self, forKey: .channelNames)
    means = try container.decode([Double].self, forKey: .means)
    deviations = try container.decode([Double].self, forKey: .deviations)
    constantChannels = try container.decode([Int].self, forKey: .constantChannels)
    emptyChannels = try container.decode([Int].self, forKey: .emptyChannels)
    let count = channelNames.count
    if count == 0 { throw fail(.channelNames, "there is no channel") }
    for (key, values) in [(CodingKeys.means, means), (.deviations, deviations)] where values.count != count {
      throw fail(key, "\(counted(values.count, "number")) for \(counted(count, "channel"))")
    }
    if !means.allSatisfy(\.isFinite) { throw fail(.means, "a mean is not a finite number") }
    if !deviations.allSatisfy({ $0.isFinite && $0 > 0 }) { throw fail(.deviations, "a deviation must be a finite number above 0") }
    for (key, channels) in [(CodingKeys.constantChannels, constantChannels), (.emptyChannels, emptyChannels)] {
      if let wrong = channels.first(where: { !(0..<count).contains($0) }) { throw fail(key, "there is no channel \(wrong) among \(count)") }
    }
  }
}

/// Mean and deviation of one channel, in two passes.
private struct Statistics {
  private var sum = 0.0
  private var squares = 0.0
  private var minimum = Double.infinity
  private var maximum = -Double.infinity
  private(set) var count = 0
  private(set) var mean = 0.0
  /// Whether both passes are done.
  var hasEnded = false

  init() {}

  init(_ values: [Double]) {
    for value in values { add(value) }
    endFirstPass()
    for value in values { addSquare(value) }
    hasEnded = true
  }

  mutating func add(_ value: Double) {
    guard !value.isNaN else { return }
    count += 1
    sum += value
    minimum = min(minimum, value)
    maximum = max(maximum, value)
  }

  mutating func endFirstPass() { mean = isConstant ? minimum : sum / Double(max(1, count)) }

  mutating func addSquare(_ value: Double) {
    guard !value.isNaN else { return }
    squares += (value - mean) * (value - mean)
  }

  /// Differences whose squares a Double cannot hold are none.
  var isConstant: Bool { minimum == maximum || hasEnded && squares == 0 }
  var deviation: Double { (squares / Double(count)).squareRoot() }
}
