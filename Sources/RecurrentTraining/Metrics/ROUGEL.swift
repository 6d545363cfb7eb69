/// ROUGE-L: the longest sequence of words that a caption and a reference have in common, gaps allowed (Lin 2004), as the COCO server counts it.
///
/// `ROUGE-L = (1 + b^2) P R / (R + b^2 P)` with `b = 1.2`, where `P` is the share of the caption's words that are in such a sequence, and `R` that of the
/// reference's: of several references the largest of each, which may come from two.
public struct ROUGEL: CaptionMetric, Hashable {
  private static let beta = 1.2

  /// From 0 to 1 each.
  public let scores: [Double]

  public init(captions: [String], references: [[String]]) {
    let words = CaptionWords("ROUGEL", captions: captions, references: references)
    scores = zip(words.captions, words.references).map { caption, references in
      let common = references.map { Self.longestCommon(caption, $0) }
      if common.allSatisfy({ $0 == 0 }) { return 0 }
      let precision = Double(common.max()!) / Double(caption.count)
      let recall = zip(common, references).map { $1.isEmpty ? 0 : Double($0) / Double($1.count) }.max()!
      let factor = Self.beta * Self.beta
      return (1 + factor) * precision * recall / (recall + factor * precision)
    }
  }

  /// The length of the longest common subsequence.
  private static func longestCommon(_ a: [[UInt8]], _ b: [[UInt8]]) -> Int {
    var lengths = Array(repeating: 0, count: b.count + 1)
    for word in a {
      var diagonal = 0
      for index in b.indices {
        let above = lengths[index + 1]
        lengths[index + 1] = word == b[index] ? diagonal + 1 : max(above, lengths[index])
        diagonal = above
      }
    }
    return lengths[b.count]
  }
}
