import RecurrentTensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Waveform {
  /// How many times as fast sound may be made.
  public static let speeds = 0.1...10

  /// The mean of the squared samples; 0 where there are none.
  public var power: Double { samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(1, samples.count)) }

  /// Played so many times as fast, and as many times as high (Ko et al. 2015, *Audio augmentation for speech recognition*).
  ///
  /// - Precondition: one of ``speeds``.
  public func withSpeed(_ factor: Double) -> Waveform {
    check(Self.speeds.contains(factor), "Waveform: a speed of \(factor); those from \(Self.speeds) are possible")
    return factor == 1 ? self : Waveform(sampleRate: sampleRate, samples: resampled(from: factor, to: 1))
  }

  /// Louder, or softer where `decibels` is negative.
  public func amplified(byDecibels decibels: Double) -> Waveform { amplified(Float(exp(decibels * log(10) / 20))) }

  private func amplified(_ factor: Float) -> Waveform { Waveform(sampleRate: sampleRate, samples: samples.map { factor * $0 }) }

  /// The sound with another one under it, which is repeated where it is too short.
  ///
  /// - Parameters:
  ///   - other: What is added, from its sample `offset` on.
  ///   - ratio: The power of this over that of the other, in decibels; both over their whole length.
  /// - Precondition: both have the same rate, and the other has a sample `offset` unless it is empty.
  public func mixed(with other: Waveform, signalToNoise ratio: Double, offset: Int = 0) -> Waveform {
    check(other.sampleRate == sampleRate, "Waveform: sound of \(other.sampleRate) Hz mixed with sound of \(sampleRate)")
    let (own, others) = (power, other.power)
    // Silence has no ratio to anything.
    if own == 0 || others == 0 { return self }
    check(other.samples.indices.contains(offset), "Waveform: no sample \(offset) of \(other.samples.count)")
    let factor = Float((own / others * exp(-ratio * log(10) / 10)).squareRoot())
    var result = self
    for index in samples.indices { result.samples[index] += factor * other.samples[(offset + index) % other.samples.count] }
    return result
  }
}
