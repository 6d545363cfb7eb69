import ArgumentParser
import Foundation
import Recurrent
import RecurrentDrawing

/// `recurrent watch`: what happens inside a model's cells while it reads.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the gates and states of a model's cells over one input.",
    discussion: """
      Prints how much of the time each gate is nearly shut or open. With --output it draws every \
      gate, candidate and state as a heat map: the steps across, the units down. Of a translation \
      model it shows the encoder while it reads a sentence. Of a recording a page (.html) also shows \
      the sound, the probability of each symbol and the words, on one axis of time, and plays it.

      For example:
        recurrent watch output/shakespeare "To be, or not to be" --output watch.html
        recurrent watch output/ptb --file sentence.txt --gate forget --gate cell --layer 0
        recurrent watch output/japanese-vowels test.jsonl:12 --output voice.html
        recurrent watch output/self-dialogue --file talk.jsonl:3 --output talk.html
        recurrent watch output/spoken-digits 7_jackson_32.wav --output hear.html
        recurrent watch output/multi30k "zwei Hunde im Schnee" --gate update --json
        recurrent watch model.safetensors "abc" --units 3,17,40-47 --json
      """)

  @Argument(help: "A model.safetensors, or the directory of the run that made it.")
  var model: String

  @Argument(
    help: """
      What the model reads: text, of which each line is a turn of a conversation, or for a model of series or of answers a \
      file (FILE:7 is its seventh), or a picture or a recording.
      """)
  var input: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Read the input from a file; of conversations in JSON lines, and of sentences, FILE:7 is the seventh.", valueName: "path"))
  var file: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A gate or state to show, such as forget or cell; may be repeated. (default: all)", valueName: "name"))
  var gate: [String] = []

  @Option(name: .long, help: ArgumentHelp("A layer to show, from 0; may be repeated. (default: all)", valueName: "n"))
  var layer: [Int] = []

  @Option(name: .long, help: UnitChoice.help)
  var units = UnitChoice.varied(32)

  @Option(name: .long, help: "Steps of the input to read.")
  var steps = 500

  @Option(
    name: [.long, .customShort("o")],
    help: ArgumentHelp("Where the picture goes: a file that ends in .svg or .html.", valueName: "file"))
  var output: String?

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object, with the values of the units shown.")
  var json = false

  /// The forms of pictures.
  private enum Form: String {
    case svg, html
  }

  private var form: Form? { output.flatMap { Form(rawValue: URL(fileURLWithPath: $0).pathExtension.lowercased()) } }

  func validate() throws {
    try ThreadCount.validate(threads)
    if (input == nil) == (file == nil) {
      throw ValidationError(
        input == nil ? "give what is to be read, as text or with --file" : "give text or --file, not both")
    }
    if steps < 1 { throw ValidationError("--steps is \(steps); it must be 1 or more") }
    if let output, form == nil { throw ValidationError("--output is \(output); it must end in .svg or .html") }
  }

  func run() throws {
    ThreadCount.use(threads)
    let location = try ModelLocation(model)
    let trained = try location.load()
    let run = try trained.watch(file.map { .file($0) } ?? .text(input ?? ""), limit: steps)
    let selection = try WatchSelection(run, layers: layer, gates: gate, units: units)
    try draw(run, selection, title: "Inside a \(trained.taskName) model", location)
    if json {
      try StandardOutput.line(object(run, selection, location).description)
      return
    }
    let read = Figures.counted(run.steps.count, run.stepName)
    let limited = run.inputStepCount > run.steps.count ? "the first \(read) of \(Figures.grouped(run.inputStepCount))" : read
    try StandardOutput.line("\(location.path) over \(limited):")
    try StandardOutput.line(GateTable(selection).text ?? "No gate was selected, or the cells have none.")
    if let output {
      try StandardOutput.line("Drawn in \(output).")
    } else {
      try StandardOutput.line("--output watch.html draws them.")
    }
  }

  private func draw(_ run: WatchedRun, _ selection: WatchSelection, title: String, _ location: ModelLocation) throws {
    guard let output, let form else { return }
    let picture = WatchPicture(run: run, selection: selection, title: title, model: location.path)
    let text =
      switch form {
      case .svg: picture.figure.svg
      case .html: picture.page.html
      }
    try writeAtomically(to: URL(fileURLWithPath: output)) { writer in try writer.write(text) }
  }

  private func object(_ run: WatchedRun, _ selection: WatchSelection, _ location: ModelLocation) -> JSON {
    let cells = selection.cells.map { cell in
      let quantities = cell.quantities.map { quantity -> JSON in
        var members: [(String, JSON)] = [("name", .text(quantity.name)), ("kind", .text(quantity.kind.rawValue))]
        if let saturation = cell.recording.saturation(of: quantity) {
          members += [("shut", .number(saturation.meanShut)), ("open", .number(saturation.meanOpen))]
          members += [
            ("unitsShut", .list(cell.units.map { .number(saturation.shut[$0]) })),
            ("unitsOpen", .list(cell.units.map { .number(saturation.open[$0]) })),
          ]
        }
        let rows = cell.values(of: quantity)
        members.append(("values", .list(rows.map { row in .list(row.map { .number($0) }) })))
        return .object(members)
      }
      return JSON.object([
        ("layer", .integer(cell.recording.layer)),
        ("direction", .text(cell.recording.direction == .forward ? "forward" : "reverse")),
        ("hidden", .integer(cell.recording.hiddenSize)), ("units", .list(cell.units.map { .integer($0) })),
        ("quantities", .list(quantities)),
      ])
    }
    return .object([
      ("model", .text(location.path)), ("stepName", .text(run.stepName)), ("steps", .list(run.steps.map { .text($0) })),
      ("inputSteps", .integer(run.inputStepCount)), ("cells", .list(cells)),
    ])
  }
}
