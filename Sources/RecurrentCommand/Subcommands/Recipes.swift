import ArgumentParser
import Recurrent

/// `recurrent recipes`: what comes with the command.
struct Recipes: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the recipes inside the command, each with the figure it reproduces.",
    discussion: """
      For example:
        recurrent recipes
        recurrent recipes --show ptb-words-small > mine.yaml
        recurrent train mine.yaml --data ptb
      """)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Print a recipe as YAML, with where it comes from; edited, it is one of your own.", valueName: "name"))
  var show: String?

  @Flag(name: .long, help: "Print one JSON object a recipe.")
  var json = false

  func run() throws {
    if let show {
      guard let text = Recipe.builtInText(named: show) else {
        let hint = nearest(to: show, among: Recipe.builtInNames).map { "did you mean \"\($0)\"?" }
        throw CommandError(
          "no recipe \"\(show)\" inside the command; "
            + (hint ?? "there are " + Recipe.builtInNames.joined(separator: ", ")))
      }
      try StandardOutput.write(text)
      return
    }
    let recipes = Recipe.builtIn
    if json {
      for recipe in recipes { try StandardOutput.line(object(recipe).description) }
      return
    }
    let names = recipes.map(\.name.count).max() ?? 0
    let summaries = recipes.map(\.summary.count).max() ?? 0
    // Tasks in the order in which their first recipe stands, so that those for beginners come first.
    var tasks: [TaskKind] = []
    for recipe in recipes where !tasks.contains(recipe.task) { tasks.append(recipe.task) }
    for (index, task) in tasks.enumerated() {
      try StandardOutput.line((index > 0 ? "\n" : "") + task.rawValue)
      for recipe in recipes where recipe.task == task {
        try StandardOutput.line(
          "  " + recipe.name.padded(to: names) + "  " + recipe.summary.padded(to: summaries) + "  " + recipe.reproduces)
      }
    }
  }

  private func object(_ recipe: Recipe) -> JSON {
    .object([
      ("name", .text(recipe.name)), ("task", .text(recipe.task.rawValue)), ("description", .text(recipe.summary)),
      ("reproduces", .text(recipe.reproduces)),
    ])
  }
}
