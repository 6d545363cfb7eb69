import Recurrent

/// What `recurrent train --help-recipe` prints: every key of a recipe with its range, its default and its meaning.
enum RecipeHelp {
  /// The text, in lines of at most `width` columns where words allow.
  static func text(width: Int) -> String {
    var lines = paragraph(
      """
      A recipe is a YAML file with the keys below. What it leaves out has the default; --set KEY=VALUE (such as --set \
      training.epochs=3) takes the place of a value in the file. A key or value that is not known is an error that names \
      the line and the nearest key.
      """, indent: 0, width: width)
    lines += ["", "task"]
    lines += paragraph(
      "What is trained, the one key that every recipe needs: "
        + TaskKind.allCases.map { "\($0.rawValue) (\($0.summary))" }.joined(separator: "; ") + ".",
      indent: 6, width: width)
    lines += ["description"] + paragraph("What the recipe is, in one line.", indent: 6, width: width)
    lines += ["reproduces"] + paragraph("The figure it reproduces, and whose.", indent: 6, width: width)
    lines += ["seed"]
    lines += paragraph(
      "Integer, 0 or more; default 1. Initialization, dropout and samples are drawn from it; --seed takes its place.",
      indent: 6, width: width)
    for task in TaskKind.allCases {
      for section in Recipe.Section.allCases {
        lines += ["", "\(section.rawValue): (\(task.rawValue))"]
        for key in Recipe.keys(of: section, task: task) {
          let range = key.range.prefix(1).uppercased() + key.range.dropFirst()
          let fallback = Recipe.writtenDefault(key.name, of: section, task: task)
          lines.append("  \(key.name)")
          lines += paragraph("\(range); default \(fallback).", indent: 6, width: width)
          let meaning = key.documentation.prefix(1).uppercased() + key.documentation.dropFirst()
          lines += paragraph(meaning.hasSuffix(".") ? meaning : meaning + ".", indent: 6, width: width)
        }
      }
    }
    lines += [
      "", "For example (recurrent recipes --show NAME prints those inside the command):", "",
      "  task: language-model", "  data:", "    tokens: characters", "  model:", "    hidden: 256", "  training:",
      "    epochs: 5", "    rate: 0.004",
    ]
    return lines.joined(separator: "\n")
  }

  /// Words filled into lines.
  private static func paragraph(_ text: String, indent: Int, width: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > width {
        lines.append(margin + line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    return line.isEmpty ? lines : lines + [margin + line]
  }
}
