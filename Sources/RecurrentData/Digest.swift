/// A digest of data (FNV-1a over words): equal data have equal digests, and others almost surely different ones.
///
/// A run may be resumed only with the data that it began with; the digest tells them apart.
public struct Digest: Sendable, Hashable {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The digest of no data.
  public init() {}

  /// The digest of a sequence of tokens.
  public init(_ tokens: some Sequence<Int32>) {
    for token in tokens { add(token) }
  }

  /// Adds a word.
  public mutating func add(_ word: UInt32) { state = (state ^ UInt64(word)) &* 0x0000_0100_0000_01b3 }

  /// Adds a token, label or count.
  public mutating func add(_ token: Int32) { add(UInt32(bitPattern: token)) }

  /// Adds the bits of a number.
  public mutating func add(_ value: Float) { add(value.bitPattern) }

  /// The digest in hexadecimal digits, without leading zeros.
  public var text: String { String(state, radix: 16) }
}
