import ArgumentParser
import Foundation
import Recurrent

/// `recurrent train`: a model from a recipe.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a model from a recipe.",
    discussion: """
      The directory of --output gets model.safetensors (the best model by validation loss), \
      checkpoint.safetensors (the latest state, from which --resume goes on to the same bits), \
      recipe.yaml (as resolved), metrics.jsonl and loss.svg. Ctrl-C stops after a checkpoint, as \
      do SIGTERM and a terminal that closes; the exit code is then 130.

      For example:
        recurrent train shakespeare-characters
        recurrent train char-rnn --data letters.txt --set training.epochs=9
        recurrent train ptb-words-small --data ptb --output output/ptb --resume
      """)

  @Argument(
    help: ArgumentHelp(
      "A YAML file, or the name of a recipe inside the command (see `recurrent recipes`).", valueName: "recipe"))
  var reference: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The data, in place of the recipe's data.source: one file, or a directory with train, valid and test files.",
      valueName: "file-or-dir"))
  var data: String?

  @Option(name: .long, help: ArgumentHelp("Where the run's files go. (default: output/<recipe>)", valueName: "dir"))
  var output: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Change a value of the recipe, such as training.epochs=3; may be repeated.", valueName: "key=value"))
  var assignments: [String] = []

  @Option(name: .long, help: "The seed, in place of the recipe's; the same seed gives the same bits.")
  var seed: Int?

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  @Option(
    name: .long,
    help: ArgumentHelp("Write a checkpoint whenever this many steps have passed. (default: after every epoch, and every 30 seconds)", valueName: "steps"))
  var checkpointEvery: Int?

  @Flag(name: .long, help: "Go on with the run in the directory of --output.")
  var resume = false

  @Flag(name: .long, help: "Replace the run that is there already; it is lost as soon as the new one has made a model.")
  var overwrite = false

  @Flag(name: .long, help: "Print one JSON object a line and nothing else.")
  var json = false

  @Flag(
    name: .long,
    help: "Print every key of the recipe's task, or of all tasks, with its range, its default and its meaning.")
  var helpRecipe = false

  func validate() throws {
    if helpRecipe { return }
    guard reference != nil else {
      throw ValidationError(
        "Missing expected argument '<recipe>': a YAML file, or a name that `recurrent recipes` lists")
    }
    if resume, overwrite { throw ValidationError("--resume and --overwrite exclude each other") }
    if let seed, seed < 0 { throw ValidationError("--seed is \(seed); it must be 0 or more") }
    if let checkpointEvery, checkpointEvery < 1 {
      throw ValidationError("--checkpoint-every is \(checkpointEvery); it must be 1 or more")
    }
    try ThreadCount.validate(threads)
  }

  func run() throws {
    if helpRecipe {
      let width = Terminal.current.isInteractive ? min(100, Terminal.current.width) : 100
      try StandardOutput.line(RecipeHelp.text(width: width, task: reference.map { try Recipe(named: $0).task }))
      return
    }
    var recipe = try Recipe(named: reference ?? "")
    for assignment in assignments { try recipe.set(assignment) }
    if let seed { recipe.seed = seed }
    if let data { recipe.dataSource = data }
    ThreadCount.use(threads)

    let directory = RunDirectory(path: output ?? "output/\(recipe.name)")
    var run = RecipeRun(recipe: recipe, directory: directory)
    run.isResuming = resume
    run.isOverwriting = overwrite
    if let checkpointEvery { run.checkpoints = CheckpointInterval(seconds: nil, steps: checkpointEvery, epochEnds: false) }
    let outcome = try run.train(json: json)
    if outcome.reason == .interrupted {
      StandardError.line("recurrent: stopped with a checkpoint; the same command with --resume goes on.")
      throw ExitCode(130)
    }
    if !json {
      let path = shellWord(directory.path)
      let input = shellWord(outcome.exampleInput ?? exampleFile(of: recipe))
      let next =
        ["evaluate \(path) --data \(shellWord(recipe.dataSource ?? "FILE"))"]
        + recipe.task.task.verbs.map { "\($0.name) \(path) \($0.example.replacing("INPUT", with: input))" }
      try StandardOutput.line(
        """
        model    \(directory.modelPath)
        picture  \(directory.chartPath)
        next     \(next.map { "\(commandAsCalled) \($0)" }.joined(separator: "\n         "))
        """)
    }
  }

  /// A file that a model which reads files may be asked about: that of the data, where they are one.
  private func exampleFile(of recipe: Recipe) -> String {
    guard let source = recipe.dataSource, !DataSource(source).isDirectory, FileManager.default.fileExists(atPath: source) else { return "FILE" }
    return source
  }
}
