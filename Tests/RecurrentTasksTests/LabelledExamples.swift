import Foundation
import RecurrentTensors

/// Labelled texts with something to learn that is not in the words alone: "not" turns the one word after it that counts.
enum LabelledExamples {
  /// So many rows of a table with a header, the same for the same seed; of each label as many, or one in `ratio`.
  static func table(count: Int, seed: UInt64, ratio: Int = 2) -> String {
    var generator = RandomGenerator(seed: seed)
    let fillers = ["the", "film", "was", "a", "story", "with", "actors", "and", "music", "of", "some", "length"]
    func pick(_ words: [String]) -> String { words[Int(generator.next() >> 33) % words.count] }
    var rows = ["label\ttext"]
    for row in 0..<count {
      let isGood = row % ratio == 0
      let isTurned = generator.next() >> 63 == 0
      let verdict = pick(isGood != isTurned ? ["good", "fine", "great"] : ["bad", "dull", "poor"])
      var words = (0..<Int(generator.next() >> 61)).map { _ in pick(fillers) }
      words += (isTurned ? ["not"] : []) + [verdict] + (0..<Int(generator.next() >> 61)).map { _ in pick(fillers) }
      rows.append("\(isGood ? "good" : "bad")\t\(words.joined(separator: " ")).")
    }
    return rows.joined(separator: "\n") + "\n"
  }

  /// Calls `body` with a directory that has `train.tsv` and `test.tsv`, and removes it afterwards.
  static func withDirectory<Result>(
    training: String = table(count: 400, seed: 1), test: String? = table(count: 200, seed: 2),
    _ body: (URL) throws -> Result
  ) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(training.utf8).write(to: url.appending(path: "train.tsv"))
    if let test { try Data(test.utf8).write(to: url.appending(path: "test.tsv")) }
    return try body(url)
  }
}
