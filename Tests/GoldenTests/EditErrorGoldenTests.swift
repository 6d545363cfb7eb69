import Foundation
import Testing

@testable import RecurrentTraining

/// Errors of words and characters against those that jiwer counts (`Scripts/make_edit_goldens.py`).
struct EditErrorGoldenTests {
  private static func counts(_ errors: EditErrors) -> [Int] { [errors.substitutions, errors.deletions, errors.insertions] }

  @Test func countsAreThoseOfOthers() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/edit-errors.tsv")
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    #expect(lines.count == 1000)
    var (words, characters, wanted) = (EditErrors(), EditErrors(), [Int](repeating: 0, count: 6))
    for line in lines {
      let (reference, hypothesis) = (String(line[0]), String(line[1]))
      let golden = line[2...].compactMap { Int($0) }
      var (own, ownCharacters) = (EditErrors(), EditErrors())
      own.addWords(of: hypothesis, reference: reference)
      ownCharacters.addCharacters(of: hypothesis, reference: reference)
      #expect(Self.counts(own) + Self.counts(ownCharacters) == golden, "\(reference) / \(hypothesis)")
      #expect(own.referenceCount == reference.split(separator: " ").count)
      words.addWords(of: hypothesis, reference: reference)
      characters = characters + ownCharacters
      for index in wanted.indices { wanted[index] += golden[index] }
    }
    #expect(Self.counts(words) + Self.counts(characters) == wanted)
  }

  @Test func emptyTextsHaveRates() {
    var errors = EditErrors()
    #expect(errors.rate == 0)
    errors.addWords(of: "one two", reference: "")
    #expect(errors.insertions == 2 && errors.rate == .infinity)
    errors.addWords(of: "", reference: " one\ttwo  three four ")
    #expect(errors.deletions == 4 && errors.rate == 1.5)
  }
}
