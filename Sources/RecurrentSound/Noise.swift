public import RecurrentTensors

/// Noise without end.
public enum Noise: String, Sendable, Hashable, Codable, CaseIterable {
  /// As much power at each frequency.
  case white
  /// As much power in each octave: three poles that filter white noise (Kellet 1999), within 0.5 dB from 1/2000 of the rate up.
  case pink

  /// Samples with a power of about 1.
  ///
  /// - Precondition: the rate is one of ``Waveform/sampleRates``.
  public func waveform(sampleRate: Int, count: Int, using generator: inout RandomGenerator) -> Waveform {
    var state = (0.0, 0.0, 0.0)
    let samples = (0..<count).map { _ in
      let white = generator.normal()
      if self == .white { return Float(white) }
      state = (0.99765 * state.0 + 0.0990460 * white, 0.96300 * state.1 + 0.2965164 * white, 0.57000 * state.2 + 1.0526913 * white)
      return Float((state.0 + state.1 + state.2 + 0.1848 * white) / 2.9790)
    }
    return Waveform(sampleRate: sampleRate, samples: samples)
  }
}
