import Foundation

/// CIDEr-D: how much of what is particular about a picture its caption says (Vedantam, Zitnick and Parikh 2015), as the COCO server counts it.
///
/// Each run `g` of n words has the weight `w(g) = count(g) (log N - log max(1, d(g)))`, where `d` of the `N` pictures have it in a reference. With
/// `c` and `r` the weights of caption and reference, and `l` their words,
/// `CIDEr-D = 10/4 sum over n = 1...4 of the mean over references of exp(-(l_c - l_r)^2 / (2 * 6^2)) sum min(c(g), r(g)) r(g) / (|c| |r|)`.
///
/// The pictures that are measured are all that the weights know: figures of other sets do not compare, and of one picture it is 0.
///
/// ```swift
/// print(CIDErD(captions: captions, references: references).score)  // 0 to 10
/// ```
public struct CIDErD: CaptionMetric, Hashable {
  /// The longest runs of words that count.
  public static let longest = 4
  private static let lengthDeviation = 6.0

  public let scores: [Double]

  public init(captions: [String], references: [[String]]) {
    let words = CaptionWords("CIDErD", captions: captions, references: references)
    let referenceCounts = words.references.map { $0.map(NGramList.init) }
    var pictures: [ArraySlice<[UInt8]>: Int] = [:]
    for references in referenceCounts {
      for gram in Set(references.flatMap { $0.orders.joined().map(\.gram) }) { pictures[gram, default: 0] += 1 }
    }
    let whole = log(Double(words.captions.count))
    func vector(_ list: NGramList) -> Vector {
      Vector(list) { $1 * (whole - log(Double(max(1, pictures[$0] ?? 0)))) }
    }
    scores = zip(words.captions, referenceCounts).map { caption, references in
      let own = vector(NGramList(caption))
      let sum = references.reduce(0) { $0 + own.similarity(to: vector($1), deviation: Self.lengthDeviation) }
      return 10 * sum / Double(references.count)
    }
  }

  /// The runs of one to four words of a sentence in the order in which they come first, so that sums over them have one order.
  private struct NGramList {
    let wordCount: Int
    var orders: [[(gram: ArraySlice<[UInt8]>, count: Int)]] = []

    init(_ words: [[UInt8]]) {
      wordCount = words.count
      for order in 1...CIDErD.longest {
        let counts = NGrams.counts(words, order: order)
        orders.append(counts.map { ($0.key, $0.value) }.sorted { $0.gram.startIndex < $1.gram.startIndex })
      }
    }
  }

  /// The weights of a sentence.
  private struct Vector {
    let wordCount: Int
    let grams: [[ArraySlice<[UInt8]>]]
    let weights: [[ArraySlice<[UInt8]>: Double]]
    let norms: [Double]

    init(_ list: NGramList, weight: (ArraySlice<[UInt8]>, Double) -> Double) {
      wordCount = list.wordCount
      grams = list.orders.map { $0.map(\.gram) }
      let weighed = list.orders.map { $0.map { ($0.gram, weight($0.gram, Double($0.count))) } }
      weights = weighed.map { Dictionary(uniqueKeysWithValues: $0) }
      norms = weighed.map { $0.reduce(0) { $0 + $1.1 * $1.1 }.squareRoot() }
    }

    /// The mean over the orders, from 0 to 1.
    func similarity(to other: Vector, deviation: Double) -> Double {
      let difference = Double(wordCount - other.wordCount)
      let penalty = exp(-difference * difference / (2 * deviation * deviation))
      var sum = 0.0
      for order in grams.indices where norms[order] > 0 && other.norms[order] > 0 {
        let product = grams[order].reduce(0) { sum, gram in
          guard let weight = other.weights[order][gram] else { return sum }
          return sum + min(weights[order][gram]!, weight) * weight
        }
        sum += product / (norms[order] * other.norms[order])
      }
      return penalty * sum / Double(CIDErD.longest)
    }
  }
}
