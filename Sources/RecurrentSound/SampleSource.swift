public import Foundation
public import RecurrentData
import RecurrentTensors

/// The samples of a file, of memory or of a stream, block by block: one channel, at the rate that is wanted.
///
///     var source = try SampleSource(contentsOf: url, sampleRate: 16_000)
///     while let block = try source.next() { ... }
///
/// Memory is constant for any length.
public struct SampleSource: ~Copyable {
  /// Where the sound is from, for messages.
  public let path: String
  /// The rate of the samples that it gives, in Hz.
  public let sampleRate: Int
  /// How many seconds there are, as the file says; nil where it does not.
  public let duration: Double?

  private let reader: any SampleReader
  private let channel: Int?
  private var resampler: Resampler?
  /// The frame of the file that is read next.
  private var position: Int
  /// Where the part ends, in frames of the file.
  private let end: Int
  private var hasEnded = false

  /// The samples that are read from a file at once.
  private static let blockSize = 1 << 16
  /// The largest value that a sample may have: some files hold whole numbers of 16 bits as floating-point ones.
  private static let largestSample: Float = 65_536

  /// Opens a file, or a part of one: WAV, FLAC, Ogg (Vorbis, Opus) or MP3.
  ///
  /// - Parameters:
  ///   - url: The file.
  ///   - sampleRate: The rate that the samples shall have, in Hz; nil for that of the file.
  ///   - channel: Which channel, counted from 0; nil for the mean of all.
  ///   - start: Where the part begins, in seconds.
  ///   - end: Where it ends; nil for the end of the file. What ends later than the file ends with it.
  /// - Throws: `DataError`: not there, empty, of another format (which is named), truncated, damaged, with a rate that no sound has, without that
  ///   channel, or without that part.
  public init(contentsOf url: URL, sampleRate: Int? = nil, channel: Int? = nil, from start: Double = 0, to end: Double? = nil) throws(DataError) {
    let file = try RandomAccessFile(url, needed: "a sound file")
    try self.init(SoundFileReader(.file(file)), sampleRate: sampleRate, channel: channel, from: start, to: end)
  }

  /// Opens a file that is in memory; `path` stands for it in messages. Otherwise as ``init(contentsOf:sampleRate:channel:from:to:)``.
  public init(
    decoding bytes: [UInt8], path: String, sampleRate: Int? = nil, channel: Int? = nil, from start: Double = 0, to end: Double? = nil
  ) throws(DataError) {
    try self.init(SoundFileReader(.memory(bytes, path: path)), sampleRate: sampleRate, channel: channel, from: start, to: end)
  }

  /// Opens a WAV file that arrives piece by piece, for example from `arecord` or `ffmpeg` on standard input. Waits for its header.
  ///
  /// - Parameters:
  ///   - descriptor: An open file or pipe; it is duplicated, and stays open.
  ///   - path: What stands for it in messages.
  ///   - sampleRate: The rate that the samples shall have, in Hz; nil for that of the stream.
  ///   - channel: Which channel, counted from 0; nil for the mean of all.
  /// - Throws: `DataError`: no WAV data, or compressed ones; otherwise as for a file.
  public init(
    wavStreamFrom descriptor: Int32 = STDIN_FILENO, path: String = "standard input", sampleRate: Int? = nil, channel: Int? = nil
  ) throws(DataError) {
    try self.init(RawReader(wav: ByteSource(path: path, descriptor: dup(descriptor))), sampleRate: sampleRate, channel: channel)
  }

  /// Opens samples without a header, as they arrive. Waits for the first.
  ///
  /// - Parameters:
  ///   - descriptor: An open file or pipe; it is duplicated, and stays open.
  ///   - path: What stands for it in messages.
  ///   - encoding: How they are written.
  ///   - rawSampleRate: The rate that they have, in Hz.
  ///   - channelCount: How many channels are interleaved.
  ///   - sampleRate: The rate that the samples shall have, in Hz; nil for the same.
  ///   - channel: Which channel, counted from 0; nil for the mean of all.
  /// - Throws: `DataError`, as for a file.
  public init(
    rawSamplesFrom descriptor: Int32 = STDIN_FILENO, path: String = "standard input", encoding: SampleEncoding, rawSampleRate: Int,
    channelCount: Int = 1, sampleRate: Int? = nil, channel: Int? = nil
  ) throws(DataError) {
    let source = try ByteSource(path: path, descriptor: dup(descriptor), expandsGzip: false)
    try self.init(
      RawReader(source, encoding: encoding, sampleRate: rawSampleRate, channelCount: channelCount), sampleRate: sampleRate, channel: channel)
  }

  init(_ reader: any SampleReader, sampleRate: Int?, channel: Int?, from start: Double = 0, to end: Double? = nil) throws(DataError) {
    let (path, rate, count) = (reader.path, reader.sampleRate, reader.channelCount)
    let wanted = sampleRate ?? rate
    check(sampleRate.map(Waveform.sampleRates.contains) ?? true, "SampleSource: a rate of \(wanted) Hz; those from \(Waveform.sampleRates) are known")
    guard Waveform.sampleRates.contains(rate) else {
      let (low, high) = (Waveform.sampleRates.lowerBound, Waveform.sampleRates.upperBound)
      throw DataError(path, "says that its rate is \(rate) Hz; sound has from \(low) to \(high)")
    }
    guard (1...1_024).contains(count) else { throw DataError(path, "says that it has \(count) channels; sound has from 1 to 1024") }
    if let channel, !(0..<count).contains(channel) {
      throw DataError(path, "has no channel \(channel): there \(count == 1 ? "is 1" : "are \(count)"), counted from 0")
    }
    let duration = reader.frameCount.map { Double($0) / Double(rate) }
    guard start >= 0, start < 1e9, end ?? .infinity > start else {
      let part = "from \(start) s to \(end.map { "\($0) s" } ?? "the end")"
      throw DataError(path, "there is no part \(part): a part begins at 0 or later, and ends after that")
    }
    if let duration, start > 0, start >= duration { throw DataError(path, "ends at \(duration) s; the part from \(start) s on is not in it") }
    let position = Int((start * Double(rate)).rounded())
    if position > 0 { try reader.skip(position) }
    (self.path, self.sampleRate, self.duration, self.reader, self.channel, self.position) = (path, wanted, duration, reader, channel, position)
    self.end = end.map { $0 < 1e9 ? Int(($0 * Double(rate)).rounded()) : .max } ?? .max
    resampler = wanted == rate ? nil : Resampler(from: Double(rate), to: Double(wanted))
  }

  /// The next samples, at least one; nil at the end. A stream gives them as soon as they are there.
  ///
  /// - Throws: `DataError` if reading fails, the data are damaged or end too early, or a sample is no number, or none of sound.
  public mutating func next() throws(DataError) -> [Float]? {
    while !hasEnded {
      let limit = min(end - position, max(1, Self.blockSize / reader.channelCount))
      let frames = limit > 0 ? try reader.read(limit: limit) : []
      hasEnded = frames.isEmpty
      let samples = try mixed(frames)
      position += samples.count
      let output = resampler?.process(samples) ?? samples
      if !output.isEmpty { return output }
    }
    guard var last = resampler.take() else { return nil }
    let rest = last.finish()
    return rest.isEmpty ? nil : rest
  }

  /// One channel of `[frames, channels]`.
  private func mixed(_ frames: [Float]) throws(DataError) -> [Float] {
    let count = reader.channelCount
    if let place = frames.firstIndex(where: { !($0.magnitude <= Self.largestSample) }) {
      let time = Double(position + place / count) / Double(reader.sampleRate)
      throw DataError(path, "holds the sample \(frames[place]) at \(time) s; samples are numbers from -1 to 1")
    }
    if count == 1 { return frames }
    return frames.withUnsafeBufferPointer { frames in
      (0..<frames.count / count).map { frame in
        if let channel { return frames[frame * count + channel] }
        var sum: Float = 0
        for index in frame * count..<(frame + 1) * count { sum += frames[index] }
        return sum / Float(count)
      }
    }
  }
}
