import Foundation
import RecurrentTensors

/// Series with something to learn that only a memory keeps: a pulse up or down at the first step decides, noise follows.
enum LabelledSeriesExamples {
  /// JSON lines, the same for the same seed; lengths from 6 to 12 steps.
  ///
  /// - Parameters:
  ///   - tagging: Whether each step has a label: the direction of the last pulse so far. Pulses then come at any step.
  ///   - missingEvery: Leave out every so many-th value of the second channel.
  static func lines(count: Int, seed: UInt64, tagging: Bool = false, missingEvery: Int? = nil) -> String {
    var generator = RandomGenerator(seed: seed)
    var written = 0
    let rows = (0..<count).map { row in
      let length = 6 + Int(generator.next() >> 33) % 7
      var isUp = row % 2 == 0
      var labels: [String] = []
      let steps = (0..<length).map { step in
        var pulse = 0.0
        if step == 0 || tagging && generator.uniform() < 0.2 {
          if step > 0 { isUp = generator.uniform() < 0.5 }
          pulse = isUp ? 3 : -3
        }
        labels.append(isUp ? "\"up\"" : "\"down\"")
        written += 1
        let noise = missingEvery.map { written % $0 == 0 } == true ? "null" : text(generator.normal())
        return "[\(text(5 + pulse + 0.3 * generator.normal())), \(noise)]"
      }
      let label = tagging ? "[\(labels.joined(separator: ", "))]" : labels[0]
      return "{\"id\": \"s\(row)\", \"group\": \"g\(row % 4)\", \"label\": \(label), \"x\": [\(steps.joined(separator: ", "))]}"
    }
    return rows.joined(separator: "\n") + "\n"
  }

  private static func text(_ value: Double) -> String { String(format: "%.4f", value) }

  /// Calls `body` with a directory that has these files, and removes it afterwards.
  static func withFiles<Result>(_ files: [String: String], _ body: (URL) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    for (name, text) in files { try Data(text.utf8).write(to: url.appending(path: name)) }
    return try body(url)
  }

  /// `train.jsonl` and `test.jsonl`.
  static func files(tagging: Bool = false) -> [String: String] {
    ["train.jsonl": lines(count: 200, seed: 1, tagging: tagging), "test.jsonl": lines(count: 100, seed: 2, tagging: tagging)]
  }
}
