import Recurrent
import Testing

/// One step of every cell agrees with PyTorch's cell or, where PyTorch has none, with the equations of its paper
/// computed by PyTorch: the new state and the gradients of the input, the state and all parameters; and so does the
/// cell that reads a stream.
@Suite struct CellGoldenTests {
  @Test(arguments: CellKind.ofPackage)
  func stepAgrees(kind: CellKind) throws {
    try check(kind, Float.self)
    try check(kind, Double.self)
  }

  private func check<Scalar: TensorScalar>(_ kind: CellKind, _ type: Scalar.Type) throws {
    let golden = try Golden("cells", case: kind.rawValue)
    var generator = RandomGenerator(seed: 1)
    let cell = try golden.parameters(
      for: kind.makeCell(inputSize: 5, hiddenSize: 11, transitionDepth: 3, using: &generator) as AnyCell<Scalar>)
    let stateNames = golden.has("c0") ? ["h", "c"] : ["h"]

    let tape = Tape<Scalar>()
    let tracked = cell.mapParameters { tape.watch($0) }
    let input = tape.watch(try golden.tensor("input"))  // [batch, input]
    let state = cell.initialState(batchSize: input.shape[0])
      .replacingTensors(with: try stateNames.map { tape.watch(try golden.tensor("\($0)0")) })
    let next = tracked.step(input, from: state)
    var stream = cell.streaming(batchSize: input.shape[0])
    stream.state = StackedState(layers: [state.map { $0.detached() }])
    stream.step(input.detached())
    let streamed = stream.state
    #expect(next.tensors.count == stateNames.count)

    var loss = Tensor<Scalar>(0)
    for (index, name) in stateNames.enumerated() {
      let expected = try golden.tensor("\(name)n", as: Scalar.self)
      expect(next.tensors[index].detached(), agreesWith: expected, "\(kind) of \(type): \(name)n")
      expect(streamed.tensors[index], agreesWith: expected, "\(kind) of \(type), streaming: \(name)n")
      loss = loss + (next.tensors[index] * (try golden.tensor("cotangent/\(name)n"))).sum()
    }
    let variables =
      [("input", input)] + zip(stateNames.map { "\($0)0" }, state.tensors)
      + tracked.parameters.map { ($0.path, $0.tensor) }
    for (variable, gradient) in zip(variables, tape.gradients(of: loss, at: variables.map(\.1))) {
      let name = "gradient/\(variable.0)"
      expect(gradient, agreesWith: try golden.tensor(name), "\(kind) of \(type): \(name)")
    }
  }
}
