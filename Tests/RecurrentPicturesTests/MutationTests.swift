import Foundation
import RecurrentTensors
import Testing

@testable import RecurrentPictures

/// Files that were changed at random are pictures or errors with a name, never a crash. `RECURRENT_MUTATIONS=100000` makes more of them.
struct MutationTests {
  private static let count = ProcessInfo.processInfo.environment["RECURRENT_MUTATIONS"].flatMap { Int($0) } ?? 400
  @Test func changedFiles() throws {
    let files = Fixtures.files.map(\.bytes) + [try Array(Data(contentsOf: Fixtures.cat))]
    var generator = RandomGenerator(seed: 15)
    var (readCount, refusedCount) = (0, 0)
    for index in 0..<Self.count {
      let bytes = Self.changed(files[index % files.count], using: &generator)
      let limit = index % 16 == 0 ? Picture.pixelLimit : 100_000
      do {
        let picture = try Picture(decoding: bytes, path: "FILE", pixelLimit: limit)
        #expect(picture.pixels.count == 3 * picture.width * picture.height && picture.width * picture.height <= limit)
        readCount += 1
      } catch {
        #expect("\(error)".hasPrefix("FILE: "), "\(index): \(error)")
        refusedCount += 1
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
    // A PNG whose checksums are wrong is refused before anything else is looked at.
    return below(8) == 0 ? bytes : repaired(bytes)
  }

  /// A PNG with the checksums that its chunks should have.
  private static func repaired(_ file: [UInt8]) -> [UInt8] {
    guard file.starts(with: [0x89, 0x50]) else { return file }
    var bytes = file
    var index = 8
    while index + 12 <= bytes.count {
      let end = index + 8 + bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
      guard end + 4 <= bytes.count else { break }
      bytes.replaceSubrange(end..<end + 4, with: checksum(bytes[index + 4..<end]))
      index = end + 4
    }
    return bytes
  }
}
