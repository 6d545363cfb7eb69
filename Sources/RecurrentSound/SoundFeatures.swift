public import RecurrentTensors

/// What a network hears of sound: which numbers are made of it, a frame each few milliseconds.
///
/// Frame t has its middle at t hops from the beginning, and sound is silence before its beginning and after its end, so n samples have
/// `1 + n / hop` frames (rounded down; none if there are no samples). Of the power spectrum `|FFT(x · hann)|²` a frame has the logarithms of mel bands (Slaney
/// 1998), or mel-frequency cepstral coefficients, the orthonormal cosine transform of these (Davis and Mermelstein 1980). Numbers equal librosa's.
///
/// It is a value of the model, and stands in its file.
///
/// ```swift
/// import RecurrentSound
///
/// let features = SoundFeatures(sampleRate: 16_000, bandCount: 40, deltas: 2, normalization: .runningMean(seconds: 3))
/// var extractor = features.extractor()
/// var frames: [Float] = []  // [frames, features.count]
/// for _ in 0..<10 { extractor.append([Float](repeating: 0.1, count: 1_600), to: &frames) }
/// extractor.finish(to: &frames)
/// print(frames.count / features.count, features.seconds(ofFrame: 100))
/// ```
public struct SoundFeatures: Sendable, Hashable {
  /// Which numbers describe a spectrum.
  public enum Kind: Sendable, Hashable, Codable {
    /// Natural logarithms of the powers of the bands.
    case logMel
    /// Mel-frequency cepstral coefficients, the first of which is the loudness.
    case mfcc(coefficientCount: Int)
  }

  /// The rate of the sound, in Hz.
  public let sampleRate: Int
  /// How much sound a frame sees, in milliseconds.
  public let window: Double
  /// How far apart frames are, in milliseconds; no more than ``window``.
  public let hop: Double
  /// The samples of a transform: a power of two; what the window lacks of it is zeros.
  public let fftSize: Int
  /// How many mel bands there are.
  public let bandCount: Int
  /// Where the lowest band begins, in Hz.
  public let lowestFrequency: Double
  /// Where the highest band ends, in Hz.
  public let highestFrequency: Double
  /// How much of each sample is taken from the next, so that high frequencies count for more; 0 for nothing, usually 0.97 otherwise.
  public let preEmphasis: Double
  /// Which numbers describe a spectrum.
  public let kind: Kind
  /// How many times features are differentiated in time, and the results appended: from 0 to 2.
  public let deltas: Int
  /// What is taken from all of these.
  public let normalization: FeatureNormalization

  /// Features; without frequencies the bands cover all that the rate has, and without a size the transform is as short as the window allows.
  ///
  /// - Precondition: values that fit together, each band with a frequency of the transform in it.
  public init(
    sampleRate: Int, window: Double = 25, hop: Double = 10, fftSize: Int? = nil, bandCount: Int = 80, lowestFrequency: Double = 0,
    highestFrequency: Double? = nil, preEmphasis: Double = 0, kind: Kind = .logMel, deltas: Int = 0, normalization: FeatureNormalization = .none
  ) {
    self.init(
      unchecked: sampleRate, window: window, hop: hop, fftSize: fftSize, bandCount: bandCount, lowestFrequency: lowestFrequency,
      highestFrequency: highestFrequency, preEmphasis: preEmphasis, kind: kind, deltas: deltas, normalization: normalization)
    if let problem { check(false, "SoundFeatures: \(problem)") }
  }

  /// Features of values that a person gave, which may not fit together: they are usable where ``problem`` is nil.
  package init(
    unchecked sampleRate: Int, window: Double, hop: Double, fftSize: Int?, bandCount: Int, lowestFrequency: Double, highestFrequency: Double?,
    preEmphasis: Double, kind: Kind, deltas: Int, normalization: FeatureNormalization
  ) {
    (self.sampleRate, self.window, self.hop, self.bandCount) = (sampleRate, window, hop, bandCount)
    (self.lowestFrequency, self.highestFrequency) = (lowestFrequency, highestFrequency ?? Double(sampleRate) / 2)
    (self.preEmphasis, self.kind, self.deltas, self.normalization) = (preEmphasis, kind, deltas, normalization)
    let least = window > 0 && window <= Self.longestWindow ? window * Double(sampleRate) / 1_000 : 0
    self.fftSize = fftSize ?? (2...Self.largestExponent).lazy.map { 1 << $0 }.first { Double($0) >= least.rounded() } ?? 0
  }

  /// The same features, normalized in another way.
  public func normalized(_ normalization: FeatureNormalization) -> SoundFeatures {
    SoundFeatures(
      sampleRate: sampleRate, window: window, hop: hop, fftSize: fftSize, bandCount: bandCount, lowestFrequency: lowestFrequency,
      highestFrequency: highestFrequency, preEmphasis: preEmphasis, kind: kind, deltas: deltas, normalization: normalization)
  }

  private static let longestWindow = 1_000.0
  private static let largestExponent = 20

  /// Why no features have these values, in words; nil: they have.
  package var problem: String? {
    if !Waveform.sampleRates.contains(sampleRate) { return "a rate of \(sampleRate) Hz; those from \(Waveform.sampleRates) are known" }
    if !(window > 0 && window <= Self.longestWindow && windowSize > 1) {
      return "a window of \(window) ms; it has at least 2 samples, and 1000 ms at most"
    }
    if !(hop > 0 && hop <= window && (1...windowSize).contains(hopSize)) {
      return "a hop of \(hop) ms; it has at least one sample, and is no longer than the window, \(window) ms"
    }
    if fftSize < max(4, windowSize) || fftSize > 1 << Self.largestExponent || fftSize & (fftSize - 1) != 0 {
      return "an FFT of \(fftSize) samples; it has a power of two, and at least the \(windowSize) of the window"
    }
    if !(0 <= lowestFrequency && lowestFrequency < highestFrequency && highestFrequency <= Double(sampleRate) / 2) {
      return "bands from \(lowestFrequency) to \(highestFrequency) Hz; they lie between 0 and half the rate, \(Double(sampleRate) / 2)"
    }
    if !(1...1_024).contains(bandCount) { return "\(bandCount) bands; from 1 to 1024 are possible" }
    if let band = filterBank.emptyBand {
      return "band \(band) of \(bandCount) sees no frequency of an FFT of \(fftSize); fewer bands or a longer FFT are needed"
    }
    if !(0..<1).contains(preEmphasis) { return "a pre-emphasis of \(preEmphasis); it is at least 0, and less than 1" }
    if !(1...bandCount).contains(staticCount) { return "\(staticCount) coefficients; from 1 to as many as there are bands, \(bandCount)" }
    if !(0...2).contains(deltas) { return "\(deltas) deltas; from 0 to 2 are possible" }
    return normalization.problem(featureCount: count)
  }

  /// The numbers of a frame.
  public var count: Int { staticCount * (1 + deltas) }

  /// The numbers of a frame that are no deltas.
  var staticCount: Int {
    switch kind {
    case .logMel: bandCount
    case .mfcc(let count): count
    }
  }

  /// The samples of a window.
  var windowSize: Int { Int((window * Double(sampleRate) / 1_000).rounded()) }
  /// The samples of a hop.
  var hopSize: Int { Int((hop * Double(sampleRate) / 1_000).rounded()) }

  var filterBank: MelFilterBank {
    MelFilterBank(bandCount: bandCount, lowest: lowestFrequency, highest: highestFrequency, sampleRate: sampleRate, fftSize: fftSize)
  }

  /// The frequency that each mel band hears best, the lowest first, in Hz.
  public var bandFrequencies: [Double] { filterBank.middles }

  /// When the middle of a frame is, counted from 0, in seconds.
  public func seconds(ofFrame frame: Int) -> Double { Double(frame * hopSize) / Double(sampleRate) }

  /// How many frames so many samples have.
  public func frameCount(ofSamples count: Int) -> Int { count == 0 ? 0 : 1 + count / hopSize }

  /// What makes frames of samples as they come.
  public func extractor() -> SoundFeatureExtractor { SoundFeatureExtractor(self) }

  /// The frames of a recording: `[frames, count]`.
  ///
  /// - Precondition: it has this rate.
  public func tensor(of waveform: Waveform) -> Tensor<Float> {
    check(waveform.sampleRate == sampleRate, "SoundFeatures: sound of \(waveform.sampleRate) Hz for features of \(sampleRate); resample it")
    var extractor = extractor()
    var frames: [Float] = []
    frames.reserveCapacity(frameCount(ofSamples: waveform.samples.count) * count)
    extractor.append(waveform.samples, to: &frames)
    extractor.finish(to: &frames)
    return Tensor(shape: [frames.count / count, count], scalars: frames)
  }
}

extension SoundFeatures: Codable {
  private enum CodingKeys: String, CodingKey {
    case sampleRate, window, hop, fftSize, bandCount, lowestFrequency, highestFrequency, preEmphasis, kind, deltas, normalization
  }

  /// - Throws: `DecodingError` for values that no features have: a model's file may hold anything.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    sampleRate = try values.decode(Int.self, forKey: .sampleRate)
    window = try values.decode(Double.self, forKey: .window)
    hop = try values.decode(Double.self, forKey: .hop)
    fftSize = try values.decode(Int.self, forKey: .fftSize)
    bandCount = try values.decode(Int.self, forKey: .bandCount)
    lowestFrequency = try values.decode(Double.self, forKey: .lowestFrequency)
    highestFrequency = try values.decode(Double.self, forKey: .highestFrequency)
    preEmphasis = try values.decode(Double.self, forKey: .preEmphasis)
    kind = try values.decode(Kind.self, forKey: .kind)
    deltas = try values.decode(Int.self, forKey: .deltas)
    normalization = try values.decode(FeatureNormalization.self, forKey: .normalization)
    if let problem { throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: problem)) }
  }
}
