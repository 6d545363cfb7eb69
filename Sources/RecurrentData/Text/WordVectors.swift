public import Foundation

/// Vectors of words as GloVe and word2vec write them as text: a word and its numbers a line, with spaces between; word2vec
/// has a first line with two whole numbers, how many words and how many numbers. Plain or gzip.
///
///     let vectors = try WordVectors(contentsOf: url, dimension: 100, of: vocabulary)
///     vectors.found[12]   // the 100 numbers of word 12, or nil
///
/// Only the words of the vocabulary are kept, so that a file of millions needs little memory.
public struct WordVectors: Sendable {
  /// Numbers of a vector.
  public let dimension: Int
  /// The vector of each word by its index.
  public let found: [Int: [Float]]

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - dimension: How many numbers a word must have.
  ///   - vocabulary: The words to keep; the first of two lines for the same word counts.
  /// - Throws: `DataError` that names the line: another dimension, something that is no number, a binary file, or no word of
  ///   the vocabulary at all.
  public init(contentsOf url: URL, dimension: Int, of vocabulary: Vocabulary) throws(DataError) {
    var lines = try LineSource(contentsOf: url)
    var found: [Int: [Float]] = [:]
    var lineCount = 0
    while let line = try lines.next() {
      let fields = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      if fields.isEmpty { continue }
      if lines.number == 1, fields.count == 2, fields.allSatisfy({ $0.allSatisfy { (0x30...0x39).contains($0) } }) {
        try Self.check(Int(String(decoding: fields[1], as: UTF8.self)), dimension, &lines)
        continue
      }
      lineCount += 1
      if fields.count != dimension + 1 { try Self.check(fields.count - 1, dimension, &lines) }
      guard let index = vocabulary.index(of: String(decoding: fields[0], as: UTF8.self)), found[index] == nil else {
        continue
      }
      var vector: [Float] = []
      vector.reserveCapacity(dimension)
      for field in fields.dropFirst() {
        let text = String(decoding: field, as: UTF8.self)
        guard let number = Float(text), number.isFinite else {
          throw DataError(lines.path, line: lines.number, "\(quoted(text)) is not a number; a line is a word and its numbers")
        }
        vector.append(number)
      }
      found[index] = vector
    }
    if found.isEmpty {
      throw DataError(
        lines.path,
        lineCount == 0
          ? "has no word vector" : "has no vector for any word of the vocabulary; is it of the same language and case?")
    }
    self.dimension = dimension
    self.found = found
  }

  private static func check(
    _ count: Int?, _ dimension: Int, _ lines: inout LineSource
  ) throws(DataError) {
    if count == dimension { return }
    throw DataError(
      lines.path, line: lines.number,
      "a vector of \(count.map { "\($0)" } ?? "?") numbers, and the embedding has \(dimension); set model.embedding to the"
        + " file's number")
  }
}
