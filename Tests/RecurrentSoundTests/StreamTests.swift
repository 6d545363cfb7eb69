import Foundation
import Testing

@testable import RecurrentSound

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

struct StreamTests {
  private static let encodings: [(SampleEncoding, String)] = [
    (.int16, "WAV PCM_16, 44100 Hz, 2"), (.int24, "WAV PCM_24, 16000 Hz, 2"), (.int32, "WAV PCM_32, 16000 Hz, 1"), (.float32, "WAV FLOAT, 22050 Hz, 3"),
  ]

  /// What arrives in pieces of any size is what the file has.
  @Test(arguments: encodings, [1, 7, 100_000]) func wavOnAPipe(kind: (encoding: SampleEncoding, name: String), piece: Int) throws {
    let bytes = Fixtures.named(kind.name)
    let expected = try Waveform(decoding: bytes, path: "")
    let found = try withPipe(bytes, piece: piece) { try Waveform(SampleSource(wavStreamFrom: $0)) }
    #expect(found == expected)
    let file = try #require(Fixtures.files.first { $0.name == kind.name })
    let data = bytes.indices.first { bytes[$0...].starts(with: "data".utf8) }! + 8
    let raw = bytes[data..<data + file.frameCount * file.channelCount * kind.encoding.size]
    let samples = try withPipe(Array(raw), piece: piece) { descriptor in
      try Waveform(
        SampleSource(rawSamplesFrom: descriptor, encoding: kind.encoding, rawSampleRate: file.sampleRate, channelCount: file.channelCount))
    }
    #expect(samples == expected)
  }

  /// Raw samples may begin as gzip data do.
  @Test func rawBytesAreNotUnpacked() throws {
    let sound = try withPipe([0x1F, 0x8B, 1, 0]) { try Waveform(SampleSource(rawSamplesFrom: $0, encoding: .int16, rawSampleRate: 8_000)) }
    #expect(sound.samples == [Float(Int16(bitPattern: 0x8B1F)) / 32_768, 1 / 32_768])
  }

  @Test func ofUnknownLengthAndResampled() throws {
    var bytes = tone(300, rate: 8_000, seconds: 0.5).wav()
    let expected = try Waveform(decoding: bytes, path: "", sampleRate: 16_000)
    bytes.replaceSubrange(40..<44, with: [0xFF, 0xFF, 0xFF, 0xFF])
    let found = try withPipe(bytes, piece: 333) { try Waveform(SampleSource(wavStreamFrom: $0, sampleRate: 16_000)) }
    #expect(found == expected)
  }

  @Test func streamsThatAreNone() throws {
    func found(_ bytes: [UInt8]) throws -> String {
      try withPipe(bytes) { descriptor in message { _ = try Waveform(SampleSource(wavStreamFrom: descriptor)) } }
    }
    let wav = Fixtures.named("WAV PCM_16, 8000 Hz, 1")
    for count in 0..<wav.count { #expect(try found(Array(wav.prefix(count))).hasPrefix("standard input: "), "\(count)") }
    #expect(try found([]) == "standard input: the WAV data end before the first sample: the file is truncated; copy or download the file again")
    #expect(try found(Array(wav.dropLast(3))) == "standard input: the WAV data end 3 bytes too early: the stream was cut off")
    #expect(try found(Array("no sound in here".utf8)) == "standard input: is no WAV data: those begin with RIFF, a size and WAVE")
    #expect(
      try found(Fixtures.named("WAV ULAW, 8000 Hz, 1"))
        == "standard input: the WAV data are not PCM of 16, 24 or 32 bits or floating-point numbers of 32; nothing else is read from a stream")
    var zero = wav
    zero.replaceSubrange(22..<24, with: [0, 0])
    #expect(try found(zero) == "standard input: says that it has 0 channels; sound has from 1 to 1024")
    let odd = try withPipe([1, 2, 3]) { descriptor in
      message { _ = try Waveform(SampleSource(rawSamplesFrom: descriptor, encoding: .int16, rawSampleRate: 8_000)) }
    }
    #expect(odd == "standard input: ends within a frame of 2 bytes; are the samples int16, in 1 channel?")
    let many = message { _ = try SampleSource(rawSamplesFrom: 0, encoding: .int16, rawSampleRate: 0) }
    #expect(many == "standard input: says that its rate is 0 Hz; sound has from 1000 to 768000")
  }

  /// What is there is given before more comes.
  @Test func live() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    try #require(write(ends[1], [1, 0, 2, 0, 3] as [UInt8], 5) == 5)
    var source = try SampleSource(rawSamplesFrom: ends[0], encoding: .int16, rawSampleRate: 8_000)
    #expect(try source.next() == [1 / 32_768, 2 / 32_768])
    try #require(write(ends[1], [0] as [UInt8], 1) == 1)
    #expect(try source.next() == [3 / 32_768])
    close(ends[1])
    #expect(try source.next() == nil)
    #expect(try source.next() == nil)
  }

  /// Half an hour of 48 kHz in stereo, 345 MB, through resampling and features.
  @Test(.enabled(if: residentMemory() != nil, "the system does not tell how much memory is in use"))
  func halfAnHourInConstantMemory() async {
    // Tests beside this one would take memory too.
    await #expect(processExitsWith: .success) { try StreamTests.halfAnHour() }
  }

  private static func halfAnHour() throws {
    try withDirectory { directory in
      let url = directory.appending(path: "long.wav")
      let size = 4 * 48_000 * 1_800
      var header = Array(Waveform(sampleRate: 48_000, samples: []).wav())
      header[22] = 2
      header[32] = 4
      withUnsafeBytes(of: UInt32(size).littleEndian) { header.replaceSubrange(40..<44, with: $0) }
      try Data(header).write(to: url)
      try #require(truncate(url.path, off_t(header.count + size)) == 0)
      let features = SoundFeatures(sampleRate: 16_000, bandCount: 40, deltas: 2, normalization: .runningMean(seconds: 3))
      var extractor = features.extractor()
      var source = try SampleSource(contentsOf: url, sampleRate: 16_000)
      #expect(source.duration == 1_800)
      var (frames, frameCount, sampleCount, most) = ([Float](), 0, 0, 0)
      let before = try #require(residentMemory())
      while let block = try source.next() {
        sampleCount += block.count
        extractor.append(block, to: &frames)
        frameCount += frames.count / features.count
        frames.removeAll(keepingCapacity: true)
        most = max(most, (residentMemory() ?? 0) - before)
      }
      extractor.finish(to: &frames)
      frameCount += frames.count / features.count
      #expect(sampleCount == 16_000 * 1_800 && frameCount == features.frameCount(ofSamples: sampleCount))
      #expect(most < 64 << 20, "\(most >> 20) MB")
      // A part at the end of it is there at once.
      #expect(try Waveform(contentsOf: url, from: 1_799.5).samples.count == 24_000)
    }
  }
}

/// The bytes of memory that the process has; nil where the system has no /proc.
private func residentMemory() -> Int? {
  guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
  return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
}
