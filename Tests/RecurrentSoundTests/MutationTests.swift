import Foundation
import RecurrentTensors
import RecurrentTestSupport
import Testing

@testable import RecurrentSound

/// Files that were changed at random are sound or errors with a name, never a crash. `RECURRENT_MUTATIONS=100000` makes more of them.
struct MutationTests {
  private static let count = ProcessInfo.processInfo.environment["RECURRENT_MUTATIONS"].flatMap { Int($0) } ?? 400

  @Test func changedFiles() throws {
    let files = Fixtures.files.map(\.bytes)
    var generator = RandomGenerator(seed: 15)
    var (readCount, refusedCount) = (0, 0)
    for index in 0..<Self.count {
      let bytes = mutated(files[index % files.count], using: &generator, repairing: Self.repaired)
      do {
        let sound = try Waveform(
          decoding: bytes, path: "FILE", sampleRate: index % 3 == 0 ? 16_000 : nil, channel: index % 5 == 0 ? 0 : nil, from: index % 4 == 0 ? 0.01 : 0,
          durationLimit: 10)
        #expect(sound.samples.allSatisfy { $0.isFinite } && sound.duration <= 10)
        readCount += 1
      } catch {
        #expect("\(error)".hasPrefix("FILE: "), "\(index): \(error)")
        refusedCount += 1
      }
      if index % 7 == 0 {
        let found = try withPipe(bytes, piece: 4_096) { descriptor in
          message { _ = try Waveform(SampleSource(wavStreamFrom: descriptor, path: "FILE"), durationLimit: 10) }
        }
        #expect(found == "nothing thrown" || found.hasPrefix("FILE: "), "\(index): \(found)")
      }
    }
    // Changes that always did the same would test nothing.
    #expect(readCount > Self.count / 8 && refusedCount > Self.count / 4, "\(readCount) read, \(refusedCount) refused")
    if Self.count > 400 { print("\(readCount) read, \(refusedCount) refused") }
  }

  /// Pages of Ogg with the checksums that they should have (RFC 3533): one whose checksum is wrong is passed over before anything else is looked at.
  private static func repaired(_ file: [UInt8]) -> [UInt8] {
    guard file.starts(with: "OggS".utf8) else { return file }
    var bytes = file
    var index = 0
    while index + 27 <= bytes.count, bytes[index...].starts(with: "OggS".utf8) {
      let table = index + 27..<index + 27 + Int(bytes[index + 26])
      guard table.upperBound <= bytes.count else { break }
      let end = table.upperBound + bytes[table].reduce(0) { $0 + Int($1) }
      guard end <= bytes.count else { break }
      bytes.replaceSubrange(index + 22..<index + 26, with: [0, 0, 0, 0])
      let sum = bytes[index..<end].reduce(UInt32(0)) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte) << 24) { sum, _ in sum << 1 ^ (sum >> 31) * 0x04C1_1DB7 }
      }
      withUnsafeBytes(of: sum.littleEndian) { bytes.replaceSubrange(index + 22..<index + 26, with: $0) }
      index = end
    }
    return bytes
  }
}
