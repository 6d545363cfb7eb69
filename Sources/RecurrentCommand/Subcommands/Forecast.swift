import ArgumentParser
import Foundation
import Recurrent

/// `recurrent forecast`: a series continued after its end.
struct Forecast: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Goes on with a series after its end.",
    discussion: """
      Reads the last rows of a table and forecasts those that follow, with their uncertainty: a \
      table of times, forecasts and quantiles, and with --output a picture too.

      For example:
        recurrent forecast output/etth1-24 --data ETTh1.csv
        recurrent forecast airline --data air.csv --steps 24 --output next
      """)

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Option(name: .long, help: ArgumentHelp("A table with the columns that the model was trained on.", valueName: "file"))
  var data: String

  @Option(name: .long, help: "Rows to forecast. (default: the model's horizon, which is also the most where it is not recursive)")
  var steps: Int?

  @Option(
    name: .long,
    help: ArgumentHelp("Write forecast.csv and forecast.svg there, in place of printing the table.", valueName: "dir"))
  var output: String?

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  func validate() throws {
    if let steps, steps < 1 { throw ValidationError("--steps is \(steps); it must be 1 or more") }
    try ThreadCount.validate(threads)
  }

  func run() throws {
    ThreadCount.use(threads)
    let trained = try ModelLocation(model).load(Forecasting.self, for: "forecast")
    let continuation = try trained.continuation(of: DataSource(data), steps: steps)
    for note in continuation.notes { StandardError.line("recurrent: \(note)") }
    guard let output else {
      try StandardOutput.write(continuation.csv)
      return
    }
    let directory = URL(fileURLWithPath: output, isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw CommandError("\(output): the directory cannot be made: \(reason(error))")
    }
    for (name, contents) in [("forecast.csv", continuation.csv), ("forecast.svg", continuation.picture)] {
      try writeAtomically(to: directory.appending(path: name)) { writer in try writer.write(contents) }
      try StandardOutput.line(directory.appending(path: name).path)
    }
  }
}
