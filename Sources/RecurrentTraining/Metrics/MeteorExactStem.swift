import Foundation

/// The part of METEOR that needs no dictionary: words that a caption shares with a reference, or whose stems it shares, with the parameters of Banerjee and
/// Lavie 2005. Synonyms and paraphrases do not count, and later versions have other parameters: it does not compare with figures of METEOR.
///
/// Words are paired with equal ones first, then those that are left by their stems (Porter 1980), from the last to the first, as NLTK does. With `m` pairs
/// that make `k` runs which are contiguous in both, `P = m / words of the caption`, `R = m / words of the reference`,
/// `score = (1 - 0.5 (k/m)^3) P R / (0.9 P + 0.1 R)`; of several references the best counts.
public struct MeteorExactStem: CaptionMetric, Hashable {
  private static let (alpha, beta, gamma) = (0.9, 3.0, 0.5)

  /// From 0 to 1 each.
  public let scores: [Double]

  public init(captions: [String], references: [[String]]) {
    let words = CaptionWords("MeteorExactStem", captions: captions, references: references)
    var stems: [[UInt8]: [UInt8]] = [:]
    func stem(_ word: [UInt8]) -> [UInt8] {
      if let known = stems[word] { return known }
      let stem = Array(PorterStemmer.stem(String(decoding: word, as: UTF8.self)).utf8)
      stems[word] = stem
      return stem
    }
    scores = zip(words.captions, words.references).map { caption, references in
      references.map { reference in
        Self.score(Self.pairs(caption, reference, caption.map(stem), reference.map(stem)), caption.count, reference.count)
      }.max()!
    }
  }

  /// The place in the reference of each word of the caption; nil where it has none.
  private static func pairs(_ caption: [[UInt8]], _ reference: [[UInt8]], _ captionStems: [[UInt8]], _ referenceStems: [[UInt8]]) -> [Int?] {
    var pairs = [Int?](repeating: nil, count: caption.count)
    var isTaken = [Bool](repeating: false, count: reference.count)
    for (words, others) in [(caption, reference), (captionStems, referenceStems)] {
      for index in words.indices.reversed() where pairs[index] == nil {
        guard let other = others.indices.last(where: { !isTaken[$0] && others[$0] == words[index] }) else { continue }
        pairs[index] = other
        isTaken[other] = true
      }
    }
    return pairs
  }

  private static func score(_ pairs: [Int?], _ captionCount: Int, _ referenceCount: Int) -> Double {
    let count = pairs.count { $0 != nil }
    if count == 0 { return 0 }
    // A run begins where the word before has not the place before.
    let runs = pairs.indices.count { index in
      guard let place = pairs[index] else { return false }
      return index == 0 || pairs[index - 1].map { $0 + 1 != place } ?? true
    }
    let (precision, recall) = (Double(count) / Double(captionCount), Double(count) / Double(referenceCount))
    let mean = precision * recall / (alpha * precision + (1 - alpha) * recall)
    return (1 - gamma * pow(Double(runs) / Double(count), beta)) * mean
  }
}
