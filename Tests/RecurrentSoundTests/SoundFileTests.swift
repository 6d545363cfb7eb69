import Foundation
import RecurrentTensors
import Testing

@testable import RecurrentSound

struct SoundFileTests {
  @Test(arguments: Fixtures.files) func everyKindHasItsSamples(file: Fixtures.File) throws {
    let source = try SampleSource(decoding: file.bytes, path: "FILE")
    #expect(source.sampleRate == file.sampleRate)
    for channel in Array(0..<file.channelCount).map(Optional.init) + [nil] {
      let sound = try Waveform(decoding: file.bytes, path: "FILE", channel: channel)
      if file.isLossy {
        #expect(
          abs(sound.samples.count - file.frameCount) <= (file.name.hasPrefix("MP3") || file.name.contains("ADPCM") ? 2_400 : 160), "\(sound.samples.count)")
        let (tone, rest) = amplitude(of: 500, in: sound.trimmed(0.1))
        let expected = channel == nil ? 0.5 / Double(file.channelCount) : channel == 0 ? 0.5 : 0
        #expect(abs(tone - expected) < 0.03 && rest < 0.002, "channel \(channel ?? -1): \(tone), \(rest)")
      } else {
        let expected = (0..<file.frameCount).map { frame in
          channel.map { Fixtures.sample(frame, $0) } ?? (0..<file.channelCount).reduce(0) { $0 + Fixtures.sample(frame, $1) } / Float(file.channelCount)
        }
        #expect(sound.samples == expected)
      }
    }
  }

  @Test func ofAFile() throws {
    try withDirectory { directory in
      let url = directory.appending(path: "a.flac")
      let bytes = Fixtures.named("FLAC PCM_16, 44100 Hz, 2")
      try Data(bytes).write(to: url)
      #expect(try Waveform(contentsOf: url, channel: 1) == Waveform(decoding: bytes, path: "", channel: 1))
      #expect(message { _ = try SampleSource(contentsOf: directory.appending(path: "none.wav")) }.hasSuffix("none.wav: no such file or directory"))
      #expect(
        message { _ = try SampleSource(contentsOf: directory) } == "\(directory.path): is not a regular file, a sound file is needed here")
      #expect(message { _ = try SampleSource(contentsOf: url, channel: 2) } == "\(url.path): has no channel 2: there are 2, counted from 0")
      #expect(
        message { _ = try Waveform(contentsOf: url, durationLimit: 0.001) }
          == "\(url.path): is longer than 0.001 s; read it in blocks (SampleSource) or in parts, or raise the limit")
    }
  }

  /// A part is what stands there in the whole.
  @Test(arguments: Fixtures.files) func parts(file: Fixtures.File) throws {
    let whole = try Waveform(decoding: file.bytes, path: "FILE").samples
    let rate = Double(file.sampleRate)
    let (first, last) = (whole.count / 3, whole.count * 2 / 3)
    let part = try Waveform(decoding: file.bytes, path: "FILE", from: Double(first) / rate, to: Double(last) / rate).samples
    // What MP3 keeps from frame to frame begins anew with another rounding.
    let tolerance: Float = file.name.hasPrefix("MP3") ? 1e-4 : 0
    func equals(_ found: [Float], _ expected: ArraySlice<Float>) -> Bool {
      found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance }
    }
    #expect(equals(part, whole[first..<last]))
    let end = try Waveform(decoding: file.bytes, path: "FILE", from: Double(last) / rate, to: 1e300).samples
    #expect(equals(end, whole[last...]))
  }

  @Test func partsThatAreNone() {
    let file = Fixtures.named("WAV PCM_16, 8000 Hz, 1")
    #expect(message(decoding: file, from: 0.0375) == "FILE: ends at 0.0375 s; the part from 0.0375 s on is not in it")
    #expect(message(decoding: file, from: 1e300).hasPrefix("FILE: there is no part from 1e+300 s to the end"))
    #expect(message(decoding: file, from: -1).hasPrefix("FILE: there is no part from -1.0 s to the end"))
    #expect(message(decoding: file, from: .nan).hasPrefix("FILE: there is no part from nan s"))
    #expect(
      message(decoding: file, from: 0.02, to: 0.01) == "FILE: there is no part from 0.02 s to 0.01 s: a part begins at 0 or later, and ends after that")
    #expect(message(decoding: file, from: 0.02, to: .nan).hasPrefix("FILE: there is no part from 0.02 s to nan s"))
    #expect(message(decoding: file, from: 0.02, to: .infinity) == "nothing thrown")
  }

  @Test func otherFormatsAreNamed() {
    func found(_ text: String) -> String { message(decoding: Array(text.utf8)) }
    #expect(found("") == "FILE: is empty: there is no sound in it; copy or download it again")
    #expect(found("FORM\0\0\0\u{10}AIFF") == "FILE: is an AIFF file; WAV, FLAC, Ogg and MP3 are read: convert it")
    #expect(found("RIFF\0\0\0\0AVI LIST").contains("a RIFF file without sound"))
    #expect(found("RIFX\0\0\0\0WAVE").contains("a rare kind of WAV"))
    #expect(found(".snd\0\0\0\u{18}").contains("an AU file"))
    #expect(found("caff\0\u{1}").contains("a Core Audio file"))
    #expect(found("NIST_1A\n   1024\n").contains("a NIST SPHERE file"))
    #expect(found("#!AMR\n").contains("an AMR file"))
    #expect(found("\0\0\0\u{18}ftypM4A ").contains("an MP4 file"))
    #expect(message(decoding: [0x1A, 0x45, 0xDF, 0xA3]).contains("a Matroska or WebM file"))
    #expect(message(decoding: [0x1F, 0x8B, 8, 0]).contains("must be unpacked first"))
    #expect(found("<!DOCTYPE html>").contains("a web page"))
    #expect(found("abcdef") == "FILE: is no sound: WAV, FLAC, Ogg and MP3 are read, and none of them begins with the bytes 97 98 99 100")
  }

  /// Every beginning of a file is an error: libsndfile would give the samples that are left.
  @Test(arguments: ["WAV PCM_16, 44100 Hz, 2", "WAV GSM610, 8000 Hz, 1", "RF64 PCM_16, 16000 Hz, 1", "FLAC PCM_16, 16000 Hz, 1", "OGG OPUS, 16000 Hz, 1"])
  func everyBeginningIsRefused(name: String) {
    let whole = Fixtures.named(name)
    for count in 0..<whole.count {
      let found = message(decoding: Array(whole.prefix(count)))
      #expect(found.hasPrefix("FILE: "), "\(count) of \(whole.count) bytes: \(found)")
    }
  }

  @Test(arguments: ["WAV PCM_16, 44100 Hz, 2", "OGG VORBIS, 44100 Hz, 2", "MP3 MPEG_LAYER_III, 44100 Hz, 2"])
  func truncated(name: String) {
    let whole = Fixtures.named(name)
    let kind = name.prefix { $0 != " " }
    #expect(
      message(decoding: Array(whole.prefix(whole.count * 2 / 3)))
        == "FILE: the \(kind == "OGG" ? "Ogg" : kind) data end too early: the file is truncated; copy or download the file again")
  }

  /// A WAV file of one channel and 16 bits whose header is changed.
  private func wav(_ changes: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes = tone(440, rate: 16_000, seconds: 0.01).wav()
    changes(&bytes)
    return bytes
  }

  @Test func absurdHeaders() {
    func found(_ place: Int, _ bytes: [UInt8]) -> String { message(decoding: wav { $0.replaceSubrange(place..<place + bytes.count, with: bytes) }) }
    #expect(found(24, [0, 0, 0, 0]).hasPrefix("FILE: "))
    #expect(found(24, [0, 0xCA, 0x9A, 0x3B]) == "FILE: says that its rate is 1000000000 Hz; sound has from 1000 to 768000")
    #expect(found(24, [100, 0, 0, 0]) == "FILE: says that its rate is 100 Hz; sound has from 1000 to 768000")
    #expect(found(22, [0, 0]).hasPrefix("FILE: the WAV data cannot be read ("))
    #expect(found(22, [0xFF, 0xFF]).hasPrefix("FILE: "))
    #expect(found(34, [0, 0]).hasPrefix("FILE: the WAV data cannot be read ("))
    #expect(found(20, [0x99, 0x99]).hasPrefix("FILE: the WAV data cannot be read ("))
    #expect(found(12, Array("junk".utf8)) == "FILE: the WAV data have no format before their samples; convert the file again")
    #expect(found(36, Array("junk".utf8)) == "FILE: the WAV data end before the first sample: the file is truncated; copy or download the file again")
    #expect(found(40, [0, 0, 0, 0x70]) == "FILE: the WAV data end too early: the file is truncated; copy or download the file again")
    var empty = wav { _ in }
    for _ in 0..<1_000 { empty.insert(contentsOf: Array("junk\0\0\0\0".utf8), at: 12) }
    #expect(message(decoding: empty) == "FILE: the WAV data have more than 1000 chunks before their samples; convert the file again")
    // Who writes to a pipe does not know the size.
    #expect(found(40, [0xFF, 0xFF, 0xFF, 0xFF]) == "nothing thrown")
    #expect(found(40, [0, 0, 0, 0]) == "nothing thrown")
    // 10^12 frames.
    var long = Fixtures.named("RF64 PCM_16, 16000 Hz, 1")
    let place = long.indices.first { long[$0...].starts(with: "ds64".utf8) }!
    long.replaceSubrange(place + 16..<place + 24, with: [0, 0x20, 0x4A, 0xA9, 0xD1, 0x01, 0, 0])
    #expect(message(decoding: long) == "FILE: the WAV data end too early: the file is truncated; copy or download the file again")
    var flac = Fixtures.named("FLAC PCM_16, 16000 Hz, 1")
    flac.replaceSubrange(22..<26, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(message(decoding: flac) == "FILE: the FLAC data end too early: the file is truncated; copy or download the file again")
  }

  @Test func manyChannels() throws {
    func wav(channels: Int) -> [UInt8] {
      var bytes = Waveform(sampleRate: 16_000, samples: (0..<channels * 3).map { Float($0 % channels) / 2_048 }).wav()
      let size = 2 * channels
      bytes.replaceSubrange(22..<24, with: [UInt8(channels & 0xFF), UInt8(channels >> 8)])
      bytes.replaceSubrange(32..<34, with: [UInt8(size & 0xFF), UInt8(size >> 8)])
      return bytes
    }
    #expect(try Waveform(decoding: wav(channels: 1_000), path: "", channel: 999).samples == [Float](repeating: 999 / 2_048, count: 3))
    #expect(try Waveform(decoding: wav(channels: 1_000), path: "").samples.allSatisfy { abs($0 - 499.5 / 2_048) < 1e-5 })
    #expect(message(decoding: wav(channels: 1_025)).hasPrefix("FILE: "))
  }

  @Test func samplesThatAreNone() {
    func file(_ bits: UInt32) -> [UInt8] {
      var bytes = Fixtures.named("WAV FLOAT, 22050 Hz, 3")
      let place = bytes.indices.first { bytes[$0...].starts(with: "data".utf8) }! + 8 + 4 * 3 * 2_205 / 100
      withUnsafeBytes(of: bits.littleEndian) { bytes.replaceSubrange(place..<place + 4, with: $0) }
      return bytes
    }
    let expected = "at \(22.0 / 22_050) s; samples are numbers from -1 to 1"
    #expect(message(decoding: file(Float.nan.bitPattern)) == "FILE: holds the sample nan \(expected)")
    #expect(message(decoding: file((-Float.infinity).bitPattern)) == "FILE: holds the sample -inf \(expected)")
    #expect(message(decoding: file((1e30 as Float).bitPattern)) == "FILE: holds the sample 1e+30 \(expected)")
    #expect(message(decoding: file((2 as Float).bitPattern)) == "nothing thrown")
  }

  @Test func silentAndWithoutSamples() throws {
    let silence = Waveform(sampleRate: 8_000, samples: [Float](repeating: 0, count: 800))
    #expect(try Waveform(decoding: silence.wav(), path: "", sampleRate: 16_000).samples == [Float](repeating: 0, count: 1_600))
    let nothing = Waveform(sampleRate: 8_000, samples: [])
    #expect(try Waveform(decoding: nothing.wav(), path: "", sampleRate: 16_000).samples.isEmpty)
  }

  @Test func damagedInTheMiddle() {
    var flac = Fixtures.named("FLAC PCM_16, 44100 Hz, 2")
    for index in flac.count / 2..<flac.count / 2 + 40 { flac[index] = 0xFF }
    let whole = Fixtures.named("FLAC PCM_16, 44100 Hz, 2")
    for file in [flac, Array(whole.dropLast(200))] {
      #expect(
        message(decoding: file)
          == "FILE: the FLAC data cannot be read at 0.0 s (flac decoder lost sync); copy or download the file again, or convert it")
    }
    var ogg = Fixtures.named("OGG VORBIS, 16000 Hz, 1")
    for index in 60..<100 { ogg[index] = 0xFF }
    #expect(
      message(decoding: ogg) == "FILE: the Ogg data cannot be read (its headers are damaged); copy or download the file again, or convert it")
    var mp3 = Fixtures.named("MP3 MPEG_LAYER_III, 16000 Hz, 1")
    for index in 0..<mp3.count where index > 2 { mp3[index] = 0xFF }
    #expect(message(decoding: mp3).hasPrefix("FILE: the MP3 data cannot be read ("))
  }

  @Test func writtenAndReadAgain() throws {
    let samples: [Float] = [0, 0.5, -0.25, 1.5, -1.5, .nan, -1, 32_767 / 32_768]
    let read = try Waveform(decoding: Waveform(sampleRate: 16_000, samples: samples).wav(), path: "")
    #expect(read.samples == [0, 0.5, -0.25, 32_767 / 32_768, -1, 0, -1, 32_767 / 32_768] && read.sampleRate == 16_000)
    #expect(try Waveform(decoding: read.wav(), path: "") == read)
    try withDirectory { directory in
      let url = directory.appending(path: "a.wav")
      try read.write(wav: url)
      #expect(try Waveform(contentsOf: url) == read)
      let missing = directory.appending(path: "none/a.wav")
      #expect(message { try read.write(wav: missing) }.hasPrefix("\(missing.path): cannot be written: "))
    }
  }

  private static let fsdd = URL(filePath: #filePath).appending(path: "../../../../shared/data/fsdd/recordings.tar.gz").standardizedFileURL

  /// The first recordings of the Free Spoken Digit Dataset.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: fsdd.path), "the Free Spoken Digit Dataset is not beside the checkout"))
  func spokenDigits() throws {
    let features = SoundFeatures(sampleRate: 16_000, kind: .mfcc(coefficientCount: 13), deltas: 2, normalization: .utterance)
    for bytes in try recordings(of: Self.fsdd, limit: 40) {
      let sound = try Waveform(decoding: bytes, path: "digit", sampleRate: 16_000)
      #expect(sound.duration > 0.1 && sound.duration < 5 && sound.power > 1e-6)
      #expect(features.tensor(of: sound).scalars.allSatisfy { $0.isFinite && abs($0) < 30 })
    }
  }
}
