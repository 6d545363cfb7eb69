import RecurrentTensors

extension BLEU {
  /// BLEU of the sentences whose source has one of these lengths.
  public struct LengthBucket: Sendable, Hashable {
    /// The lengths of the sources, in words between white space.
    public let lengths: ClosedRange<Int>
    /// How many sentences there are.
    public let count: Int
    /// Their BLEU.
    public let bleu: BLEU
  }

  /// BLEU by the length of the source: whether a model loses its way in long sentences (Bahdanau et al. 2015, figure 2).
  ///
  /// - Parameters:
  ///   - sources: What was translated.
  ///   - hypotheses: The translations.
  ///   - references: The references of each.
  ///   - bounds: The first length of each bucket but the first, ascending: `[11, 21]` makes 1 to 10, 11 to 20, and 21 and more.
  ///   - lowercases: Whether case is left out of account.
  /// - Returns: The buckets that have sentences; the last ends with the longest.
  public static func byLength(
    sources: [String], hypotheses: [String], references: [[String]], bounds: [Int], lowercases: Bool = false
  ) -> [LengthBucket] {
    check(
      sources.count == hypotheses.count && sources.count == references.count,
      "BLEU.byLength: \(sources.count) sources, \(hypotheses.count) hypotheses and references for \(references.count)")
    check(
      zip(bounds, bounds.dropFirst()).allSatisfy(<) && bounds.first ?? 1 > 0, "BLEU.byLength: the bounds \(bounds) do not ascend from 1")
    let lengths = sources.map { TranslationTokenizer.words($0.unicodeScalars).count }
    let starts = [0] + bounds
    let ends = bounds.map { $0 - 1 } + [max(lengths.max() ?? 0, starts.last!)]
    return zip(starts, ends).compactMap { start, end in
      let members = lengths.indices.filter { (start...end).contains(lengths[$0]) }
      if members.isEmpty { return nil }
      return LengthBucket(
        lengths: start...end, count: members.count,
        bleu: BLEU(hypotheses: members.map { hypotheses[$0] }, references: members.map { references[$0] }, lowercases: lowercases))
    }
  }
}
