import RecurrentTensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What is taken from features, and what they are divided by, so that loudness, microphone and speaker matter less.
public enum FeatureNormalization: Sendable, Hashable, Codable {
  /// Nothing.
  case none
  /// The mean of each feature over the whole recording, and its deviation. Frames are known only when the recording has ended.
  case utterance
  /// The mean of what was heard so far, for live sound: frames that lie `seconds` back count 1/e of the newest. Deviations stay.
  case runningMean(seconds: Double)
  /// Means and deviations of a speaker, or of what a model was trained on: one for each feature (``FeatureStatistics``).
  case given(mean: [Double], deviation: [Double])

  /// What is wrong with it for frames of `count` features.
  func problem(featureCount count: Int) -> String? {
    switch self {
    case .none, .utterance: nil
    case .runningMean(let seconds): seconds > 0 && seconds.isFinite ? nil : "a running mean over \(seconds) s"
    case .given(let mean, let deviation):
      mean.count != count || deviation.count != count
        ? "\(mean.count) means and \(deviation.count) deviations for \(count) features"
        : mean.allSatisfy(\.isFinite) && deviation.allSatisfy { $0 > 0 && $0.isFinite } ? nil : "means must be finite, deviations positive"
    }
  }
}

/// The mean and deviation of each feature over many frames, for ``FeatureNormalization/given(mean:deviation:)``.
public struct FeatureStatistics: Sendable, Hashable, Codable {
  /// How many frames there were.
  public private(set) var count = 0
  /// The mean of each feature.
  public private(set) var mean: [Double]
  /// The sums of the squared differences from the means.
  private var squares: [Double]

  /// The statistics of no frames yet.
  public init(featureCount: Int) {
    mean = Array(repeating: 0, count: featureCount)
    squares = mean
  }

  /// Counts frames, `[frames, features]` (Welford 1962).
  ///
  /// - Precondition: whole frames.
  public mutating func add(_ frames: [Float]) {
    check(frames.count % mean.count == 0, "FeatureStatistics: \(frames.count) numbers for \(mean.count) features")
    for start in stride(from: 0, to: frames.count, by: mean.count) {
      count += 1
      for index in mean.indices {
        let difference = Double(frames[start + index]) - mean[index]
        mean[index] += difference / Double(count)
        squares[index] += difference * (Double(frames[start + index]) - mean[index])
      }
    }
  }

  /// The deviation of each feature, of a population; 1 for one that is constant.
  public var deviation: [Double] {
    zip(squares, mean).map { square, mean in
      let deviation = (square / Double(max(1, count))).squareRoot()
      return deviation > 1e-6 * max(1, mean.magnitude) ? deviation : 1
    }
  }

  /// What makes these frames have mean 0 and deviation 1.
  public var normalization: FeatureNormalization { .given(mean: mean, deviation: deviation) }
}

/// Normalizes frames as they come.
struct FeatureNormalizer: Sendable {
  private let kind: FeatureNormalization
  private var mean: [Double]
  private var deviation: [Double]
  /// What a frame counts for once another one has come, and the sum of what all count for.
  private var (decay, weight) = (0.0, 0.0)
  /// The frames that wait for the end of a recording.
  private var waiting: [Float] = []

  init(_ kind: FeatureNormalization, featureCount: Int, framesPerSecond: Double) {
    self.kind = kind
    (mean, deviation) = (Array(repeating: 0, count: featureCount), Array(repeating: 1, count: featureCount))
    switch kind {
    case .none, .utterance: break
    case .runningMean(let seconds): decay = exp(-1 / (seconds * framesPerSecond))
    case .given(let mean, let deviation): (self.mean, self.deviation) = (mean, deviation)
    }
  }

  /// Appends what is known of the frames `[frames, features]`.
  mutating func append(_ frames: [Float], to output: inout [Float]) {
    switch kind {
    case .none: output += frames
    case .utterance: waiting += frames
    case .given: appendNormalized(frames, to: &output)
    case .runningMean:
      for start in stride(from: 0, to: frames.count, by: mean.count) {
        weight = decay * weight + 1
        for index in mean.indices {
          mean[index] += (Double(frames[start + index]) - mean[index]) / weight
          output.append(Float(Double(frames[start + index]) - mean[index]))
        }
      }
    }
  }

  /// Appends what waited for the end.
  mutating func finish(to output: inout [Float]) {
    guard !waiting.isEmpty else { return }
    var statistics = FeatureStatistics(featureCount: mean.count)
    statistics.add(waiting)
    (mean, deviation) = (statistics.mean, statistics.deviation)
    appendNormalized(waiting, to: &output)
  }

  private func appendNormalized(_ frames: [Float], to output: inout [Float]) {
    for start in stride(from: 0, to: frames.count, by: mean.count) {
      for index in mean.indices { output.append(Float((Double(frames[start + index]) - mean[index]) / deviation[index])) }
    }
  }
}
