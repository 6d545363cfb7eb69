import Foundation
import RecurrentTensors
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
      let bytes = Self.changed(files[index % files.count], using: &generator)
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

  private static func changed(_ file: [UInt8], using generator: inout RandomGenerator) -> [UInt8] {
    var bytes = file
    func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(max(1, limit))) }
    for _ in 0...max(0, below(6) - 3) where !bytes.isEmpty {
      // Headers are where most can go wrong.
      let place = below(3) == 0 ? below(min(64, bytes.count)) : below(bytes.count)
      switch below(12) {
      case 0...3: bytes[place] ^= 1 << UInt8(below(8))
      case 4, 5: bytes[place] = UInt8(below(256))
      case 6, 7: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][below(5)]
      case 8: for index in place..<min(bytes.count, place + 4) { bytes[index] = UInt8(below(256)) }
      case 9: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(16)))
      case 10: bytes.insert(contentsOf: (0...below(16)).map { _ in UInt8(below(256)) }, at: place)
      default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + below(64))], at: below(bytes.count))
      }
    }
    // A page of Ogg whose checksum is wrong is passed over before anything else is looked at.
    return below(8) == 0 ? bytes : repaired(bytes)
  }

  /// Pages of Ogg with the checksums that they should have (RFC 3533).
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
