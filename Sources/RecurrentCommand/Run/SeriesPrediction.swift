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
    try check()
    for file in files {
      for verdict in try model.predict(contentsOf: URL(fileURLWithPath: file)) {
        try show(verdict, file: file, answersSteps: model.answersSteps, classes: model.codec.classes.names)
      }
    }
  }

  /// Prints what a model makes of all series of all files: a line for each answer, with the series' name or line, the step and the numbers.
  func run(_ model: TrainedSeriesRegression, steps: Int?) throws {
    try check()
    for file in files {
      for answers in try model.predict(contentsOf: URL(fileURLWithPath: file), steps: steps) {
        try show(answers, file: file)
      }
    }
  }

  private func check() throws {
    if isExplained { throw CommandError("--explain is for texts; leave it out for a model of series") }
    guard !files.isEmpty else {
      throw CommandError("a model of series reads files: name at least one after the model")
    }
  }

  private func show(_ answers: SeriesAnswers, file: String) throws {
    if isJSON {
      var members: [(String, JSON)] = [("file", .text(file)), ("line", .integer(answers.line))]
      if let id = answers.id { members.append(("id", .text(id))) }
      members.append(("y", .list(answers.values.map { .list($0.map { .number($0) }) })))
      return try StandardOutput.line(JSON.object(members).description)
    }
    let name = self.name(answers.id, line: answers.line, file: file)
    for (step, values) in answers.values.enumerated() {
      let place = answers.values.count > 1 ? "\(name)\t\(step + 1)" : name
      try StandardOutput.line("\(place)\t\(values.map { Figures.exact($0) }.joined(separator: "\t"))")
    }
  }

  /// What a series is called in a line.
  private func name(_ id: String?, line: Int, file: String) -> String {
    (id ?? (files.count > 1 ? "\(file):\(line)" : "\(line)")).withVisibleControls
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
    let name = self.name(verdict.id, line: verdict.line, file: file)
    for (step, answer) in verdict.answers.enumerated() {
      let place = answersSteps ? "\(name)\t\(step + 1)" : name
      try StandardOutput.line(
        "\(place)\t\(answer.label.withVisibleControls)\t\(Figures.percent(answer.probability))")
    }
  }

  private func members(of answer: SeriesVerdict.Judgement, classes: [String]) -> [(String, JSON)] {
    [
      ("label", .text(answer.label)), ("probability", .number(answer.probability)),
      ("probabilities", .object(zip(classes, answer.probabilities).map { ($0, JSON.number($1)) })),
    ]
  }
}
