import Foundation
import RecurrentData
import Testing

/// GloVe and word2vec as text.
@Suite struct WordVectorsTests {
  private func vectors(_ text: String, dimension: Int = 3) throws -> WordVectors {
    let url = FileManager.default.temporaryDirectory.appending(path: "vectors-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(text.utf8).write(to: url)
    let vocabulary = try Vocabulary(symbols: ["<unk>", "sea", "moon", "ñu"])
    return try WordVectors(contentsOf: url, dimension: dimension, of: vocabulary)
  }

  private func message(_ text: String, dimension: Int = 3) -> String {
    do {
      return "\(try vectors(text, dimension: dimension).found)"
    } catch {
      return "\(error)"
    }
  }

  @Test func wordsOfTheVocabularyAreKept() throws {
    #expect(try vectors("moon 1 -2.5 3e-1\nsun 1 1 1\nñu 0 0 1 \n").found == [2: [1, -2.5, 0.3], 3: [0, 0, 1]])
    // word2vec's first line; the first of two vectors counts.
    #expect(try vectors("2 3\nsea 1 2 3\nsea 4 5 6\n").found == [1: [1, 2, 3]])
  }

  @Test func mistakesHaveALine() {
    #expect(message("sea 1 2 3\nmoon 1 2\n").contains(":2: a vector of 2 numbers, and the embedding has 3"))
    #expect(message("100 50\nsea 1 2 3\n").contains(":1: a vector of 50 numbers"))
    #expect(message("sea 1 two 3\n").contains(":1: \"two\" is not a number"))
    #expect(message("sea 1 nan 3\n").contains("\"nan\" is not a number"))
    #expect(message("sun 1 2 3\n").contains("no vector for any word of the vocabulary"))
    #expect(message("").contains("has no word vector"))
    #expect(message("sea\u{0} 1 2 3\n").contains("binary file"))
  }
}
