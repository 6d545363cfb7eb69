import RecurrentTensors
import RecurrentTraining
import Yams

extension Recipe {
  /// Changes one value: `training.epochs=3`, `data.split=[0.8, 0.1, 0.1]`, `model.tied=true`, `seed=7`.
  ///
  /// The value passes the same checks as one in the file. `key=none` clears an optional key.
  ///
  /// - Parameters:
  ///   - assignment: `section.key=value`.
  ///   - origin: What errors name as the place of the mistake.
  /// - Throws: ``RecipeError`` for an unknown key (with the nearest known one), a wrong type, or a value out of range.
  public mutating func set(_ assignment: String, origin: String? = nil) throws(RecipeError) {
    let reader = RecipeReader(origin: origin ?? "--set \(assignment)", name: name)
    guard let equals = assignment.firstIndex(of: "=") else {
      throw reader.failure("expected KEY=VALUE, for example training.epochs=3", at: nil)
    }
    let path = assignment[..<equals].trimmingSpaces
    let text = assignment[assignment.index(after: equals)...].trimmingSpaces
    if path == "seed" {
      seed = try reader.seed(Node(text))
      return
    }

    let parts = path.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let all = Section.allCases.flatMap { section in
      Self.keys(of: section, task: task).map { "\(section.rawValue).\($0.name)" }
    }
    guard parts.count == 2, let section = Section(rawValue: parts[0]),
      let key = Self.keys(of: section, task: task).first(where: { $0.name == parts[1] })
    else {
      // `epochs=3` means `training.epochs=3` often enough to say so.
      let last = parts.last ?? path
      let hint =
        nearest(to: path, among: all) ?? all.first { $0.hasSuffix("." + last) }
        ?? nearest(to: last, among: all.map { String($0.drop { $0 != "." }.dropFirst()) })
        .flatMap { name in all.first { $0.hasSuffix("." + name) } }
      let advice = hint.map { "did you mean \"\($0)\"?" } ?? "recurrent train --help-recipe lists them all"
      throw reader.failure("unknown key \"\(path)\"; \(advice)", at: nil)
    }

    // The place is the option, which has no lines.
    do {
      let node = try reader.node(for: key, text)
      try reader.set(key, in: section, to: node, of: &self)
    } catch {
      throw RecipeError(origin: error.origin, problem: error.problem)
    }
  }
}
