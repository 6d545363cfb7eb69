public import RecurrentTensors

/// A file with one to three changes at random: bits, bytes and stretches of them, most often in its header, where most can go wrong.
///
/// - Parameter repair: Makes checksums right again, or decoders would look at nothing else; one file in eight keeps those that are wrong.
public func mutated(_ file: [UInt8], using generator: inout RandomGenerator, repairing repair: ([UInt8]) -> [UInt8]) -> [UInt8] {
  var bytes = file
  func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(max(1, limit))) }
  for _ in 0...max(0, below(6) - 3) where !bytes.isEmpty {
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
  return below(8) == 0 ? bytes : repair(bytes)
}
