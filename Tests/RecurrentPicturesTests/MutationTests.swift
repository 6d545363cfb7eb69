import Foundation
import RecurrentTensors
import RecurrentTestSupport
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
      let bytes = mutated(files[index % files.count], using: &generator, repairing: Self.repaired)
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

  /// A PNG with the checksums that its chunks should have: where they are wrong, it is refused before anything else is looked at.
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
