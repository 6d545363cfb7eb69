import Foundation
import RecurrentTensors

/// BLEU: how many runs of one to four words a translation shares with its references (Papineni et al. 2002), as sacreBLEU
/// computes it (Post 2018): tokenization 13a, case kept unless said otherwise, exponential smoothing.
///
/// `BLEU = 100 BP exp((1/4) sum log p_n)`, where `p_n` is the share of the translations' n-grams that the reference has too, each as
/// often as it stands there at most, and `BP = exp(1 - r/c)` where the `c` words of the translations are fewer than the `r` of the
/// references, else 1. The n-th of the precisions that are zero counts as `1 / (2^n total)`.
///
/// ```swift
/// let bleu = BLEU(hypotheses: translations, references: references.map { [$0] }, lowercases: true)
/// print(bleu.score)  // 0 to 100
/// ```
///
/// It is a sum over sentences: adding two of them gives that of both sets together.
public struct BLEU: Sendable, Hashable {
  /// The longest runs of words that count.
  public static let longest = 4

  /// How many n-grams of the translations stand in their references, for n from 1 to 4.
  public private(set) var matches = Array(repeating: 0, count: longest)
  /// How many n-grams the translations have.
  public private(set) var totals = Array(repeating: 0, count: longest)
  /// Words of the translations.
  public private(set) var hypothesisLength = 0
  /// Words of the references: of several the one whose length is nearest, of two as near the shorter.
  public private(set) var referenceLength = 0

  /// BLEU of nothing.
  public init() {}

  /// BLEU of translations together.
  ///
  /// - Parameters:
  ///   - hypotheses: The translations.
  ///   - references: The references of each; one or more.
  ///   - lowercases: Whether case is left out of account.
  /// - Precondition: as many lists of references as translations, none of them empty.
  public init(hypotheses: [String], references: [[String]], lowercases: Bool = false) {
    check(
      hypotheses.count == references.count,
      "BLEU: \(hypotheses.count) hypotheses and references for \(references.count)")
    for (hypothesis, references) in zip(hypotheses, references) {
      add(hypothesis, references: references, lowercases: lowercases)
    }
  }

  /// Counts one more translation.
  public mutating func add(_ hypothesis: String, references: [String], lowercases: Bool = false) {
    check(!references.isEmpty, "BLEU: a hypothesis without a reference")
    func tokens(_ text: String) -> [[UInt8]] {
      TranslationTokenizer.tokens(lowercases ? TranslationTokenizer.lowercased(text) : text)
    }
    add(tokens(hypothesis), alternatives: references.map(tokens))
  }

  /// Counts one more sentence of these words.
  mutating func add(_ words: [[UInt8]], alternatives: [[[UInt8]]]) {
    hypothesisLength += words.count
    referenceLength += alternatives.map(\.count).min {
      (abs($0 - words.count), $0) < (abs($1 - words.count), $1)
    }!
    for order in 1...Self.longest {
      var allowed: [ArraySlice<[UInt8]>: Int] = [:]
      for alternative in alternatives {
        allowed.merge(NGrams.counts(alternative, order: order)) { max($0, $1) }
      }
      for (gram, count) in NGrams.counts(words, order: order) {
        totals[order - 1] += count
        matches[order - 1] += min(count, allowed[gram] ?? 0)
      }
    }
  }

  /// Both sets of translations together.
  public static func + (a: BLEU, b: BLEU) -> BLEU {
    var sum = a
    for order in 0..<longest {
      sum.matches[order] += b.matches[order]
      sum.totals[order] += b.totals[order]
    }
    sum.hypothesisLength += b.hypothesisLength
    sum.referenceLength += b.referenceLength
    return sum
  }

  /// BLEU from 0 to 100; 0 where not one word is right.
  public var score: Double { score(usesEffectiveOrder: false) }

  /// BLEU of a single sentence, from 0 to 100: runs longer than the sentence do not count ("effective order").
  public var sentenceScore: Double { score(usesEffectiveOrder: true) }

  /// What translations are multiplied by that are shorter than their references.
  public var brevityPenalty: Double {
    if hypothesisLength >= referenceLength { return 1 }
    return hypothesisLength == 0 ? 0 : exp(1 - Double(referenceLength) / Double(hypothesisLength))
  }

  /// The precision of each order in percent, smoothed; 0 where there is no n-gram so long, or no word is right.
  public var precisions: [Double] {
    var precisions = Array(repeating: 0.0, count: Self.longest)
    guard matches.contains(where: { $0 > 0 }) else { return precisions }
    var smoothing = 1.0
    for order in 0..<Self.longest where totals[order] > 0 {
      if matches[order] == 0 {
        smoothing *= 2
        precisions[order] = 100 / (smoothing * Double(totals[order]))
      } else {
        precisions[order] = 100 * Double(matches[order]) / Double(totals[order])
      }
    }
    return precisions
  }

  /// BLEU of runs of one to `order` words, without smoothing, from 0 to 100: BLEU-1 to BLEU-4 of the papers on captions.
  ///
  /// - Precondition: `1 <= order <= 4`.
  public func score(order: Int) -> Double {
    check((1...Self.longest).contains(order), "BLEU: the order \(order) is not from 1 to \(Self.longest)")
    let logarithms = (0..<order).map { matches[$0] == 0 ? -Double.infinity : log(Double(matches[$0]) / Double(totals[$0])) }
    return 100 * brevityPenalty * exp(logarithms.reduce(0, +) / Double(order))
  }

  private func score(usesEffectiveOrder: Bool) -> Double {
    guard matches.contains(where: { $0 > 0 }) else { return 0 }
    let order = usesEffectiveOrder ? totals.count { $0 > 0 } : Self.longest
    let logarithms = precisions.prefix(order).map(log)  // log(0) is minus infinity, and the score 0
    return brevityPenalty * exp(logarithms.reduce(0, +) / Double(order))
  }
}

/// Runs of neighbouring elements, counted.
enum NGrams {
  /// How often each run of `order` elements occurs.
  static func counts<Element: Hashable>(_ elements: [Element], order: Int) -> [ArraySlice<Element>: Int] {
    var counts: [ArraySlice<Element>: Int] = [:]
    guard elements.count >= order else { return counts }
    for start in 0...elements.count - order { counts[elements[start..<start + order], default: 0] += 1 }
    return counts
  }
}
