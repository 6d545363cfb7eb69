/// Learns byte-pair encoding: again and again the most frequent pair of neighbouring symbols becomes a symbol of its own
/// (Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units").
///
/// Each different word is held once, with its count. After a merge only the words that had the pair are counted again, and a
/// queue gives the most frequent pair, so 8,000 merges over the words of a corpus take about a second.
struct SubwordLearner {
  /// Two symbols by their indices, the left one in the high half.
  private typealias Pair = UInt64

  /// The alphabet, sorted by scalars, and after it the merges in the order in which they were made.
  private(set) var symbols = SymbolTable()
  /// Each word as indices of symbols; -1 is a character outside the alphabet, which nothing is merged with.
  private var words: [[Int32]] = []
  private let counts: [Int]
  private var pairCounts: [Pair: Int] = [:]
  /// The words in which a pair is, or was.
  private var places: [Pair: [Int32]] = [:]
  private var queue = PairQueue()

  /// A learner of words that occur so often.
  ///
  /// - Parameters:
  ///   - words: Different words, in UTF-8.
  ///   - counts: How often each occurs.
  ///   - minimumCount: Characters that occur less often are not in the alphabet.
  init(words table: SymbolTable, counts: [Int], minimumCount: Int) {
    self.counts = counts
    var characters = SymbolTable()
    var characterCounts: [Int] = []
    for index in 0..<table.count {
      let bytes = Array(table.bytes(at: index))
      Self.forEachScalar(of: bytes) { scalar in
        let character = characters.insert(scalar, in: bytes)
        if character == characterCounts.count { characterCounts.append(0) }
        characterCounts[character] += counts[index]
      }
    }
    let alphabet = (0..<characters.count).filter { characterCounts[$0] >= minimumCount }
      .sorted { characters.bytes(at: $0).lexicographicallyPrecedes(characters.bytes(at: $1)) }
    for character in alphabet {
      let bytes = Array(characters.bytes(at: character))
      _ = symbols.insert(0..<bytes.count, in: bytes)
    }
    for index in 0..<table.count {
      let bytes = Array(table.bytes(at: index))
      var word: [Int32] = []
      Self.forEachScalar(of: bytes) { word.append(Int32(symbols.index(of: $0, in: bytes) ?? -1)) }
      words.append(word)
      forEachPair(of: word) { pair in
        pairCounts[pair, default: 0] += counts[index]
        note(pair, in: index)
      }
    }
    for (pair, count) in pairCounts { queue.push(PairQueue.Entry(count: count, pair: pair)) }
  }

  /// Makes up to `mergeCount` more symbols; fewer if no pair is left that occurs twice.
  ///
  /// Among equally frequent pairs the one whose left symbol is older goes first, then the one whose right symbol is.
  mutating func learn(mergeCount: Int) {
    let goal = symbols.count + mergeCount
    while symbols.count < goal, let entry = queue.pop() {
      let count = pairCounts[entry.pair] ?? 0
      if count < entry.count {
        // It has become rarer since it was queued. Where it has become more frequent, it was queued again.
        if count >= 2 { queue.push(PairQueue.Entry(count: count, pair: entry.pair)) }
      } else if count == entry.count, count >= 2 {
        merge(entry.pair)
      }
    }
  }

  private mutating func merge(_ pair: Pair) {
    let (left, right) = (Int32(truncatingIfNeeded: pair >> 32), Int32(truncatingIfNeeded: pair))
    let bytes = Array(symbols.bytes(at: Int(left)) + symbols.bytes(at: Int(right)))
    // Two ways may lead to the same text, which is one symbol.
    let merged = Int32(symbols.insert(0..<bytes.count, in: bytes))
    var changes: [Pair: Int] = [:]
    for place in places.removeValue(forKey: pair) ?? [] {
      let (old, count) = (words[Int(place)], counts[Int(place)])
      let new = Self.merging(left, right, into: merged, in: old)
      if new.count == old.count { continue }
      words[Int(place)] = new
      forEachPair(of: old) { changes[$0, default: 0] -= count }
      forEachPair(of: new) { pair in
        changes[pair, default: 0] += count
        if Int32(truncatingIfNeeded: pair >> 32) == merged || Int32(truncatingIfNeeded: pair) == merged {
          note(pair, in: Int(place))
        }
      }
    }
    for (changed, change) in changes where change != 0 {
      let count = pairCounts[changed, default: 0] + change
      pairCounts[changed] = count > 0 ? count : nil
      // The order of this loop does not matter: entries that differ never tie.
      if change > 0 { queue.push(PairQueue.Entry(count: count, pair: changed)) }
    }
  }

  /// A word with each `left` that stands before a `right` merged with it, from the front.
  private static func merging(_ left: Int32, _ right: Int32, into merged: Int32, in word: [Int32]) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(word.count)
    var index = 0
    while index < word.count {
      if word[index] == left, index + 1 < word.count, word[index + 1] == right {
        result.append(merged)
        index += 2
      } else {
        result.append(word[index])
        index += 1
      }
    }
    return result
  }

  private mutating func note(_ pair: Pair, in word: Int) {
    if places[pair]?.last != Int32(word) { places[pair, default: []].append(Int32(word)) }
  }

  private func forEachPair(of word: [Int32], _ body: (Pair) -> Void) {
    guard word.count > 1 else { return }
    for index in 0..<word.count - 1 where word[index] >= 0 && word[index + 1] >= 0 {
      body(Pair(UInt32(word[index])) << 32 | Pair(UInt32(word[index + 1])))
    }
  }

  private static func forEachScalar(of bytes: [UInt8], _ body: (Range<Int>) -> Void) {
    var offset = 0
    while offset < bytes.count {
      let end = offset + UInt8.scalarLength(lead: bytes[offset])
      body(offset..<end)
      offset = end
    }
  }
}

/// Pairs of symbols, the most frequent first and among equals the one with the smaller indices: a binary heap.
struct PairQueue {
  struct Entry {
    var count: Int
    var pair: UInt64

    func isBefore(_ other: Entry) -> Bool { count != other.count ? count > other.count : pair < other.pair }
  }

  private var entries: [Entry] = []

  mutating func push(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].isBefore(entries[parent]) else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> Entry? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    if entries.isEmpty { return first }
    entries[0] = last
    var parent = 0
    while true {
      var best = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count && entries[child].isBefore(entries[best]) {
        best = child
      }
      if best == parent { return first }
      entries.swapAt(parent, best)
      parent = best
    }
  }
}
