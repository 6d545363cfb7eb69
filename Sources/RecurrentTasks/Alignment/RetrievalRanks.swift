/// At which places the right ones are when all are ranked by a score.
public struct Ranks: Sendable, Equatable {
  /// The rank of each, from 1.
  public let ranks: [Int]

  /// The share of those among the first so many.
  public func recall(within limit: Int) -> Double { Double(ranks.count { $0 <= limit }) / Double(max(1, ranks.count)) }

  /// The rank in the middle.
  public var median: Double {
    let sorted = ranks.sorted()
    if sorted.isEmpty { return 0 }
    return Double(sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

/// How well sentences are found for pictures, and pictures for sentences (Hodosh et al. 2013, "Framing image description as a ranking task").
public struct RetrievalRanks: Sendable, Equatable {
  /// For each picture the rank of the best of its own sentences among all.
  public let sentences: Ranks
  /// For each sentence the rank of its picture among all.
  public let pictures: Ranks

  /// The limits of recalls that papers give.
  static let limits = [1, 5, 10]

  /// Ranks by scores `[pictures][sentences]`; of equals the own one comes last, so that a model that knows nothing does not win.
  ///
  /// - Parameter owners: The picture of each sentence.
  init(_ scores: [[Float]], owners: [Int]) {
    var best = [Float](repeating: -.infinity, count: scores.count)
    for (sentence, owner) in owners.enumerated() { best[owner] = max(best[owner], scores[owner][sentence]) }
    let hasSentence = Set(owners)
    sentences = Ranks(
      ranks: scores.indices.filter(hasSentence.contains).map { picture in
        1 + zip(scores[picture], owners).count { $0 >= best[picture] && $1 != picture }
      })
    pictures = Ranks(
      ranks: owners.enumerated().map { sentence, owner in
        1 + scores.indices.count { $0 != owner && scores[$0][sentence] >= scores[owner][sentence] }
      })
  }
}
