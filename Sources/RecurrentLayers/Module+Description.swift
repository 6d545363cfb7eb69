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
  public var description: String { description(following: .uniform) }

  /// The module as text, as ``description`` has it, with what a plan does with each parameter; frozen ones are counted apart.
  ///
  /// ```
  /// Classifier: 202 parameters, 10 of them trained
  ///   rnn: Unrolled<LSTMCell<Float>>, 192 parameters, none of them trained
  ///     weight_ih_l0 [16, 6] frozen
  ///     weight_hh_l0 [16, 4] frozen
  ///     bias_ih_l0 [16] frozen
  ///     bias_hh_l0 [16] frozen
  ///   output: Linear<Float>, 10 parameters
  ///     weight [2, 4] rate × 0.1
  ///     bias [2] rate × 0.1, decay 0.0
  /// ```
  public func description(following plan: ParameterPlan) -> String {
    let parameters = parameters
    plan.checkFits(parameters.count)
    let found = parameters.enumerated().map { index, parameter in
      DescribedParameter(path: parameter.path.split(separator: ".").map(String.init)[...], shape: parameter.tensor.shape, treatment: plan[index])
    }
    return (["\(typeName(of: self)): \(counted(found[...]))"] + parameterLines(of: found, in: self, depth: 1)).joined(separator: "\n")
  }
}

/// A parameter as text tells it, its path from the module around it.
private struct DescribedParameter {
  var path: ArraySlice<String>
  let shape: Shape
  let treatment: ParameterPlan.Treatment
}

/// The lines of parameters whose paths begin at `owner`.
private func parameterLines(of found: [DescribedParameter], in owner: Any?, depth: Int) -> [String] {
  let indentation = String(repeating: "  ", count: depth)
  var lines: [String] = []
  var position = 0
  while position < found.count {
    let path = found[position].path
    guard path.count > 1, let name = path.first else {
      let treatment = found[position].treatment.description
      lines.append("\(indentation)\(path.joined(separator: ".")) \(found[position].shape)\(treatment.isEmpty ? "" : " " + treatment)")
      position += 1
      continue
    }
    let inside = found[position...].prefix { $0.path.count > 1 && $0.path.first == name }
    let child = owner.flatMap { module(named: name, in: $0) }
    lines.append("\(indentation)\(name): \(child.map { typeName(of: $0) + ", " } ?? "")\(counted(inside))")
    lines += parameterLines(
      of: inside.map { DescribedParameter(path: $0.path.dropFirst(), shape: $0.shape, treatment: $0.treatment) }, in: child, depth: depth + 1)
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

private func counted(_ parameters: ArraySlice<DescribedParameter>) -> String {
  let count = parameters.reduce(0) { $0 + $1.shape.elementCount }
  let trained = parameters.reduce(0) { $0 + ($1.treatment.isFrozen ? 0 : $1.shape.elementCount) }
  let words = count == 1 ? "1 parameter" : "\(count) parameters"
  return trained == count ? words : "\(words), \(trained == 0 ? "none" : "\(trained)") of them trained"
}
