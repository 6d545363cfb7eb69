import Foundation
import Recurrent

/// What a model says of the series of files, as `recurrent predict` shows it.
struct SeriesPrediction {
  /// The files.
  let files: [String]
  /// Whether programs read it.
  let isJSON: Bool
  /// Whether the user asks for the influence of words.
  let isExplained: Bool

  /// Judges all series of all files, and prints a line for each: its name or line, its label, the probability; of a model that
  /// answers each step a line for each of those.
  func run(_ model: any SeriesPredictor) throws {
    if isExplained { throw CommandError("--explain is for texts; leave it out for a model of series") }
    guard !files.isEmpty else {
      throw CommandError("a model of series judges files: name at least one after the model")
    }
    for file in files {
      for verdict in try model.predict(contentsOf: URL(fileURLWithPath: file)) {
        try show(verdict, file: file, answersSteps: model.answersSteps, classes: model.codec.classes.names)
      }
    }
  }

  private func show(_ verdict: SeriesVerdict, file: String, answersSteps: Bool, classes: [String]) throws {
    if isJSON {
      var members: [(String, JSON)] = [("file", .text(file)), ("line", .integer(verdict.line))]
      if let id = verdict.id { members.append(("id", .text(id))) }
      members.append(("steps", .integer(verdict.stepCount)))
      let answers = verdict.answers.map { self.members(of: $0, classes: classes) }
      members += answersSteps ? [("labels", .list(answers.map { .object($0) }))] : answers.flatMap(\.self)
      return try StandardOutput.line(JSON.object(members).description)
    }
    let name = verdict.id ?? (files.count > 1 ? "\(file):\(verdict.line)" : "\(verdict.line)")
    for (step, answer) in verdict.answers.enumerated() {
      let place = answersSteps ? "\(name)\t\(step + 1)" : name
      try StandardOutput.line(
        "\(place.withVisibleControls)\t\(answer.label.withVisibleControls)\t\(Figures.percent(answer.probability))")
    }
  }

  private func members(of answer: SeriesVerdict.Judgement, classes: [String]) -> [(String, JSON)] {
    [
      ("label", .text(answer.label)), ("probability", .number(answer.probability)),
      ("probabilities", .object(zip(classes, answer.probabilities).map { ($0, JSON.number($1)) })),
    ]
  }
}
