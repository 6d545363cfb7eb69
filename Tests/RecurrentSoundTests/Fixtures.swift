import Foundation
import RecurrentData
import Testing

@testable import RecurrentSound

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Sound files and features, made by `Scripts/make_sound_goldens.py`.
enum Fixtures {
  struct File: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var file: Data
    var sampleRate: Int
    var channelCount: Int
    var frameCount: Int
    var isLossy: Bool

    var bytes: [UInt8] { Array(file) }
    var testDescription: String { name }
  }

  struct Features: Decodable, Sendable, CustomTestStringConvertible {
    struct Settings: Decodable, Sendable {
      var sampleRate: Int
      var window, hop, lowestFrequency, highestFrequency, preEmphasis: Double?
      var fftSize, bandCount: Int
      var kind, deltas: Int?
    }

    var name: String
    var samples: Data
    var frames: Data
    var frameCount: Int
    var settings: Settings

    var testDescription: String { name }
    var waveform: Waveform { Waveform(sampleRate: settings.sampleRate, samples: SampleEncoding.int16.samples(Array(samples)[...])) }
    var values: [Float] { SampleEncoding.float32.samples(Array(frames)[...]) }
    var features: SoundFeatures {
      SoundFeatures(
        sampleRate: settings.sampleRate, window: settings.window ?? 25, hop: settings.hop ?? 10, fftSize: settings.fftSize, bandCount: settings.bandCount,
        lowestFrequency: settings.lowestFrequency ?? 0, highestFrequency: settings.highestFrequency, preEmphasis: settings.preEmphasis ?? 0,
        kind: settings.kind.map { .mfcc(coefficientCount: $0) } ?? .logMel, deltas: settings.deltas ?? 0)
    }
  }

  private struct All: Decodable {
    var files: [File]
    var features: [Features]
  }

  private static let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/sounds.json")
  private static let all = try! JSONDecoder().decode(All.self, from: Data(contentsOf: url))

  static var files: [File] { all.files }
  static var features: [Features] { all.features }

  static func named(_ name: String) -> [UInt8] { files.first { $0.name == name }!.bytes }

  /// What the files without loss hold, from -1 to 1.
  static func sample(_ frame: Int, _ channel: Int) -> Float {
    Float((frame * 997 + channel * 7_919 + frame * frame * 13) % 40_001 - 20_000) / 32_768
  }
}

/// The message of what `body` throws.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing thrown"
  } catch { return "\(error)" }
}

/// What is said about the sound in these bytes, read whole.
func message(decoding bytes: [UInt8], from start: Double = 0, to end: Double? = nil, channel: Int? = nil) -> String {
  message { _ = try Waveform(decoding: bytes, path: "FILE", channel: channel, from: start, to: end) }
}

/// A directory that is there while `body` runs.
func withDirectory<R>(_ body: (URL) throws -> R) throws -> R {
  let directory = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: directory) }
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  return try body(directory)
}

/// A pipe into which `bytes` are written in pieces of the given size, by a thread of its own.
func withPipe<R>(_ bytes: [UInt8], piece: Int = 1_000, _ body: (Int32) throws -> R) throws -> R {
  // Who reads may close the pipe before its end.
  signal(SIGPIPE, SIG_IGN)
  var ends: [Int32] = [0, 0]
  try #require(pipe(&ends) == 0)
  let (reading, writing) = (ends[0], ends[1])
  let writer = Thread {
    for start in stride(from: 0, to: bytes.count, by: piece) {
      let part = bytes[start..<min(bytes.count, start + piece)]
      if part.withUnsafeBytes({ write(writing, $0.baseAddress, $0.count) }) < part.count { break }
    }
    close(writing)
  }
  writer.start()
  defer { close(reading) }
  return try body(reading)
}

/// A tone.
func tone(_ frequency: Double, rate: Int, seconds: Double, amplitude: Double = 0.5) -> Waveform {
  Waveform(sampleRate: rate, samples: (0..<Int(seconds * Double(rate))).map { Float(amplitude * sin(2 * .pi * frequency * Double($0) / Double(rate))) })
}

/// The amplitude of a frequency in a sound, beside the power of all else that it holds.
func amplitude(of frequency: Double, in sound: Waveform) -> (tone: Double, restPower: Double) {
  var (real, imaginary) = (0.0, 0.0)
  for (index, sample) in sound.samples.enumerated() {
    let angle = 2 * Double.pi * frequency * Double(index) / Double(sound.sampleRate)
    real += Double(sample) * cos(angle)
    imaginary += Double(sample) * sin(angle)
  }
  let tone = 2 * (real * real + imaginary * imaginary).squareRoot() / Double(sound.samples.count)
  return (tone, sound.power - tone * tone / 2)
}

extension Waveform {
  /// Without so many seconds at its beginning and end.
  func trimmed(_ seconds: Double) -> Waveform {
    let count = Int(seconds * Double(sampleRate))
    return Waveform(sampleRate: sampleRate, samples: Array(samples.dropFirst(count).dropLast(count)))
  }
}

/// The first files of a compressed tar archive with short names.
func recordings(of archive: URL, limit: Int) throws -> [[UInt8]] {
  let bytes = try ByteSource(contentsOf: archive).readAll()
  var (files, index) = ([[UInt8]](), 0)
  while files.count < limit, index + 512 <= bytes.count, bytes[index] != 0 {
    let size = try #require(Int(String(decoding: bytes[index + 124..<index + 135], as: UTF8.self), radix: 8))
    if size > 0 { files.append(Array(bytes[index + 512..<index + 512 + size])) }
    index += 512 + (size + 511) / 512 * 512
  }
  return files
}
