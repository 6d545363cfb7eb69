import RecurrentSound
public import RecurrentTraining

/// The settings of what a network hears: the rate of the sound, and which numbers a frame of it has.
public struct SoundSettings: Configuration {
  /// What is taken from features, and what they are divided by.
  public enum Normalization: String, Codable, Sendable, CaseIterable {
    /// Means and deviations of the training part.
    case training
    /// Those of each recording, which are known when it has ended.
    case recording
    /// The mean of what was heard so far.
    case running
    /// Nothing.
    case none
  }

  @Setting(1_000...768_000, "The rate in Hz that sound is brought to.") public var sampleRate = 16_000
  @Setting(1...1000, "How much sound a frame sees, in milliseconds.") public var window = 25.0
  @Setting(0.1...1000, "How far apart frames are, in milliseconds.") public var hop = 10.0
  @Setting(1...1024, "Mel bands, whose logarithms are the features.") public var bands = 40
  @Setting(1...1024, "Mel-frequency cepstral coefficients in the place of the bands. Absent: the bands themselves.") public var coefficients: Int?
  @Setting(0...2, "How many times features are differentiated in time, and the results appended.") public var deltas = 0
  @Setting(0...0.99, "How much of each sample is taken from the next, so that high frequencies count for more.") public var preEmphasis = 0.97
  @Setting(
    "What is taken from features: means and deviations of the training part (training), or of each recording (recording: it is read when it has ended); the"
      + " mean of what was heard so far (running); or none.")
  public var normalization = Normalization.training
  @Setting(0.1...3600, "Of a running mean: how many seconds back a frame counts 1/e of the newest.") public var runningSeconds = 3.0

  public init() {}

  public func validate() throws {
    if let problem = features.problem { throw ConfigurationError(key: "bands", "with the other keys of sound: \(problem)") }
    if let coefficients, coefficients > bands {
      throw ConfigurationError(key: "coefficients", "is \(coefficients), more than there are bands, \(bands)")
    }
  }

  /// The features; those of the training part are not normalized yet.
  var features: SoundFeatures {
    let kind: SoundFeatures.Kind = coefficients.map { .mfcc(coefficientCount: min($0, bands)) } ?? .logMel
    let normalization: FeatureNormalization =
      switch normalization {
      case .training, .none: .none
      case .recording: .utterance
      case .running: .runningMean(seconds: runningSeconds)
      }
    return SoundFeatures(
      unchecked: sampleRate, window: window, hop: hop, fftSize: nil, bandCount: bands, lowestFrequency: 0, highestFrequency: nil,
      preEmphasis: preEmphasis, kind: kind, deltas: deltas, normalization: normalization)
  }

  /// The features in a few words: "40 log-mel bands at 8000 Hz, 25 ms each 10 ms".
  var summary: String {
    let kind = coefficients.map { "\($0) MFCC of \(bands) bands" } ?? "\(bands) log-mel bands"
    func short(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
    return "\(kind)\(deltas == 0 ? "" : " with \(deltas == 1 ? "first" : "first and second") deltas") at \(sampleRate) Hz, \(short(window)) ms each"
      + " \(short(hop)) ms, normalized by \(normalization.rawValue)"
  }
}

/// The settings of how recordings are changed each time that they are learned from.
public struct AugmentationSettings: Configuration {
  @Setting(0...0.5, "Training recordings are played faster or slower, by at most this share.") public var speed = 0.0
  @Setting(0...60, "They are made louder or softer, by at most so many decibels.") public var gain = 0.0
  @Setting(-20...100, "Pink noise is added; the loudest is so many decibels softer than the recording, the softest 30 more. Absent: none.")
  public var noise: Double?
  @Setting(0...10, "Stretches of frequencies that are hidden (SpecAugment, Park et al. 2019).") public var frequencyMasks = 0
  @Setting(1...1024, "The features that one hides at most.") public var frequencyMask = 8
  @Setting(0...10, "Stretches of time that are hidden.") public var timeMasks = 0
  @Setting(1...10_000, "The frames that one hides at most.") public var timeMask = 10
  @Setting(0...1, "The share of a recording that one hides at most.") public var timeMaskShare = 0.2

  public init() {}

  /// What is done to the sound; nil: nothing.
  var ofSound: SoundAugmentation? {
    if speed == 0, gain == 0, noise == nil { return nil }
    return SoundAugmentation(
      speed: speed == 0 ? nil : 1 - speed...1 + speed, gain: gain == 0 ? nil : -gain...gain, noise: .pink, noiseRatio: noise.map { $0...min($0 + 30, 120) })
  }

  /// What is done to the features; nil: nothing.
  var ofFeatures: SpecAugment? {
    if frequencyMasks == 0, timeMasks == 0 { return nil }
    return SpecAugment(
      frequencyMaskCount: frequencyMasks, widestFrequencyMask: frequencyMask, timeMaskCount: timeMasks, longestTimeMask: timeMask,
      longestTimeShare: timeMaskShare)
  }
}
