import ArgumentParser
import Foundation
import Recurrent

/// `recurrent cross-validate`: how good a recipe is on data that have no test part.
struct CrossValidate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cross-validate",
    abstract: "Measures a recipe on data without a test part, fold by fold.",
    discussion: """
      The data are dealt into the recipe's data.folds; each fold in turn is held out, a model is \
      trained on the others and measured on it, beside what answers without a network. Mean and \
      deviation over the folds are the figure. No model is kept: `train` makes one.

      For example:
        recurrent cross-validate ecg5000 --data ecg5000/train.csv
        recurrent cross-validate indoor-movement --data all.jsonl --set data.splitting=group --set data.folds=3
        recurrent cross-validate spoken-digits-new-speaker --data DIR
      """)

  @Argument(
    help: ArgumentHelp(
      "A YAML file, or the name of a recipe inside the command (see `recurrent recipes`).", valueName: "recipe"))
  var reference: String

  @Option(name: .long, help: ArgumentHelp("The data, in place of the recipe's data.source: one file, or a folder of recordings.", valueName: "file"))
  var data: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Change a value of the recipe, such as data.folds=10; may be repeated.", valueName: "key=value"))
  var assignments: [String] = []

  @Option(name: .long, help: "The seed, in place of the recipe's; folds do not depend on it.")
  var seed: Int?

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object a fold, and one for all.")
  var json = false

  func validate() throws {
    if let seed, seed < 0 { throw ValidationError("--seed is \(seed); it must be 0 or more") }
    try ThreadCount.validate(threads)
  }

  func run() throws {
    var recipe = try Recipe(named: reference)
    for assignment in assignments { try recipe.set(assignment) }
    if let seed { recipe.seed = seed }
    if let data { recipe.dataSource = data }
    ThreadCount.use(threads)
    guard let task = recipe.task.task as? any CrossValidatedTask.Type else {
      throw CommandError("\(recipe.origin): cross-validation is for tasks on series and for speech-recognition, not for \(recipe.task.rawValue)")
    }
    try run(task, recipe)
  }

  private func run<Task: CrossValidatedTask>(_ task: Task.Type, _ recipe: Recipe) throws {
    guard let source = recipe.dataSource else {
      throw CommandError("\(recipe.origin): the recipe names no data; say where they are with --data FILE")
    }
    guard let count = Task.foldCount(try RunSettings<Task>(recipe)) else {
      throw CommandError("\(recipe.origin): the recipe has no data.folds; add --set data.folds=5")
    }
    for note in try Task.checkFolds(RunSettings<Task>(recipe), from: DataSource(source)) {
      if json { StandardError.line(note) } else { try StandardOutput.line(note) }
    }
    let interruption = Interruption.onSignals()
    var reports: [FoldReport] = []
    for fold in 1...count {
      var recipe = recipe
      try recipe.set("data.fold=\(fold)")
      guard
        let report = try Task.validateFold(
          RunSettings<Task>(recipe), from: DataSource(source), interruption: interruption)
      else {
        StandardError.line("recurrent: stopped in fold \(fold) of \(count).")
        throw ExitCode(130)
      }
      reports.append(report)
      try show(report, of: count)
    }
    try show(reports)
  }

  private func show(_ report: FoldReport, of count: Int) throws {
    if json {
      let baselines = report.baselines.map { ($0.name, JSON.number($0.accuracy)) }
      return try StandardOutput.line(
        JSON.object(
          [("fold", .integer(report.fold)), ("folds", .integer(count))] + (report.name.map { [("name", .text($0))] } ?? [])
            + [("trained", .integer(report.trainingCount)), ("tested", .integer(report.testCount))]
            + report.figures.map { ($0.shown.key, .number($0.value)) } + [("baselines", .object(baselines)), ("seconds", .number(report.seconds))]
        ).description)
    }
    let figures = report.figures.filter(\.unit.isEmpty).map { "\($0.shown.label) \($0.shown.written($0.value))" }.joined(separator: ", ")
    let baselines = report.baselines.map { "\($0.name) \(Figures.percent($0.accuracy))" }.joined(separator: ", ")
    try StandardOutput.line(
      "fold \(report.fold)/\(count)\(report.name.map { " (\($0.asField))" } ?? "")  \(figures)"
        + " of \(Figures.grouped(report.testCount))\(baselines.isEmpty ? "" : " (\(baselines))"), \(Figures.duration(report.seconds))")
  }

  private func show(_ reports: [FoldReport]) throws {
    func mean(_ value: (FoldReport) -> Double) -> FoldMean { FoldMean(reports.map(value)) }
    let figures = reports[0].figures.indices.map { index in (reports[0].figures[index], mean { $0.figures[index].value }) }
    let baselines = reports[0].baselines.indices.map { index in (reports[0].baselines[index].name, mean { $0.baselines[index].accuracy }) }
    if json {
      let members = (figures.map { ($0.shown.key, $1) } + baselines).map { name, figure in
        (name, JSON.object([("mean", .number(figure.mean)), ("deviation", .number(figure.deviation))]))
      }
      return try StandardOutput.line(JSON.object([("folds", .integer(reports.count))] + members).description)
    }
    try StandardOutput.line("mean of \(reports.count) folds, and the deviation from fold to fold:")
    func line(_ name: String, share: FoldMean) throws {
      try StandardOutput.line("\(name.padded(to: 19)) \(Figures.percent(share.mean)) ± \(String(format: "%.2f", 100 * share.deviation))")
    }
    for (figure, mean) in figures where figure.unit.isEmpty { try line(figure.shown.label, share: mean) }
    for (name, mean) in baselines { try line(name, share: mean) }
    for (figure, mean) in figures where !figure.unit.isEmpty {
      try StandardOutput.line("\(figure.shown.label.padded(to: 19)) \(Figures.exact(mean.mean)) ± \(Figures.exact(mean.deviation)) \(figure.unit)")
    }
  }
}
