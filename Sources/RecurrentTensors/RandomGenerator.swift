#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A seeded generator of random numbers that splits into independent streams.
///
/// SplitMix64 (Steele, Lea, Flood 2014): the state advances by a constant and each output is a mix of it, so a kernel can make
/// the numbers of a whole tensor at once, in any order. The whole state is one word, `Codable` for checkpoints.
public struct RandomGenerator: RandomNumberGenerator, Sendable, Hashable, Codable {
  /// What the state advances by for each output.
  static let increment: UInt64 = 0x9e37_79b9_7f4a_7c15

  /// The state that the next output is made from.
  public internal(set) var state: UInt64

  /// A generator that always gives the same numbers for the same seed.
  public init(seed: UInt64) { state = Self.mix(seed &+ Self.increment) }

  public mutating func next() -> UInt64 {
    state &+= Self.increment
    return Self.mix(state)
  }

  /// Passes over the next `count` outputs.
  public mutating func skip(_ count: Int) { state &+= Self.increment &* UInt64(truncatingIfNeeded: count) }

  /// The stream of the given name: the same name gives the same stream, another name an independent one.
  public func split(_ stream: String) -> RandomGenerator {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
    for byte in stream.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return RandomGenerator(seed: Self.mix(state) ^ Self.mix(hash))
  }

  /// The stream of the given number, for example one an epoch.
  public func split(_ stream: Int) -> RandomGenerator { split("#\(stream)") }

  /// A number from 0 up to but not including 1, a multiple of 2⁻⁵³.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number from the standard normal distribution (Box and Muller 1958; two outputs each).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  private static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
