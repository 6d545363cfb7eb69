#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Texts as sets of their words and pairs of neighbouring words, order and number left aside.
///
/// A word is a run of letters, digits and apostrophes, in lower case. A feature is a word or a pair that occurs in `minimumCount` training texts
/// or more; its value is its inverse document frequency, `ln((1 + n) / (1 + d)) + 1` for one in d of n texts, and each text is divided by its
/// Euclidean length (as scikit-learn's `TfidfVectorizer(ngram_range=(1, 2), binary=True)` does).
struct BagOfWords: Sendable {
  private var words: [String: Int32] = [:]
  /// The column and the weight of each feature. A feature is its word's number, or those of both words.
  private var columns: [UInt64: (column: Int32, weight: Float)] = [:]

  /// The number of features.
  var count: Int { columns.count }

  /// Collects the features of training texts.
  init(texts: [String], minimumCount: Int = 2) {
    var frequencies: [UInt64: Int32] = [:]
    var order: [UInt64] = []  // of first appearance, so that columns do not depend on a dictionary's order
    for text in texts {
      let numbers = Self.words(of: text).map { word in
        if let number = words[word] { return number }
        let number = Int32(words.count)
        words[word] = number
        return number
      }
      for feature in Self.features(numbers) {
        let count = frequencies[feature, default: 0]
        if count == 0 { order.append(feature) }
        frequencies[feature] = count + 1
      }
    }
    for feature in order {
      let count = frequencies[feature]!
      guard count >= minimumCount else { continue }
      let weight = log(Double(1 + texts.count) / Double(1 + count)) + 1
      columns[feature] = (Int32(columns.count), Float(weight))
    }
  }

  /// The features of texts, a row each. What the training texts lack does not count.
  func rows(of texts: [String]) -> SparseRows {
    var rows = SparseRows()
    for text in texts {
      // A word that is not known has no number, and stands between its neighbours.
      let numbers = Self.words(of: text).map { words[$0] ?? -1 }
      var elements: [(column: Int32, value: Float)] = []
      for feature in Self.features(numbers) {
        if let (column, weight) = columns[feature] { elements.append((column, weight)) }
      }
      let length = elements.reduce(0) { $0 + $1.value * $1.value }.squareRoot()
      if length > 0 {
        for index in elements.indices { elements[index].value /= length }
      }
      rows.append(elements)
    }
    return rows
  }

  /// The words and pairs of a text, each once, in order.
  private static func features(_ numbers: [Int32]) -> [UInt64] {
    var features: [UInt64] = []
    features.reserveCapacity(2 * numbers.count)
    for (index, number) in numbers.enumerated() where number >= 0 {
      features.append(UInt64(number))
      if index > 0, numbers[index - 1] >= 0 { features.append(UInt64(numbers[index - 1] + 1) << 32 | UInt64(number)) }
    }
    features.sort()
    var unique: [UInt64] = []
    unique.reserveCapacity(features.count)
    for feature in features where feature != unique.last { unique.append(feature) }
    return unique
  }

  /// The words of a text.
  static func words(of text: String) -> [String] {
    var words: [String] = []
    var word = ""
    for scalar in text.lowercased().unicodeScalars {
      let isPart =
        scalar.isASCII
        ? ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "'"
        : scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar.properties.generalCategory == .nonspacingMark
      if isPart {
        word.unicodeScalars.append(scalar)
      } else if !word.isEmpty {
        words.append(word)
        word = ""
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}
