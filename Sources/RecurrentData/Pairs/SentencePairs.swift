/// A sentence and its translation.
public struct SentencePair: Sendable, Hashable {
  /// What is translated.
  public var source: String
  /// What it is translated into.
  public var target: String
  /// The line of the file (of both files, where there are two) on which it stands, counted from 1.
  public var line: Int

  /// A pair.
  public init(source: String, target: String, line: Int) {
    self.source = source
    self.target = target
    self.line = line
  }
}

/// Sentence pairs of one file or of two parallel ones, and what was left out of them, so that nothing is lost in silence.
///
///     let pairs = try SentencePairs(table: url, source: 1, target: 2)              // Tatoeba
///     let parts = try SentencePairs.parts(in: directory, source: "de", target: "en")   // Multi30k
///     for omission in parts[.train]!.omissions { print(omission) }   // 2 pairs left out, the target is empty: lines 4, 9
public struct SentencePairs: Sendable {
  /// Where they are from, for messages.
  public let path: String
  /// The pairs, in the order of the file.
  public private(set) var pairs: [SentencePair]
  /// What was left out, and why.
  public private(set) var omissions: [LineOmission]

  /// The given pairs without those that have an empty side; `omissions` lists these.
  ///
  /// - Throws: `DataError` if no pair is left.
  public init(path: String, pairs: [SentencePair]) throws(DataError) {
    self.path = path
    self.pairs = pairs
    omissions = []
    omit("the source is empty") { $0.source.allSatisfy(\.isWhitespace) }
    omit("the target is empty") { $0.target.allSatisfy(\.isWhitespace) }
    if self.pairs.isEmpty {
      throw DataError(path, pairs.isEmpty ? "there is not one pair of sentences" : "every pair has an empty side")
    }
  }

  private init(_ whole: SentencePairs, indices: [Int]) {
    path = whole.path
    pairs = indices.map { whole.pairs[$0] }
    omissions = []
  }

  /// The number of pairs.
  public var count: Int { pairs.count }

  /// The sources in order.
  public var sources: [String] { pairs.map(\.source) }

  /// The targets in order.
  public var targets: [String] { pairs.map(\.target) }

  /// Leaves out the pairs of which this is true, and remembers why.
  ///
  /// - Parameter reason: Ends the sentence "3 pairs left out, ...": `"the source is longer than 50 subwords"`.
  public mutating func omit(_ reason: String, where isOmitted: (SentencePair) -> Bool) {
    var lines: [Int] = []
    pairs.removeAll { pair in
      let leaves = isOmitted(pair)
      if leaves { lines.append(pair.line) }
      return leaves
    }
    if !lines.isEmpty { omissions.append(LineOmission(what: "pair", reason: reason, lines: lines)) }
  }
}

extension SentencePairs: ExampleSet {
  public static var nouns: (one: String, many: String) { ("sentence", "sentences") }

  /// What each pair is known by: its source, since one that was trained on tests nothing.
  public var contents: [ContentHash] {
    pairs.map { pair in
      var hasher = ContentHasher()
      hasher.add(pair.source)
      return hasher.hash
    }
  }

  /// The pairs with these indices, in this order; what was left out of the whole is not told again.
  public func selecting(_ indices: [Int]) -> SentencePairs { SentencePairs(self, indices: indices) }
}
