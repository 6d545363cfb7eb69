import Recurrent

/// What `recurrent train --help-recipe` prints: every key of a recipe with its range, its default and its meaning.
enum RecipeHelp {
  /// The text, in lines of at most `width` columns where words allow.
  ///
  /// - Parameter task: The task whose keys are explained; nil: those of all tasks are.
  static func text(width: Int, task only: TaskKind? = nil) -> String {
    var lines = filledLines(
      """
      A recipe is a YAML file with the keys below. What it leaves out has the default; --set KEY=VALUE (such as --set \
      training.epochs=3) takes the place of a value in the file. A key or value that is not known is an error that \
      names the line and the nearest key.
      """, width: width, indent: 0)
    lines += ["", "task"]
    lines += filledLines(
      "What is trained, the one key that every recipe needs: "
        + TaskRegistry.standard.kinds.map { "\($0.rawValue) (\($0.summary))" }.joined(separator: "; ") + ".",
      width: width, indent: 6)
    lines += ["description"] + filledLines("What the recipe is, in one line.", width: width, indent: 6)
    lines += ["reproduces"] + filledLines("The figure it reproduces, and whose.", width: width, indent: 6)
    lines += ["seed"]
    lines += filledLines(
      "Integer, 0 or more; default 1. Initialization, dropout and samples are drawn from it; --seed takes its place.",
      width: width, indent: 6)
    for task in only.map({ [$0] }) ?? TaskRegistry.standard.kinds {
      for section in [Recipe.Section.data, .model] {
        lines += ["", "\(section.rawValue): (\(task.rawValue))"]
        for key in Recipe.keys(of: section, task: task) {
          lines += explanation(of: key, default: Recipe.writtenDefault(key.name, of: section, task: task), width: width)
        }
      }
    }
    lines += ["", "training:"]
    for key in TrainingConfiguration.keys where only?.task.meaninglessTrainingKeys.contains(key.name) != true {
      let others = TaskRegistry.standard.kinds.filter { $0.task.meaninglessTrainingKeys.contains(key.name) }.map(\.rawValue)
      let fallback = Recipe.writtenDefault(key.name, of: .training, task: LanguageModeling.kind)
      lines += explanation(of: key, default: fallback, width: width)
      if only == nil, !others.isEmpty { lines += filledLines("Not for \(others.joined(separator: ", ")).", width: width, indent: 6) }
    }
    if let only {
      lines += [""] + filledLines("These are the keys of \(only.rawValue); without a recipe, --help-recipe has those of every task.", width: width, indent: 0)
      return lines.joined(separator: "\n")
    }
    lines += ["", "gradients:"]
    for key in GradientRecording.keys {
      let fallback = Recipe.writtenDefault(key.name, of: .gradients, task: LanguageModeling.kind)
      lines += explanation(of: key, default: fallback, width: width)
    }
    lines += [
      "", "For example (recurrent recipes --show NAME prints those inside the command):", "",
      "  task: language-model", "  data:", "    tokens: characters", "  model:", "    hidden: 256", "  training:",
      "    epochs: 5", "    rate: 0.004",
    ]
    return lines.joined(separator: "\n")
  }

  private static func explanation(of key: ConfigurationKey, default fallback: String, width: Int) -> [String] {
    let range = key.range.prefix(1).uppercased() + key.range.dropFirst()
    let meaning = key.documentation.prefix(1).uppercased() + key.documentation.dropFirst()
    return ["  \(key.name)"]
      + filledLines("\(range); default \(fallback).", width: width, indent: 6)
      + filledLines(meaning.hasSuffix(".") ? meaning : meaning + ".", width: width, indent: 6)
  }
}
