public import RecurrentTensors

/// How recordings are changed at random each time that a network learns from them: speed, loudness, other sound, noise. What is nil is left as it is.
///
/// ```swift
/// import RecurrentSound
/// import RecurrentTensors
///
/// let augmentation = SoundAugmentation(speed: 0.9...1.1, gain: -6...6, noise: .pink, noiseRatio: 10...30)
/// var generator = RandomGenerator(seed: 1)
/// let changed = augmentation(Waveform(sampleRate: 8_000, samples: [0, 0.5, 0, -0.5]), using: &generator)
/// print(changed.samples)
/// ```
public struct SoundAugmentation: Sendable, Hashable {
  /// The range of speeds, from 0.1 to 10.
  public let speed: ClosedRange<Double>?
  /// The range of gains, in decibels, within 120 of 0, as are those that follow.
  public let gain: ClosedRange<Double>?
  /// The signal-to-noise ratios at which one of the caller's recordings is mixed in, in decibels.
  public let recordingRatio: ClosedRange<Double>?
  /// The kind of noise.
  public let noise: Noise
  /// The signal-to-noise ratios at which it is added, in decibels.
  public let noiseRatio: ClosedRange<Double>?

  /// Changes; none but those that are asked for.
  ///
  /// - Precondition: ranges that are within what is possible.
  public init(
    speed: ClosedRange<Double>? = nil, gain: ClosedRange<Double>? = nil, recordingRatio: ClosedRange<Double>? = nil, noise: Noise = .white,
    noiseRatio: ClosedRange<Double>? = nil
  ) {
    (self.speed, self.gain, self.recordingRatio, self.noise, self.noiseRatio) = (speed, gain, recordingRatio, noise, noiseRatio)
    if let problem { check(false, "SoundAugmentation: \(problem)") }
  }

  private var problem: String? {
    func misses(_ range: ClosedRange<Double>?, _ possible: ClosedRange<Double>) -> Bool {
      range.map { !possible.contains($0.lowerBound) || !possible.contains($0.upperBound) } ?? false
    }
    if misses(speed, Waveform.speeds) { return "speeds \(speed!); those from \(Waveform.speeds) are possible" }
    let decibels = [gain, recordingRatio, noiseRatio].first { misses($0, -120...120) }
    return decibels.map { "\($0!) decibels; those from -120 to 120 are possible" }
  }

  /// A recording, changed. Each change draws from a stream of its own, so that it does not depend on which others there are.
  ///
  /// - Parameters:
  ///   - waveform: The recording.
  ///   - recordings: What may be mixed in, with the same rate: music, streets, other speakers.
  ///   - generator: What draws; one number of it is used.
  public func callAsFunction(_ waveform: Waveform, mixing recordings: [Waveform] = [], using generator: inout RandomGenerator) -> Waveform {
    let streams = RandomGenerator(seed: generator.next())
    var result = waveform
    func draw(_ range: ClosedRange<Double>, _ stream: String) -> (value: Double, generator: RandomGenerator) {
      var generator = streams.split(stream)
      return (range.lowerBound + (range.upperBound - range.lowerBound) * generator.uniform(), generator)
    }
    if let speed { result = result.withSpeed(draw(speed, "speed").value) }
    if let gain { result = result.amplified(byDecibels: draw(gain, "gain").value) }
    if let recordingRatio {
      var (ratio, generator) = draw(recordingRatio, "recording")
      if let recording = recordings.randomElement(using: &generator), !recording.samples.isEmpty {
        result = result.mixed(with: recording, signalToNoise: ratio, offset: Int.random(in: recording.samples.indices, using: &generator))
      }
    }
    if let noiseRatio {
      var (ratio, generator) = draw(noiseRatio, "noise")
      let noise = noise.waveform(sampleRate: result.sampleRate, count: result.samples.count, using: &generator)
      result = result.mixed(with: noise, signalToNoise: ratio)
    }
    return result
  }
}

extension SoundAugmentation: Codable {
  private enum CodingKeys: String, CodingKey { case speed, gain, recordingRatio, noise, noiseRatio }

  /// - Throws: `DecodingError` for values that no augmentation has.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    speed = try values.decodeIfPresent(ClosedRange<Double>.self, forKey: .speed)
    gain = try values.decodeIfPresent(ClosedRange<Double>.self, forKey: .gain)
    recordingRatio = try values.decodeIfPresent(ClosedRange<Double>.self, forKey: .recordingRatio)
    noise = try values.decode(Noise.self, forKey: .noise)
    noiseRatio = try values.decodeIfPresent(ClosedRange<Double>.self, forKey: .noiseRatio)
    if let problem { throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: problem)) }
  }
}
