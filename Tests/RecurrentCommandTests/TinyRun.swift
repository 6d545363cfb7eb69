import Foundation

/// A language model small enough to train many times in a test.
enum TinyRun {
  /// Text with something to learn: words of a few kinds in random order, the same in every run.
  static func text(count: Int) -> String {
    let words = ["the", "sea", "moon", "and", "night", "a", "ship", "sails", "on", "far", "away", "home"]
    var state: UInt64 = 42
    var text = ""
    while text.utf8.count < count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text += words[Int(state >> 33) % words.count] + ((state >> 50) % 7 == 0 ? ".\n" : " ")
    }
    return String(text.prefix(count))
  }

  /// A recipe for it; `training` is added to its section.
  static func recipe(hidden: Int = 16, epochs: Int = 2, training: String = "") -> String {
    """
    task: language-model
    description: a model for tests
    data:
      source: text.txt
      split: [0.8, 0.1, 0.1]
    model:
      cell: lstm
      hidden: \(hidden)
      layers: 2
      embedding: 8
      dropout: 0.1
    training:
      epochs: \(epochs)
      batch: 4
      steps: 16
      rate: 0.01
      clip: 5
    \(training)
    """
  }

  /// A directory with `text.txt` and `tiny.yaml`.
  static func scratch(textCount: Int = 6000, hidden: Int = 16, epochs: Int = 2) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("text.txt", text(count: textCount))
    try scratch.file("tiny.yaml", recipe(hidden: hidden, epochs: epochs))
    return scratch
  }

  /// A directory in which the model has been trained, into `run`.
  static func trained() throws -> Scratch {
    let scratch = try scratch()
    let outcome = try Recurrent.run(["train", "tiny.yaml", "--output", "run"], in: scratch)
    guard outcome.status == 0 else { throw TrainingFailed(outcome: outcome) }
    return scratch
  }

  struct TrainingFailed: Error {
    var outcome: Outcome
  }
}
