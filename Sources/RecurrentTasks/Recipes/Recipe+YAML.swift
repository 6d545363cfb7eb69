import RecurrentTraining

extension Recipe {
  /// The recipe as YAML with every value that it stands for, defaults included: reading it back gives an equal recipe.
  public var yaml: String {
    var lines = [
      "task: \(task.rawValue)",
      "description: \(JSON.quotedInYAML(summary))",
      "reproduces: \(JSON.quotedInYAML(reproduces))",
      "seed: \(seed)",
    ]
    for section in Section.allCases {
      lines += ["", "\(section.rawValue):"]
      for key in Self.keys(of: section, task: task) {
        lines.append("  \(key.name): \(written(key.name, in: section))")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
