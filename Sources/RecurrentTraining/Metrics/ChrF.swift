import RecurrentTensors

/// chrF: how many runs of one to six characters a translation shares with its reference (Popovic 2015), as sacreBLEU computes it:
/// white space left out, recall with twice the weight of precision. With `wordOrder: 2` it is chrF++ (Popovic 2017).
///
/// `chrF = 100 (1 + b^2) P R / (b^2 P + R)` with `b = 2`, `P` and `R` the means over the orders of the shares of the translations' and of
/// the references' n-grams that both have.
///
/// ```swift
/// let score = ChrF(hypotheses: translations, references: references.map { [$0] }).score  // 0 to 100
/// ```
public struct ChrF: Sendable, Hashable {
  /// The longest runs of characters that count.
  public static let characterOrder = 6
  private static let beta = 2.0

  /// The longest runs of words that count besides: 0 for chrF, 2 for chrF++.
  public let wordOrder: Int
  /// For each order how many n-grams there are in the translations, in the references, and in both.
  private var statistics: [Statistics]

  private struct Statistics: Hashable {
    var hypothesis = 0
    var reference = 0
    var matches = 0
  }

  /// chrF of translations together.
  ///
  /// - Parameters:
  ///   - hypotheses: The translations.
  ///   - references: The references of each; of several the one that gives the sentence the highest score counts.
  ///   - wordOrder: 0 for chrF, 2 for chrF++.
  ///   - lowercases: Whether case is left out of account.
  /// - Precondition: as many lists of references as translations, none of them empty.
  public init(hypotheses: [String], references: [[String]], wordOrder: Int = 0, lowercases: Bool = false) {
    check(
      hypotheses.count == references.count,
      "ChrF: \(hypotheses.count) hypotheses and references for \(references.count)")
    self.wordOrder = wordOrder
    statistics = Array(repeating: Statistics(), count: Self.characterOrder + wordOrder)
    for (hypothesis, references) in zip(hypotheses, references) {
      check(!references.isEmpty, "ChrF: a hypothesis without a reference")
      func tables(_ text: String) -> NGramTables {
        NGramTables(lowercases ? TranslationTokenizer.lowercased(text) : text, wordOrder: wordOrder)
      }
      let grams = tables(hypothesis)
      let all = references.map { Self.compare(grams, tables($0)) }
      let scores = all.map(Self.score)
      let best = all[scores.firstIndex(of: scores.max()!)!]
      for order in statistics.indices {
        statistics[order].hypothesis += best[order].hypothesis
        statistics[order].reference += best[order].reference
        statistics[order].matches += best[order].matches
      }
    }
  }

  /// chrF from 0 to 100.
  public var score: Double { Self.score(statistics) }

  private static func score(_ statistics: [Statistics]) -> Double {
    // Orders that one side is too short for do not count.
    let orders = statistics.filter { $0.hypothesis > 0 && $0.reference > 0 }
    if orders.isEmpty { return 0 }
    let precision = orders.reduce(0) { $0 + Double($1.matches) / Double($1.hypothesis) } / Double(orders.count)
    let recall = orders.reduce(0) { $0 + Double($1.matches) / Double($1.reference) } / Double(orders.count)
    if precision + recall == 0 { return 0 }
    let factor = beta * beta
    return 100 * ((1 + factor) * precision * recall / (factor * precision + recall))
  }

  private static func compare(_ hypothesis: NGramTables, _ reference: NGramTables) -> [Statistics] {
    func statistics<Gram>(_ hypothesis: [Gram: Int], _ reference: [Gram: Int]) -> Statistics {
      Statistics(
        // Where the reference is too short for the order, sacreBLEU counts nothing.
        hypothesis: reference.isEmpty ? 0 : hypothesis.values.reduce(0, +), reference: reference.values.reduce(0, +),
        matches: hypothesis.reduce(0) { $0 + min($1.value, reference[$1.key] ?? 0) })
    }
    return zip(hypothesis.characters, reference.characters).map(statistics)
      + zip(hypothesis.words, reference.words).map(statistics)
  }
}

/// The n-grams of one sentence, a table for each order.
private struct NGramTables {
  let characters: [[ArraySlice<Unicode.Scalar>: Int]]
  let words: [[ArraySlice<[UInt8]>: Int]]

  init(_ text: String, wordOrder: Int) {
    let scalars = text.unicodeScalars.filter { !TranslationTokenizer.isSpace($0) }
    characters = (1...ChrF.characterOrder).map { NGrams.counts(Array(scalars), order: $0) }
    let parts = wordOrder > 0 ? Self.parts(of: text) : []
    words = (0..<wordOrder).map { NGrams.counts(parts, order: $0 + 1) }
  }

  /// Words between white space, with one sign of ASCII split off their end, or else their beginning.
  private static func parts(of text: String) -> [[UInt8]] {
    func isSign(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
      default: false
      }
    }
    return text.unicodeScalars.split(whereSeparator: TranslationTokenizer.isSpace).flatMap { word -> [[UInt8]] in
      let utf8 = Array(String(word).utf8)
      if word.count == 1 { return [utf8] }
      // Signs of ASCII are one byte.
      if isSign(word.last!) { return [Array(utf8.dropLast()), Array(utf8.suffix(1))] }
      return isSign(word.first!) ? [[utf8[0]], Array(utf8.dropFirst())] : [utf8]
    }
  }
}
