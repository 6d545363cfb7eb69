import RecurrentTensors
import RecurrentTraining
import Yams

extension RecipeReader {
  /// The node's value, checked against the key's type and range; nil where an optional key is set to `none`.
  func value(of key: ConfigurationKey, _ path: String, from node: Node) throws(RecipeError) -> JSON? {
    func mistake() -> RecipeError {
      failure("\(path) must be \(key.rangeWithArticle), not \(kind(of: node))\(quotesHint(node, key))", at: node)
    }
    if isNull(node) || node.scalar?.string == "none" && key.isOptional {
      guard key.isOptional else { throw mistake() }
      return nil
    }
    switch key.kind {
    case .integer(let range):
      guard let value = integer(node), range.contains(value) else { throw mistake() }
      return .integer(value)
    case .number(let range):
      guard let value = number(node), range.contains(value) else { throw mistake() }
      return .number(value)
    case .boolean:
      guard let text = plain(node) else { throw mistake() }
      if ["true", "yes", "on"].contains(text.lowercased()) { return .boolean(true) }
      if ["false", "no", "off"].contains(text.lowercased()) { return .boolean(false) }
      throw mistake()
    case .text:
      guard let text = node.scalar?.string else { throw mistake() }
      return .text(text)
    case .choice(let names):
      guard let text = node.scalar?.string else { throw mistake() }
      guard names.contains(text) else {
        let hint = nearest(to: text, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
        throw failure("\(path) must be \(key.range), not \"\(text)\"\(hint)", at: node)
      }
      return .text(text)
    case .numbers(let count, let range):
      guard let nodes = node.sequence else { throw mistake() }
      let values = nodes.compactMap { number($0) }
      guard values.count == nodes.count, values.allSatisfy({ range.contains($0) }) else {
        let shown = nodes.map { $0.scalar?.string ?? "a list" }.joined(separator: ", ")
        throw failure("\(path) must be \(key.range), not [\(shown)]", at: node)
      }
      guard values.count == count else {
        throw failure("\(path) must be \(key.range), not \(values.count)", at: node)
      }
      return .list(values.map(JSON.number))
    case .parameterRules:
      guard let mapping = node.mapping else { throw mistake() }
      var rules: [JSON] = []
      for (pattern, rule) in mapping {
        let name = try text(pattern, "a path in \(path)")
        rules.append(.object([(name, try parameterRule("\(path).\(name)", from: rule))]))
      }
      return .list(rules)
    }
  }

  /// `frozen`, `trained`, or a mapping of the keys of a rule.
  private func parameterRule(_ path: String, from node: Node) throws(RecipeError) -> JSON {
    let words = ParameterRule.named.map(\.key)
    let keys = ParameterRule.keys
    if let word = node.scalar?.string, words.contains(word) { return .text(word) }
    guard node.mapping != nil else {
      let hint = node.scalar.flatMap { nearest(to: $0.string, among: words) }.map { "; did you mean \"\($0)\"?" } ?? ""
      let choices = words.joined(separator: ", ") + ", or a mapping of " + keys.map(\.name).joined(separator: ", ")
      throw failure("\(path) must be \(choices), not \(kind(of: node))\(hint)", at: node)
    }
    var members: [String: JSON] = [:]
    for (name, value) in try mapping(node, path, known: keys.map(\.name)) {
      guard let key = keys.first(where: { $0.name == name }) else { continue }
      members[name] = try self.value(of: key, "\(path).\(name)", from: value)
    }
    guard !members.isEmpty else { throw failure("\(path) says nothing; it takes \(keys.map(\.name).joined(separator: ", "))", at: node) }
    return .object(members)
  }

  /// A scalar's text unless it is quoted: `"3"` is text, `3` a number.
  private func plain(_ node: Node) -> String? {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return nil }
    return scalar.string
  }

  private func quotesHint(_ node: Node, _ key: ConfigurationKey) -> String {
    switch key.kind {
    case .integer, .number, .boolean: node.scalar != nil && plain(node) == nil ? " (in quotes it is text)" : ""
    default: ""
    }
  }

  private func integer(_ node: Node) -> Int? {
    plain(node).flatMap { Int($0.filter { $0 != "_" }) }
  }

  /// A decimal number; not a hexadecimal one, not `nan`, not `inf`, which Swift would read too.
  private func number(_ node: Node) -> Double? {
    guard let text = plain(node), text.allSatisfy({ "0123456789+-.eE_".contains($0) }) else { return nil }
    return Double(text.filter { $0 != "_" }).flatMap { $0.isFinite ? $0 : nil }
  }
}
