import RecurrentTensors
public import RecurrentTraining
import Yams

extension Configuration {
  /// Changes values: `units=64`, `radii=[0.5, 1, 1.5]`, `full=true`, with the checks that values of recipes pass.
  ///
  /// `key=none` clears an optional key. Whether all go together is asked when all are set, so their order does not matter.
  ///
  /// - Parameters:
  ///   - assignments: `key=value`, later ones last.
  ///   - help: What to say to whoever names a key that is near to none.
  /// - Throws: ``RecipeError`` for an unknown key (with the nearest known one), a wrong type, a value out of range, or
  ///   values that do not go together.
  public mutating func set(_ assignments: [String], help: String) throws(RecipeError) {
    for assignment in assignments { try set(assignment, help: help) }
    do {
      try validate()
    } catch {
      throw RecipeError(origin: assignments.map { "--set \($0)" }.joined(separator: " "), problem: "\(error)")
    }
  }

  private mutating func set(_ assignment: String, help: String) throws(RecipeError) {
    let reader = RecipeReader(origin: "--set \(assignment)", name: "")
    guard let equals = assignment.firstIndex(of: "=") else {
      throw reader.failure("expected KEY=VALUE, for example \(Self.keys.first?.name ?? "key")=...", at: nil)
    }
    let name = assignment[..<equals].trimmingSpaces
    let text = assignment[assignment.index(after: equals)...].trimmingSpaces
    guard let key = Self.keys.first(where: { $0.name == name }) else {
      let names = Self.keys.map(\.name)
      let advice =
        nearest(to: name, among: names).map { "did you mean \"\($0)\"?" }
        ?? (names.count <= 8 ? "known are " + names.joined(separator: ", ") : help)
      throw reader.failure("unknown key \"\(name)\"; \(advice)", at: nil)
    }
    do {
      var values = try values()
      values[name] = try reader.value(of: key, name, from: try reader.node(for: key, text))
      self = try Self(values: values)
    } catch let error as RecipeError {
      // The place is the option, which has no lines.
      throw RecipeError(origin: error.origin, problem: error.problem)
    } catch {
      throw reader.failure("the values do not fit together: \(error)", at: nil)
    }
  }

  /// Every key and its value as it would be written after `--set`, "none" where it has none, in the order of help.
  public var writtenValues: [(key: String, value: String)] {
    let values = (try? values()) ?? [:]
    return Self.keys.map { ($0.name, values[$0.name]?.yaml ?? "none") }
  }
}

extension RecipeReader {
  /// A value that stands in one word of a command line, as the node that it would be in a file. Lists and rules may
  /// stand without their brackets.
  func node(for key: ConfigurationKey, _ text: String) throws(RecipeError) -> Node {
    switch key.kind {
    case .numbers where !text.hasPrefix("["): try compose("[\(text)]") ?? Node(text)
    case .numbers: try compose(text) ?? Node(text)
    case .parameterRules where text != "none" && !text.hasPrefix("{"): try compose("{\(text)}") ?? Node(text)
    case .parameterRules: try compose(text) ?? Node(text)
    case .text: Node(text, .implicit, text == "none" ? .plain : .doubleQuoted)
    default: Node(text)
    }
  }
}

extension Substring {
  /// The text without spaces and tabs at either end.
  var trimmingSpaces: String {
    let isSpace = { (character: Character) in character == " " || character == "\t" }
    return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }
}
