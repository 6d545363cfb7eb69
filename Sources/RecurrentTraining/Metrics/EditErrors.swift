/// What must be changed to make references of what was recognized: substitutions, deletions and insertions of an alignment with the fewest of them
/// (Levenshtein 1966), summed over a corpus.
///
/// Of several such alignments the one counts that jiwer has, whose figures these equal: read from the end, a deletion goes before an insertion, and both before
/// what is kept or substituted.
///
/// ```swift
/// var errors = EditErrors()
/// errors.addWords(of: "three four five", reference: "three for five six")
/// print(errors.rate, errors.substitutions, errors.deletions)  // 0.5 1 1
/// ```
public struct EditErrors: Sendable, Hashable, Codable {
  /// What was kept.
  public private(set) var hits = 0
  /// What stands for something else.
  public private(set) var substitutions = 0
  /// What the reference has and the hypothesis lacks.
  public private(set) var deletions = 0
  /// What the hypothesis has and the reference lacks.
  public private(set) var insertions = 0

  /// No errors, of nothing.
  public init() {}

  /// How many words, or characters, the references have.
  public var referenceCount: Int { hits + substitutions + deletions }

  /// How many errors there are.
  public var count: Int { substitutions + deletions + insertions }

  /// Errors for each word, or character, of the references; it may be above 1. Of empty references 0 where nothing was inserted, else infinite.
  public var rate: Double { referenceCount > 0 ? Double(count) / Double(referenceCount) : count == 0 ? 0 : .infinity }

  /// Adds the errors of words, which white space parts: the sum's rate is the word error rate.
  public mutating func addWords(of hypothesis: String, reference: String) {
    add(hypothesis.split(whereSeparator: \.isWhitespace), reference: reference.split(whereSeparator: \.isWhitespace))
  }

  /// Adds the errors of characters, spaces among them: the sum's rate is the character error rate. A character is a Unicode scalar.
  public mutating func addCharacters(of hypothesis: String, reference: String) {
    add(Array(hypothesis.unicodeScalars), reference: Array(reference.unicodeScalars))
  }

  /// Adds the errors of one hypothesis, in time and bytes proportional to the product of the lengths.
  public mutating func add<Symbol: Equatable>(_ hypothesis: [Symbol], reference: [Symbol]) {
    // What both begin and end with is right.
    let prefix = zip(hypothesis, reference).prefix { $0 == $1 }.count
    let suffix = zip(hypothesis.dropFirst(prefix).reversed(), reference.dropFirst(prefix).reversed()).prefix { $0 == $1 }.count
    let found = hypothesis[prefix..<hypothesis.count - suffix]
    let wanted = reference[prefix..<reference.count - suffix]
    hits += prefix + suffix
    // distances[r][c]: of the first r of what was found and the first c of what was wanted.
    let width = wanted.count + 1
    var distances = [Int32](repeating: 0, count: (found.count + 1) * width)
    for column in 0..<width { distances[column] = Int32(column) }
    for (row, symbol) in found.enumerated() {
      let (above, here) = (row * width, (row + 1) * width)
      distances[here] = Int32(row + 1)
      for (column, other) in wanted.enumerated() {
        let substituted = distances[above + column] + (symbol == other ? 0 : 1)
        distances[here + column + 1] = min(substituted, distances[here + column] + 1, distances[above + column + 1] + 1)
      }
    }
    var (row, column) = (found.count, wanted.count)
    while row > 0, column > 0 {
      let place = row * width + column
      if distances[place] == distances[place - 1] + 1 {
        deletions += 1
        column -= 1
      } else if row > 1, distances[place - width] == distances[place - width - 1] - 1 {
        insertions += 1
        row -= 1
      } else {
        if found[found.startIndex + row - 1] == wanted[wanted.startIndex + column - 1] { hits += 1 } else { substitutions += 1 }
        row -= 1
        column -= 1
      }
    }
    deletions += column
    insertions += row
  }

  /// The errors of two corpora together.
  public static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.hits += b.hits
    sum.substitutions += b.substitutions
    sum.deletions += b.deletions
    sum.insertions += b.insertions
    return sum
  }
}
