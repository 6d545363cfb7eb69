import Foundation
import RecurrentTensors
import Testing

@testable import RecurrentSound

struct AugmentationTests {
  private static let whole = SoundAugmentation(speed: 0.9...1.1, gain: -6...6, recordingRatio: 0...20, noise: .pink, noiseRatio: 10...30)

  @Test func isDeterministic() {
    let sound = tone(440, rate: 16_000, seconds: 0.2)
    let others = [tone(100, rate: 16_000, seconds: 0.05), tone(3_000, rate: 16_000, seconds: 0.5)]
    var (first, second) = (RandomGenerator(seed: 7), RandomGenerator(seed: 7))
    let results = (0..<4).map { _ in Self.whole(sound, mixing: others, using: &first) }
    #expect(results == (0..<4).map { _ in Self.whole(sound, mixing: others, using: &second) })
    #expect(Set(results).count == 4)
    // One number a recording is drawn, whatever is done.
    #expect(first == second && SoundAugmentation()(sound, using: &first) == sound)
    _ = second.next()
    #expect(first == second)
  }

  /// What one change does is not another one's business.
  @Test func changesAreIndependent() {
    let sound = tone(440, rate: 16_000, seconds: 0.2)
    var (first, second) = (RandomGenerator(seed: 7), RandomGenerator(seed: 7))
    let both = SoundAugmentation(speed: 0.5...2, gain: -20...20)(sound, using: &first)
    let one = SoundAugmentation(gain: -20...20)(sound, using: &second)
    #expect(abs(both.trimmed(0.02).power / one.trimmed(0.02).power - 1) < 0.01 && both.samples.count != one.samples.count)
  }

  @Test func speeds() {
    for factor in [0.5, 0.9, 1.1, 2] {
      let changed = tone(500, rate: 16_000, seconds: 1).withSpeed(factor)
      #expect(abs(changed.duration - 1 / factor) < 0.001 && changed.sampleRate == 16_000)
      let (found, rest) = amplitude(of: 500 * factor, in: changed.trimmed(0.1))
      #expect(abs(found - 0.5) < 0.002 && rest < 1e-4, "\(factor): \(found), \(rest)")
    }
    #expect(tone(500, rate: 8_000, seconds: 0.1).withSpeed(1) == tone(500, rate: 8_000, seconds: 0.1))
  }

  @Test func gains() {
    let sound = tone(500, rate: 8_000, seconds: 0.1)
    #expect(abs(sound.amplified(byDecibels: 20).power / sound.power - 100) < 0.01)
    #expect(abs(sound.amplified(byDecibels: -6).power / sound.power - 0.251) < 0.001)
  }

  @Test func ratios() {
    let (sound, other) = (tone(500, rate: 8_000, seconds: 1), tone(1_500, rate: 8_000, seconds: 0.3, amplitude: 0.01))
    for ratio in [-10.0, 0, 30] {
      let mixed = sound.mixed(with: other, signalToNoise: ratio, offset: 100)
      let difference = Waveform(sampleRate: 8_000, samples: zip(mixed.samples, sound.samples).map { $0 - $1 })
      #expect(abs(10 * log10(sound.power / difference.power) - ratio) < 0.1)
      #expect(mixed.samples.count == sound.samples.count)
      // It is repeated from its sample 100 on.
      #expect(abs(difference.samples[0] / difference.samples[2_400] - 1) < 1e-3)
    }
    let silence = Waveform(sampleRate: 8_000, samples: [Float](repeating: 0, count: 100))
    #expect(sound.mixed(with: silence, signalToNoise: 0) == sound && silence.mixed(with: sound, signalToNoise: 0) == silence)
    #expect(sound.mixed(with: Waveform(sampleRate: 8_000, samples: []), signalToNoise: 0) == sound)
  }

  /// White noise has as much power in each band, pink noise half as much in one an octave higher of the same width.
  @Test func noise() {
    var generator = RandomGenerator(seed: 4)
    for kind in Noise.allCases {
      let noise = kind.waveform(sampleRate: 16_000, count: 1 << 17, using: &generator)
      #expect(abs(noise.power - 1) < 0.1, "\(kind): \(noise.power)")
      var transform = FourierTransform(size: noise.samples.count)
      var powers = [Double](repeating: 0, count: noise.samples.count / 2 + 1)
      transform.powers(of: noise.samples.map(Double.init), to: &powers)
      func level(_ frequency: Int) -> Double { 10 * log10(powers[frequency * 8..<frequency * 12].reduce(0, +) / Double(frequency)) }
      for frequency in [125, 250, 500, 1_000, 2_000] {
        let drop = level(frequency) - level(2 * frequency)
        #expect(abs(drop - (kind == .white ? 0 : 3.01)) < 0.8, "\(kind) at \(frequency) Hz: \(drop) dB")
      }
    }
  }

  @Test func masks() {
    let masks = SpecAugment(frequencyMaskCount: 1, widestFrequencyMask: 4, timeMaskCount: 1, longestTimeMask: 10, longestTimeShare: 0.5)
    var generator = RandomGenerator(seed: 6)
    // 16 frames of 6 features and their deltas; none is equal to its mean.
    let levels: [Float] = (0..<16).map { Float($0 * $0 + 1) }
    let values: [Float] = levels.flatMap { level in (0..<12).map { level * Float($0 + 1) } }
    let frames = Tensor<Float>(shape: [16, 12], scalars: values)
    let mean: Float = levels.reduce(0, +) / 16
    var (widths, lengths): (Set<Int>, Set<Int>) = ([], [])
    for _ in 0..<300 {
      let masked = Array(masks.masked(frames, deltas: 1, using: &generator).scalars)
      let hidden: [[Bool]] = (0..<16).map { frame in (0..<12).map { masked[frame * 12 + $0] != values[frame * 12 + $0] } }
      for frame in 0..<16 {
        for feature in 0..<12 where hidden[frame][feature] {
          let expected = mean * Float(feature + 1)
          #expect(abs(masked[frame * 12 + feature] / expected - 1) < 1e-5)
        }
        #expect(Array(hidden[frame][..<6]) == Array(hidden[frame][6...]))
      }
      lengths.insert(hidden.count { !$0.contains(false) })
      widths.insert((0..<6).count { feature in hidden.allSatisfy { $0[feature] } })
    }
    #expect(widths == Set(0...4) && lengths == Set(0...8), "\(widths) \(lengths)")
    let empty = Tensor<Float>(zeros: [0, 12])
    #expect(masks.masked(empty, using: &generator).shape == [0, 12])
    var (first, second) = (RandomGenerator(seed: 1), RandomGenerator(seed: 1))
    #expect(Array(SpecAugment().masked(frames, using: &first).scalars) == Array(SpecAugment().masked(frames, using: &second).scalars))
  }

  @Test func settingsAreValues() throws {
    let data = try JSONEncoder().encode(Self.whole)
    #expect(try JSONDecoder().decode(SoundAugmentation.self, from: data) == Self.whole)
    #expect(try JSONDecoder().decode(SpecAugment.self, from: JSONEncoder().encode(SpecAugment(timeMaskCount: 3))) == SpecAugment(timeMaskCount: 3))
    func found<T: Decodable>(_ type: T.Type, _ text: String) -> String { message { _ = try JSONDecoder().decode(type, from: Data(text.utf8)) } }
    #expect(found(SoundAugmentation.self, "{\"noise\": \"white\", \"speed\": [0, 1]}").contains("those from 0.1...10.0 are possible"))
    #expect(found(SoundAugmentation.self, "{\"noise\": \"white\", \"gain\": [0, 1e9]}").contains("those from -120 to 120 are possible"))
    #expect(found(SoundAugmentation.self, "{\"noise\": \"brown\"}") != "nothing thrown")
    let masks = "{\"frequencyMaskCount\":1,\"widestFrequencyMask\":1,\"timeMaskCount\":1,\"longestTimeMask\":1,\"longestTimeShare\":"
    #expect(found(SpecAugment.self, masks + "0.5}") == "nothing thrown")
    #expect(found(SpecAugment.self, masks + "1.5}").contains("the share from 0 to 1"))
    #expect(found(SpecAugment.self, masks.replacing("Count\":1", with: "Count\":-1") + "1}").contains("counts are from 0 to 10000"))
  }
}
