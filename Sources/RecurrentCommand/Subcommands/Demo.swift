import ArgumentParser
import Foundation
import Recurrent

/// `recurrent demo`: the main job on the text inside the command, from nothing to a page of writing.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a small model on Shakespeare for about 90 seconds and writes a page.",
    discussion: """
      It is the recipe shakespeare-demo on the text inside the command, followed by a page of \
      what the model writes.

      For example:
        recurrent demo
        recurrent demo --seed 7 --output output/another
      """)

  @Option(
    name: .long, help: ArgumentHelp("Where the run's files go; an earlier run there is replaced.", valueName: "dir"))
  var output = "output/shakespeare-demo"

  @Option(name: .long, help: "The seed; the same seed gives the same model and the same page.")
  var seed = 1

  @Option(name: .long, help: ThreadCount.help)
  var threads: Int?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Change a value of the recipe, such as training.epochs=2; may be repeated.", valueName: "key=value"))
  var assignments: [String] = []

  func validate() throws {
    if seed < 0 { throw ValidationError("--seed is \(seed); it must be 0 or more") }
    try ThreadCount.validate(threads)
  }

  func run() throws {
    ThreadCount.use(threads)
    var recipe = try Recipe(named: "shakespeare-demo")
    for assignment in assignments { try recipe.set(assignment) }
    recipe.seed = seed
    let directory = RunDirectory(path: output)
    var run = RecipeRun(recipe: recipe, directory: directory)
    run.isOverwriting = true

    let terminal = Terminal.current
    let introduction = """
      A recurrent network learns to write like Shakespeare, one character at a time, from a million characters of his \
      plays. The loss is in nats a character: 4.17 is guessing among 65 characters, and lower is better.
      """
    let width = min(100, terminal.isInteractive ? terminal.width - 1 : 100)
    try StandardOutput.line(filledLines(introduction, width: width).joined(separator: "\n") + "\n")
    let outcome = try run.train(json: false)
    if outcome.reason == .interrupted {
      StandardError.line("recurrent: the demo was stopped; `\(commandAsCalled) demo` begins it again.")
      throw ExitCode(130)
    }

    let trained = try ModelLocation(output).load(LanguageModeling.self, for: "demo")
    if let best = outcome.best {
      let guessing = log(Double(trained.model.vocabularyCount))
      try StandardOutput.line(
        "The validation loss fell from \(Figures.loss(guessing)), guessing, to \(Figures.loss(best.evaluation.loss)).")
    }
    try StandardOutput.line("\n" + terminal.styled("What it writes now:", .bold) + "\n")
    try writePage(trained)
    let path = shellWord(output)
    let command = commandAsCalled
    let column = directory.modelPath.count
    try StandardOutput.line(
      """

      \(terminal.styled("The files:", .bold))
        \(directory.modelPath.padded(to: column))  the model, one file that stands alone
        \(directory.chartPath.padded(to: column))  a picture of the loss falling
      \(terminal.styled("What to try next:", .bold))
        \(command) generate \(path) --prompt "ROMEO:" --temperature 0.6
        \(command) evaluate \(path) --data tinyshakespeare --split valid
        \(command) inspect \(path)
        \(command) train shakespeare-demo --data YOUR_TEXT.txt --output output/mine
        \(command) train shakespeare-characters   # a larger model, about 20 minutes
      """)
  }

  /// A page of text, as it is written.
  private func writePage(_ trained: TrainedLanguageModel) throws {
    var writer = LanguageModelWriter(trained.model, codec: trained.codec)
    var generator = RandomGenerator(seed: UInt64(seed)).split("sampling")
    let sampling = Sampling(temperature: 0.8)
    // To the end of a line after about a page, so that it does not stop within a word.
    var count = 0
    while count < 2000 {
      let text = writer.next(sampling: sampling, using: &generator)
      try StandardOutput.write(text.withVisibleControls)
      count += 1
      if count >= 1200, text == "\n" { return }
    }
    try StandardOutput.line(writer.finish())
  }
}
