public import Foundation
public import RecurrentData
import RecurrentTensors

/// Sound of one channel, whole in memory.
///
/// ```swift
/// import Foundation
/// import RecurrentSound
/// import RecurrentTensors
///
/// let tone = Waveform(sampleRate: 16_000, samples: (0..<16_000).map { 0.5 * sin(0.2 * Float($0)) })  // or try Waveform(contentsOf: url)
/// let frames = SoundFeatures(sampleRate: 16_000, kind: .mfcc(coefficientCount: 13)).tensor(of: tone)
/// print(tone.duration, frames.shape, tone.wav().count)
/// ```
public struct Waveform: Sendable, Hashable {
  /// The rates that sound may have here, in samples a second.
  public static let sampleRates = 1_000...768_000

  /// How many samples a second there are.
  public let sampleRate: Int
  /// The samples, from -1 to 1 where nothing was amplified beyond that.
  public var samples: [Float]

  /// Sound of these samples.
  ///
  /// - Precondition: the rate is one of ``sampleRates``.
  public init(sampleRate: Int, samples: [Float]) {
    check(Self.sampleRates.contains(sampleRate), "Waveform: a rate of \(sampleRate) Hz; those from \(Self.sampleRates) are known")
    (self.sampleRate, self.samples) = (sampleRate, samples)
  }

  /// How long it is, in seconds.
  public var duration: Double { Double(samples.count) / Double(sampleRate) }

  /// Reads a file, or a part of one: WAV, FLAC, Ogg (Vorbis, Opus) or MP3.
  ///
  /// - Parameters:
  ///   - url: The file.
  ///   - sampleRate: The rate that the sound shall have, in Hz; nil for that of the file.
  ///   - channel: Which channel, counted from 0; nil for the mean of all.
  ///   - start: Where the part begins, in seconds.
  ///   - end: Where it ends; nil for the end of the file. What ends later than the file ends with it.
  ///   - durationLimit: How many seconds it may have. ``SampleSource`` reads what is longer, in blocks.
  /// - Throws: `DataError`, whatever ``SampleSource`` finds wrong, or that the sound is too long.
  public init(
    contentsOf url: URL, sampleRate: Int? = nil, channel: Int? = nil, from start: Double = 0, to end: Double? = nil, durationLimit: Double = 3_600
  ) throws(DataError) {
    try self.init(SampleSource(contentsOf: url, sampleRate: sampleRate, channel: channel, from: start, to: end), durationLimit: durationLimit)
  }

  /// Reads a file that is in memory; `path` stands for it in messages. Otherwise as ``init(contentsOf:sampleRate:channel:from:to:durationLimit:)``.
  public init(
    decoding bytes: [UInt8], path: String, sampleRate: Int? = nil, channel: Int? = nil, from start: Double = 0, to end: Double? = nil,
    durationLimit: Double = 3_600
  ) throws(DataError) {
    try self.init(
      SampleSource(decoding: bytes, path: path, sampleRate: sampleRate, channel: channel, from: start, to: end), durationLimit: durationLimit)
  }

  /// All that a source gives.
  ///
  /// - Throws: `DataError`, whatever the source finds wrong, or that there are more than `durationLimit` seconds.
  public init(_ source: consuming SampleSource, durationLimit: Double = 3_600) throws(DataError) {
    self.init(sampleRate: source.sampleRate, samples: [])
    while let block = try source.next() {
      samples.append(contentsOf: block)
      if duration > durationLimit {
        throw DataError(source.path, "is longer than \(durationLimit) s; read it in blocks (SampleSource) or in parts, or raise the limit")
      }
    }
  }

  /// The same sound at another rate; what is above half of that is filtered out.
  ///
  /// - Precondition: the rate is one of ``sampleRates``.
  public func resampled(to rate: Int) -> Waveform {
    rate == sampleRate ? self : Waveform(sampleRate: rate, samples: resampled(from: Double(sampleRate), to: Double(rate)))
  }

  /// The samples, as if they were of the rate `old`, at the rate `new`.
  func resampled(from old: Double, to new: Double) -> [Float] {
    var resampler = Resampler(from: old, to: new)
    return resampler.process(samples) + resampler.finish()
  }
}
