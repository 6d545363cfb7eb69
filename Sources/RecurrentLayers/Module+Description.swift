import RecurrentTensors

extension Module {
  /// The module as text: its type and parameter count, and below each parameter with its shape and each module inside in the same way.
  ///
  /// ```
  /// Classifier: 202 parameters
  ///   rnn: Unrolled<LSTMCell<Float>>, 192 parameters
  ///     weight_ih_l0 [16, 6]
  ///     weight_hh_l0 [16, 4]
  ///     bias_ih_l0 [16]
  ///     bias_hh_l0 [16]
  ///   output: Linear<Float>, 10 parameters
  ///     weight [2, 4]
  ///     bias [2]
  /// ```
  public var description: String {
    let found = parameters.map { (path: $0.path.split(separator: ".").map(String.init)[...], shape: $0.tensor.shape) }
    let count = found.reduce(0) { $0 + $1.shape.elementCount }
    return (["\(typeName(of: self)): \(counted(count))"] + parameterLines(of: found, in: self, depth: 1)).joined(separator: "\n")
  }
}

/// The lines of parameters whose paths begin at `owner`.
private func parameterLines(of found: [(path: ArraySlice<String>, shape: Shape)], in owner: Any?, depth: Int) -> [String] {
  let indentation = String(repeating: "  ", count: depth)
  var lines: [String] = []
  var position = 0
  while position < found.count {
    let (path, shape) = found[position]
    guard path.count > 1, let name = path.first else {
      lines.append("\(indentation)\(path.joined(separator: ".")) \(shape)")
      position += 1
      continue
    }
    let inside = found[position...].prefix { $0.path.count > 1 && $0.path.first == name }
    let child = owner.flatMap { module(named: name, in: $0) }
    let count = inside.reduce(0) { $0 + $1.shape.elementCount }
    lines.append("\(indentation)\(name): \(child.map { typeName(of: $0) + ", " } ?? "")\(counted(count))")
    lines += parameterLines(of: inside.map { ($0.path.dropFirst(), $0.shape) }, in: child, depth: depth + 1)
    position += inside.count
  }
  return lines
}

/// The module that a stored property of `owner` holds, itself or in an optional.
private func module(named name: String, in owner: Any) -> (any Module)? {
  for child in Mirror(reflecting: owner).children where child.label == name {
    if let module = child.value as? any Module { return module }
    return Mirror(reflecting: child.value).children.first?.value as? any Module
  }
  return nil
}

private func typeName(of value: Any) -> String { "\(type(of: value))" }

private func counted(_ count: Int) -> String { count == 1 ? "1 parameter" : "\(count) parameters" }
