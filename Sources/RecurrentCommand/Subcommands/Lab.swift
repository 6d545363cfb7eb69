import ArgumentParser
import Foundation
import Recurrent
import RecurrentLab

/// `recurrent lab`: experiments that show what recurrent networks can and cannot do.
struct Lab: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows by experiment what recurrent networks can and cannot do, and why.",
    discussion: """
      Each experiment prints a short table with what to notice, and writes report.html, a page with \
      pictures that needs nothing beside it, and its numbers as CSV. Without a name: lists them.

      For example:
        recurrent lab
        recurrent lab gradients
        recurrent lab gradients --model output/shakespeare --data tinyshakespeare
        recurrent lab long-lags --set experiment=adding --seed 7
        recurrent lab cliff --parameters
      """)

  @Argument(help: "The experiment; without one, all are listed.")
  var name: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Change a parameter, such as units=100; may be repeated (--parameters lists them).", valueName: "key=value"))
  var assignments: [String] = []

  @Flag(name: .long, help: "The long form, at the scale of the paper; its parameters can still be set.")
  var full = false

  @Flag(name: .long, help: "List what --set can change, and do nothing.")
  var parameters = false

  @Option(name: .long, help: ArgumentHelp("Look into this trained model (gradients).", valueName: "path"))
  var model: String?

  @Option(name: .long, help: ArgumentHelp("What the trained model reads.", valueName: "path"))
  var data: String?

  @Option(
    name: [.long, .customShort("o")],
    help: ArgumentHelp("Where the page and its data go. (default: output/lab/NAME)", valueName: "dir"))
  var output: String?

  @Option(name: .long, help: "The seed; the same seed gives the same page.")
  var seed = 1

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object in place of the table.")
  var json = false

  func validate() throws {
    if seed < 0 { throw ValidationError("--seed is \(seed); it must be 0 or more") }
    try ThreadCount.validate(threads)
    if name == nil, parameters || full || !assignments.isEmpty || model != nil || data != nil || output != nil {
      throw ValidationError("name an experiment; `recurrent lab` lists them")
    }
  }

  func run() throws {
    guard let name else { return try list() }
    let experiment = try Laboratory.experiment(named: name)
    if parameters { return try explain(experiment) }
    try run(experiment)
  }

  // MARK: Lists

  private func list() throws {
    let experiments = Laboratory.experiments
    if json {
      for experiment in experiments {
        let object = JSON.object([("name", .text(experiment.name)), ("summary", .text(experiment.summary))])
        try StandardOutput.line(object.description)
      }
      return
    }
    let width = experiments.map { $0.name.count }.max() ?? 0
    for experiment in experiments {
      try StandardOutput.line("\(experiment.name.padded(to: width))  \(experiment.summary)")
    }
    try StandardOutput.line("\n`\(commandAsCalled) lab NAME` runs one and writes output/lab/NAME/report.html.")
  }

  private func explain<E: Experiment>(_ experiment: E.Type) throws {
    let width = min(100, Terminal.current.isInteractive ? Terminal.current.width - 1 : 100)
    try StandardOutput.line("\(E.name): \(E.summary)\n")
    let defaults = E.Parameters().writtenValues
    let long = E.fullParameters?.writtenValues
    for (index, key) in E.Parameters.keys.enumerated() {
      let fallback = defaults[index].value
      let other = long.map { $0[index].value }.flatMap { $0 == fallback ? nil : "; with --full \($0)" } ?? ""
      try StandardOutput.line("  \(key.name)")
      let range = key.range.prefix(1).uppercased() + key.range.dropFirst()
      for line in filledLines("\(range); default \(fallback)\(other).", width: width, indent: 6)
        + filledLines(key.documentation, width: width, indent: 6)
      { try StandardOutput.line(line) }
    }
  }

  // MARK: Runs

  private func run<E: Experiment>(_ experiment: E.Type) throws {
    let named = [("model", model), ("data", data)].compactMap { key, value in value.map { "\(key)=\($0)" } }
    if full, E.fullParameters == nil {
      throw CommandError("\(E.name): has no long form; leave out --full")
    }
    let parameters = try E.parameters(setting: assignments + named, full: full)
    ThreadCount.use(threads)
    let directory = LabDirectory(path: output ?? "output/lab/\(E.name)")
    // Before the work, so that it is not lost.
    try directory.take()

    let terminal = Terminal.current
    let display = LabDisplay(terminal: terminal, isSilent: json)
    let interruption = Interruption.onSignals()
    let bench = RecurrentLab.Bench(seed: UInt64(seed), interruption: interruption) { progress in
      if !display.show(progress) { interruption.request() }
    }
    let start = ContinuousClock.now
    let report: LabReport
    do {
      report = try LabReport(experiment, parameters, command: commandLine, on: bench)
    } catch is LabInterruption {
      try display.end()
      StandardError.line("recurrent: the experiment was stopped; nothing was written.")
      throw ExitCode(130)
    } catch {
      try display.end()
      throw error
    }
    try display.end()
    let written = try directory.write(report)
    let seconds = Double((ContinuousClock.now - start).components.seconds)
    if json {
      try StandardOutput.line(LabWords.object(report, name: E.name, seed: seed, files: written).description)
    } else {
      try StandardOutput.line(
        LabWords.text(report, title: E.summary, on: terminal, page: directory.page, files: written, seconds: seconds))
    }
  }

  /// The command that makes the same page again.
  private var commandLine: String {
    var words = ["recurrent", "lab", name ?? ""]
    if full { words.append("--full") }
    for assignment in assignments { words += ["--set", shellWord(assignment)] }
    if let model { words += ["--model", shellWord(model)] }
    if let data { words += ["--data", shellWord(data)] }
    words += ["--seed", "\(seed)"]
    return words.joined(separator: " ")
  }
}
