import AllocationCounter
import Foundation
import RecurrentTensors
import Testing

@testable import RecurrentSound

struct FeatureTests {
  @Test(arguments: Fixtures.features) func areThoseOfLibrosa(golden: Fixtures.Features) {
    let frames = golden.features.tensor(of: golden.waveform)
    #expect(frames.shape == [golden.frameCount, golden.features.count])
    let difference = zip(frames.scalars, golden.values).map { abs($0 - $1) }.max()!
    #expect(difference < 1e-4, "\(difference)")
  }

  private static let kinds: [FeatureNormalization] = [
    .none, .utterance, .runningMean(seconds: 0.5),
    .given(mean: (0..<39).map { Double($0) / 10 }, deviation: (0..<39).map { 1 + Double($0) / 20 }),
  ]

  /// The same bits for any blocks, and each time.
  @Test(arguments: kinds) func blocksDoNotMatter(normalization: FeatureNormalization) {
    let features = SoundFeatures(
      sampleRate: 16_000, bandCount: 40, preEmphasis: 0.97, kind: .mfcc(coefficientCount: 13), deltas: 2, normalization: normalization)
    var generator = RandomGenerator(seed: 5)
    let noise = Noise.pink.waveform(sampleRate: 16_000, count: 20_011, using: &generator)
    let whole = Array(features.tensor(of: noise).scalars)
    #expect(whole.count == 126 * 39)
    var extractor = features.extractor()
    for size in [1, 7, 160, 400, 4_096, 20_011] {
      var frames: [Float] = []
      for start in stride(from: 0, to: noise.samples.count, by: size) {
        extractor.append(Array(noise.samples[start..<min(noise.samples.count, start + size)]), to: &frames)
      }
      extractor.finish(to: &frames)
      #expect(frames == whole, "\(size)")
    }
  }

  /// A frame comes as soon as all that it sees is there.
  @Test func framesComeEarly() {
    var extractor = SoundFeatures(sampleRate: 16_000).extractor()
    var frames: [Float] = []
    extractor.append([Float](repeating: 0.1, count: 199), to: &frames)
    #expect(frames.isEmpty)
    extractor.append([0.1], to: &frames)
    #expect(frames.count == 80)
    extractor.append([Float](repeating: 0.1, count: 160), to: &frames)
    #expect(frames.count == 160)
    var later = SoundFeatures(sampleRate: 16_000, deltas: 2).extractor()
    frames = []
    later.append([Float](repeating: 0.1, count: 200 + 3 * 160), to: &frames)
    #expect(frames.isEmpty)
    later.append([Float](repeating: 0.1, count: 160), to: &frames)
    #expect(frames.count == 240)
  }

  @Test(arguments: [0, 1, 2, 159, 160, 161, 400, 1_000]) func anyLength(count: Int) {
    for deltas in 0...2 {
      for normalization in [FeatureNormalization.none, .utterance, .runningMean(seconds: 1)] {
        let features = SoundFeatures(sampleRate: 16_000, bandCount: 10, deltas: deltas, normalization: normalization)
        let frames = features.tensor(of: Waveform(sampleRate: 16_000, samples: [Float](repeating: 0.25, count: count)))
        #expect(frames.shape == [features.frameCount(ofSamples: count), 10 * (1 + deltas)])
        #expect(frames.scalars.allSatisfy { $0.isFinite })
      }
    }
  }

  @Test func silence() {
    let frames = SoundFeatures(sampleRate: 8_000, bandCount: 20, deltas: 1).tensor(of: Waveform(sampleRate: 8_000, samples: [0, 0, 0]))
    #expect(Array(frames.scalars) == [Float](repeating: Float(log(1e-10)), count: 20) + [Float](repeating: 0, count: 20))
  }

  /// A tone is where its frequency is, at the time at which it sounds.
  @Test func places() {
    var samples = [Float](repeating: 0, count: 16_000)
    samples.replaceSubrange(8_000..<12_000, with: tone(1_000, rate: 16_000, seconds: 0.25).samples)
    let features = SoundFeatures(sampleRate: 16_000, bandCount: 40)
    let frames = Array(features.tensor(of: Waveform(sampleRate: 16_000, samples: samples)).scalars)
    let loud = (0..<101).filter { frame in frames[frame * 40..<frame * 40 + 40].max()! > -6 }
    #expect(abs(features.seconds(ofFrame: loud.first!) - 0.5) < 0.011 && abs(features.seconds(ofFrame: loud.last!) - 0.75) < 0.011)
    // 1 kHz is 15 mels of the 45.2 that 8 kHz are.
    #expect(frames[60 * 40..<61 * 40].firstIndex(of: frames[60 * 40..<61 * 40].max()!)! - 60 * 40 == 13)
    let bands = features.bandFrequencies
    #expect(bands.count == 40 && zip(bands, bands.dropFirst()).allSatisfy { $0 < $1 } && bands[0] > 0 && bands[39] < 8_000)
    #expect(bands.indices.min { abs(bands[$0] - 1_000) < abs(bands[$1] - 1_000) } == 13)
  }

  @Test func normalizations() {
    var generator = RandomGenerator(seed: 9)
    let noise = Noise.white.waveform(sampleRate: 8_000, count: 16_000, using: &generator)
    let plain = SoundFeatures(sampleRate: 8_000, bandCount: 12, deltas: 1)
    func rows(_ normalization: FeatureNormalization) -> [[Float]] {
      let scalars = Array(plain.normalized(normalization).tensor(of: noise).scalars)
      return (0..<24).map { feature in stride(from: feature, to: scalars.count, by: 24).map { scalars[$0] } }
    }
    let own = rows(.none)
    for row in rows(.utterance) {
      let mean = row.reduce(0, +) / Float(row.count)
      let square = row.reduce(0) { $0 + $1 * $1 } / Float(row.count)
      #expect(abs(mean) < 1e-4 && abs(square - 1) < 1e-3)
    }
    var statistics = FeatureStatistics(featureCount: 24)
    statistics.add(Array(plain.tensor(of: noise).scalars.prefix(48)))
    statistics.add(Array(plain.tensor(of: noise).scalars.dropFirst(48)))
    #expect(statistics.count == own[0].count)
    #expect(rows(statistics.normalization) == rows(.utterance))
    // A mean over all frames so far, each weighted by its age.
    let decay = exp(-0.01 / 0.2)
    for (row, plain) in zip(rows(.runningMean(seconds: 0.2)), own) {
      for frame in [0, 1, 50] {
        let weights = (0...frame).map { pow(decay, Double(frame - $0)) }
        let mean = zip(weights, plain).reduce(0) { $0 + $1.0 * Double($1.1) } / weights.reduce(0, +)
        #expect(abs(Double(row[frame]) - (Double(plain[frame]) - mean)) < 1e-5)
      }
    }
  }

  /// Recordings that follow each other do not know of each other.
  @Test func recordingsAreApart() {
    let features = SoundFeatures(sampleRate: 16_000, bandCount: 10, preEmphasis: 0.9, deltas: 2, normalization: .runningMean(seconds: 1))
    var extractor = features.extractor()
    var (first, second): ([Float], [Float]) = ([], [])
    extractor.append(tone(300, rate: 16_000, seconds: 0.1).samples, to: &first)
    extractor.finish(to: &first)
    extractor.append(tone(300, rate: 16_000, seconds: 0.1).samples, to: &second)
    extractor.finish(to: &second)
    #expect(first == second && !first.isEmpty)
  }

  /// In a process of its own: other tests allocate at the same time.
  @Test(.enabled(if: allocation_counter_is_available(), "allocations are not counted on this system"))
  func framesAllocateNothing() async {
    await #expect(processExitsWith: .success) {
      let features = SoundFeatures(
        sampleRate: 16_000, preEmphasis: 0.97, kind: .mfcc(coefficientCount: 20), deltas: 2, normalization: .runningMean(seconds: 1))
      var extractor = features.extractor()
      var frames: [Float] = []
      frames.reserveCapacity(2_000 * features.count)
      let second = tone(500, rate: 16_000, seconds: 1).samples
      for _ in 0..<2 { extractor.append(second, to: &frames) }
      let before = allocation_count()
      for _ in 0..<10 { extractor.append(second, to: &frames) }
      let made = allocation_count() - before
      #expect(made < 10, "\(made) allocations in 1,000 frames")
      #expect(frames.count > 1_000 * features.count)
    }
  }

  @Test func settingsAreAValueOfTheModel() throws {
    let values = [
      SoundFeatures(sampleRate: 8_000), SoundFeatures(sampleRate: 44_100, window: 20.5, hop: 7, fftSize: 2_048, kind: .mfcc(coefficientCount: 13), deltas: 2),
      SoundFeatures(sampleRate: 16_000, bandCount: 2, highestFrequency: 4_000, normalization: .given(mean: [1, 2.5], deviation: [0.1, 3])),
      SoundFeatures(sampleRate: 16_000, normalization: .runningMean(seconds: 3)),
    ]
    let data = try JSONEncoder().encode(values)
    #expect(try JSONDecoder().decode([SoundFeatures].self, from: data) == values)
    let good = try #require(String(data: JSONEncoder().encode(values[2]), encoding: .utf8))
    func found(_ key: String, _ value: String) -> String {
      let pattern = try! Regex("\"\(key)\":(\\[[^\\]]*\\]|[^,}]*)")
      return message { _ = try JSONDecoder().decode(SoundFeatures.self, from: Data(good.replacing(pattern, with: "\"\(key)\":\(value)").utf8)) }
    }
    #expect(found("sampleRate", "16000") == "nothing thrown")
    for (key, value, expected) in [
      ("sampleRate", "0", "a rate of 0 Hz"), ("window", "0", "a window of 0.0 ms"), ("window", "1e300", "a window of 1e+300 ms"),
      ("window", "2000", "a window of 2000.0 ms"), ("window", "-25", "a window of -25.0 ms"), ("hop", "0", "a hop of 0.0 ms"),
      ("hop", "26", "a hop of 26.0 ms"), ("hop", "0.01", "a hop of 0.01 ms"), ("fftSize", "400", "an FFT of 400 samples"),
      ("fftSize", "256", "an FFT of 256 samples"), ("fftSize", "-9223372036854775808", "an FFT of"), ("fftSize", "4611686018427387904", "an FFT of"),
      ("bandCount", "0", "0 bands"), ("bandCount", "1000000000", "1000000000 bands"), ("bandCount", "1000", "band 0 of 1000 sees no frequency"),
      ("lowestFrequency", "-1", "bands from -1.0"), ("highestFrequency", "9000", "to 9000.0 Hz"), ("lowestFrequency", "4000", "bands from 4000.0"),
      ("preEmphasis", "1", "a pre-emphasis of 1.0"), ("deltas", "3", "3 deltas"), ("deltas", "1", "2 means and 2 deviations for 4 features"),
      ("kind", "{\"mfcc\":{\"coefficientCount\":3", "3 coefficients"), ("mean", "[1]", "1 means and 2 deviations"),
      ("deviation", "[0,1]", "deviations positive"),
    ] { #expect(found(key, value).contains(expected), "\(key) \(value): \(found(key, value))") }
    let running = try #require(String(data: JSONEncoder().encode(values[3]), encoding: .utf8)).replacing("\"seconds\":3", with: "\"seconds\":0")
    #expect(message { _ = try JSONDecoder().decode(SoundFeatures.self, from: Data(running.utf8)) }.contains("a running mean over 0.0 s"))
  }

  /// A sum of its definition.
  @Test(arguments: [4, 8, 64, 512]) func powersOfATransform(size: Int) {
    var generator = RandomGenerator(seed: 2)
    let numbers = (0..<size).map { _ in generator.normal() }
    var powers = [Double](repeating: .nan, count: size / 2 + 1)
    var transform = FourierTransform(size: size)
    transform.powers(of: numbers, to: &powers)
    for k in 0...size / 2 {
      var (real, imaginary) = (0.0, 0.0)
      for (n, number) in numbers.enumerated() {
        let angle = -2 * Double.pi * Double(k * n % size) / Double(size)
        real += number * cos(angle)
        imaginary += number * sin(angle)
      }
      #expect(abs(powers[k] - real * real - imaginary * imaginary) < 1e-10 * Double(size * size))
    }
  }
}
