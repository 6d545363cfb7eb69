import Foundation
import RecurrentTensors
import Testing

@testable import RecurrentSound

struct ResamplerTests {
  /// A sweep above half of the new rate leaves nothing.
  @Test(arguments: [(44_100, 16_000), (48_000, 16_000), (48_000, 8_000), (192_000, 16_000), (16_000, 8_000), (22_050, 16_000)])
  func noAliases(old: Int, new: Int) {
    let (low, high) = (1.02 * Double(new) / 2, Double(old) / 2)
    let sweep = Waveform(
      sampleRate: old,
      samples: (0..<old).map { index in
        let time = Double(index) / Double(old)
        return Float(sin(2 * .pi * (low + (high - low) * time / 2) * time))
      })
    let result = sweep.resampled(to: new).trimmed(0.05)
    #expect(10 * log10(result.power / 0.5) < -100, "\(10 * log10(result.power / 0.5)) dB")
  }

  /// Up to nine tenths of half the lower rate all frequencies stay as they are.
  @Test(arguments: [(44_100, 16_000), (8_000, 16_000), (48_000, 8_000), (16_000, 44_100)])
  func passBandIsFlat(old: Int, new: Int) {
    for share in [0.01, 0.2, 0.5, 0.8, 0.9] {
      let frequency = share * Double(min(old, new)) / 2
      let (found, rest) = amplitude(of: frequency, in: tone(frequency, rate: old, seconds: 0.5).resampled(to: new).trimmed(0.1))
      #expect(abs(20 * log10(found / 0.5)) < 0.02, "\(frequency) Hz: \(20 * log10(found / 0.5)) dB")
      #expect(rest < 1e-6)
    }
  }

  /// The same bits for any blocks, and on any thread.
  @Test func blocksDoNotMatter() async {
    var generator = RandomGenerator(seed: 3)
    let samples = (0..<30_000).map { _ in Float(generator.normal() * 0.1) }
    for (old, new) in [(44_100.0, 16_000.0), (8_000, 16_000), (1.1, 1), (16_000, 11_025)] {
      let whole = Waveform(sampleRate: 8_000, samples: samples).resampled(from: old, to: new)
      #expect(abs(Double(whole.count) - 30_000 * new / old) < 2, "\(old) to \(new): \(whole.count)")
      let results = await withTaskGroup { group in
        for size in [1, 17, 1_000, 16_384, 30_000] {
          group.addTask {
            var resampler = Resampler(from: old, to: new)
            var result: [Float] = []
            for start in stride(from: 0, to: samples.count, by: size) {
              result += resampler.process(Array(samples[start..<min(samples.count, start + size)]))
            }
            return result + resampler.finish()
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      for result in results { #expect(result == whole) }
    }
  }

  @Test func extremes() {
    #expect(Waveform(sampleRate: 8_000, samples: []).resampled(to: 16_000).samples.isEmpty)
    #expect(Waveform(sampleRate: 1_000, samples: [1]).resampled(to: 768_000).samples.count == 768)
    #expect(Waveform(sampleRate: 768_000, samples: [Float](repeating: 0.5, count: 768_000)).resampled(to: 1_000).samples.count == 1_000)
  }
}
