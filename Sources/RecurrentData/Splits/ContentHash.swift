import Foundation

/// What an example is known by: 64 bits that equal contents share and others almost surely do not.
///
/// ```swift
/// var hasher = ContentHasher()
/// hasher.add("A film to fall asleep in.")
/// print(hasher.hash)
/// ```
public struct ContentHash: Sendable, Hashable, Comparable {
  /// The bits; model files hold them, so that how they are made never changes.
  public let bits: UInt64

  /// A hash of these bits.
  public init(bits: UInt64) { self.bits = bits }

  public static func < (a: ContentHash, b: ContentHash) -> Bool { a.bits < b.bits }
}

/// Makes a ``ContentHash`` of texts and numbers, in order.
public struct ContentHasher: Sendable {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Begins with nothing.
  public init() {}

  /// Adds 64 bits, each of which can change every bit of the hash.
  public mutating func add(_ word: UInt64) {
    state = (state ^ word) &* 0x9e37_79b9_7f4a_7c15
    state ^= state >> 32
  }

  /// Adds a whole number.
  public mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  /// Adds a number; 0 and -0 are the same, and so are all that are not numbers.
  public mutating func add(_ number: Double) { add(number == 0 ? 0 : number.isNaN ? Double.nan.bitPattern : number.bitPattern) }

  /// Adds a text. How much white space is between its words does not count, nor how its accents are coded.
  public mutating func add(_ text: String) {
    let text = text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping
    var (word, count) = (UInt64(0), 0)
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    var isPending = false
    for byte in text.utf8 {
      if isSpace(byte) {
        isPending = count > 0
        continue
      }
      for byte in isPending ? [0x20, byte] : [byte] {
        word = word << 8 | UInt64(byte)
        count += 1
        if count % 8 == 0 {
          add(word)
          word = 0
        }
      }
      isPending = false
    }
    add(word)
    add(count)
  }

  /// Adds bytes, such as those of a file.
  public mutating func add(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { buffer in
      let words = buffer.count / 8
      for index in 0..<words { add(UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))) }
      var last: UInt64 = 0
      for index in 8 * words..<buffer.count { last = last << 8 | UInt64(buffer[index]) }
      add(last)
    }
    add(bytes.count)
  }

  /// The hash of what was added.
  public var hash: ContentHash { ContentHash(bits: state.mixed) }
}

extension UInt64 {
  /// The word, all of whose bits depend on all of its own (the end of SplitMix64).
  fileprivate var mixed: UInt64 {
    var z = self
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension ContentHash {
  /// Where an example stands on a line from 0 to 2⁶⁴, another for each seed: parts are stretches of that line.
  func place(seed: UInt64) -> UInt64 { (bits ^ (seed &* 0x9e37_79b9_7f4a_7c15 &+ 0x632b_e59b_d9b4_e019).mixed).mixed }
}

/// One thing that is learned from or measured on.
public protocol Example: Sendable {
  /// What it and others are called: "text" and "texts".
  static var nouns: (one: String, many: String) { get }

  /// What it is known by, its label not included: equal ones are dealt into one part.
  var content: ContentHash { get }
}

/// The examples of one file or part, in order.
public protocol ExampleSet: Sendable {
  /// What one and several are called: "text" and "texts".
  static var nouns: (one: String, many: String) { get }

  /// How many there are.
  var count: Int { get }

  /// What each is known by, its label not included.
  var contents: [ContentHash] { get }

  /// Those with these indices, in this order.
  func selecting(_ indices: [Int]) -> Self
}

extension Array: ExampleSet where Element: Example {
  public static var nouns: (one: String, many: String) { Element.nouns }
  public var contents: [ContentHash] { map(\.content) }
  public func selecting(_ indices: [Int]) -> [Element] { indices.map { self[$0] } }
}
