import RecurrentTensors
import RecurrentTraining
import Yams

/// Reads a recipe's YAML into checked values: every key is known, every value has the key's type and range.
///
/// The node tree is walked rather than decoded, so that each mistake is reported with its line, its key and the nearest
/// key that exists.
struct RecipeReader {
  /// Named in errors: a path, or a built-in recipe.
  let origin: String
  /// The recipe's name.
  let name: String
  /// The tasks that it may name.
  var tasks = TaskRegistry.standard

  private static let topLevel = ["task", "description", "reproduces", "seed", "data", "model", "training", "gradients"]

  /// The recipe that `yaml` describes.
  func recipe(from yaml: String) throws(RecipeError) -> Recipe {
    guard let root = try compose(yaml), !isNull(root) else {
      throw failure("the recipe is empty; it needs at least `task: \(LanguageModeling.name)`", at: nil)
    }
    let entries = try mapping(root, "a recipe", known: Self.topLevel)
    guard let taskNode = entries["task"] else {
      throw failure("the key \"task\" is missing; it is \(oneOf(tasks.names))", at: root)
    }
    let taskName = try text(taskNode, "task")
    guard let task = tasks[taskName] else {
      let names = tasks.names
      throw failure("unknown task \"\(taskName)\"; it is \(oneOf(names))", at: taskNode)
    }

    var recipe = Recipe(
      name: name, origin: origin, task: task,
      summary: try entries["description"].map { node throws(RecipeError) in try text(node, "description") } ?? "",
      reproduces: try entries["reproduces"].map { node throws(RecipeError) in try text(node, "reproduces") } ?? "",
      seed: 1, dataSource: nil, values: [:])
    if let node = entries["seed"] {
      recipe.seed = try seed(node)
    }
    for section in Recipe.Section.allCases {
      recipe.values[section] = Recipe.defaults(of: section, task: task)
      guard let node = entries[section.rawValue], !isNull(node) else { continue }
      let keys = Recipe.keys(of: section, task: task)
      for (key, value) in try mapping(node, section.rawValue, known: keys.map(\.name)) {
        guard let known = keys.first(where: { $0.name == key }) else { continue }
        try set(known, in: section, to: value, of: &recipe)
      }
    }
    return recipe
  }

  /// The seed that a node holds.
  func seed(_ node: Node) throws(RecipeError) -> Int {
    let seed = ConfigurationKey(name: "seed", documentation: "", kind: .integer(0...Int.max), isOptional: false)
    guard case .integer(let value) = try value(of: seed, "seed", from: node) else { return 1 }
    return value
  }

  /// Sets one key of one section after checking the value.
  func set(
    _ key: ConfigurationKey, in section: Recipe.Section, to node: Node, of recipe: inout Recipe
  ) throws(RecipeError) {
    let value = try value(of: key, "\(section.rawValue).\(key.name)", from: node)
    if section == .data, key.name == Recipe.source.name {
      recipe.dataSource = if case .text(let path)? = value { path } else { nil }
    } else {
      recipe.values[section, default: [:]][key.name] = value
    }
  }

  // MARK: Nodes

  /// The YAML's node tree, with line numbers.
  func compose(_ text: String) throws(RecipeError) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw failure(of: error)
    } catch {
      throw RecipeError(origin: origin, problem: "not YAML: \(error)")
    }
  }

  /// The entries of a mapping whose keys are all known and stand once.
  func mapping(_ node: Node, _ what: String, known: [String]) throws(RecipeError) -> [String: Node] {
    guard let mapping = node.mapping else {
      throw failure("\(what) must be a list of `key: value` lines, not \(kind(of: node))", at: node)
    }
    var entries: [String: Node] = [:]
    for (keyNode, value) in mapping {
      guard let key = keyNode.scalar?.string else {
        throw failure("a key of \(what) must be a word, not \(kind(of: keyNode))", at: keyNode)
      }
      guard known.contains(key) else {
        let place = what == "a recipe" ? "" : " in \(what)"
        throw failure("unknown key \"\(key)\"\(place); \(suggestion(for: key, among: known))", at: keyNode)
      }
      entries[key] = value
    }
    return entries
  }

  /// "did you mean ..." or, when nothing is near, what there is.
  func suggestion(for key: String, among known: [String]) -> String {
    if let near = nearest(to: key, among: known) { return "did you mean \"\(near)\"?" }
    // A long list is no help in an error message.
    return known.count <= 8
      ? "known are " + known.joined(separator: ", ") : "`recurrent train --help-recipe` explains every key"
  }

  /// A scalar's text.
  func text(_ node: Node, _ key: String) throws(RecipeError) -> String {
    guard let scalar = node.scalar else {
      throw failure("\(key) must be text, not \(kind(of: node))", at: node)
    }
    return scalar.string
  }

  /// An error at a node's line.
  func failure(_ problem: String, at node: Node?) -> RecipeError {
    RecipeError(origin: origin, line: node?.mark?.line, problem: problem)
  }

  private func failure(of error: YamlError) -> RecipeError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return RecipeError(origin: origin, line: mark.line, problem: "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.map { "\"\($0)\"" }.joined(separator: ", ")
      return RecipeError(origin: origin, line: context.mark.line, problem: "the key \(keys) stands twice; keep one")
    case .reader(let problem, _, _, _):
      return RecipeError(origin: origin, problem: "not YAML: \(problem)")
    default:
      let words = "\(error)".split(separator: "\n").joined(separator: " ")
      return RecipeError(origin: origin, problem: "not YAML: \(words)")
    }
  }

  /// A node's kind in words, for errors.
  func kind(of node: Node) -> String {
    switch node {
    case .scalar(let scalar): isNull(node) ? "nothing" : "\"\(scalar.string)\""
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  /// Whether the node is an empty value, `null` or `~`.
  func isNull(_ node: Node) -> Bool {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  private func oneOf(_ names: [String]) -> String {
    names.count == 1 ? "\"\(names[0])\"" : "one of " + names.map { "\"\($0)\"" }.joined(separator: ", ")
  }
}
