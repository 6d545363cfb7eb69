import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// Unrolled, Stacked, Bidirectional, StackedBidirectional.
@Suite struct StackTests {
  private func stack(_ kind: CellKind, isResidual: Bool = false) -> Stacked<AnyCell<Double>> {
    Stacked(
      [
        randomCell(kind, inputSize: 3, hiddenSize: 4), randomCell(kind, inputSize: 4, hiddenSize: 4, seed: 14),
        randomCell(kind, inputSize: 4, hiddenSize: 4, seed: 15),
      ], isResidual: isResidual)
  }

  private func biStack(_ kind: CellKind) -> StackedBidirectional<AnyCell<Double>> {
    StackedBidirectional([
      Bidirectional(
        forward: randomCell(kind, inputSize: 3, hiddenSize: 2),
        reverse: randomCell(kind, inputSize: 3, hiddenSize: 2, seed: 14)),
      Bidirectional(
        forward: randomCell(kind, inputSize: 4, hiddenSize: 2, seed: 15),
        reverse: randomCell(kind, inputSize: 4, hiddenSize: 2, seed: 16)),
    ])
  }

  private func flattened(_ tensors: [Tensor<Double>]) -> Tensor<Double> {
    Tensor(concatenating: tensors.map { $0.reshaped(to: [$0.count]) })
  }

  @Test(arguments: CellKind.ofPackage, [false, true])
  func stackIsItsCellsInOrder(_ kind: CellKind, isResidual: Bool) {
    let stack = stack(kind, isResidual: isResidual)
    let inputs: Tensor<Double> = random([5, 3, 3], seed: 1)
    let lengths = [5, 2, 0]
    let (outputs, state) = stack(inputs, lengths: lengths)
    var features = inputs
    for (index, cell) in stack.layers.enumerated() {
      let (layerOutputs, last) = cell.run(features, lengths: lengths)
      features = isResidual && index > 0 ? layerOutputs + features : layerOutputs
      for (a, b) in zip(last.tensors, state.layers[index].tensors) { #expect(a.isBitwiseEqual(to: b)) }
    }
    #expect(outputs.isBitwiseEqual(to: features))
    #expect(outputs.index(3).index(1).scalars.allSatisfy { $0 == 0 })
  }

  @Test(arguments: CellKind.ofPackage)
  func stackGradient(_ kind: CellKind) {
    let start = stack(kind).initialState(batchSize: 2).map { random($0.shape, seed: 9, bound: 0.5) }
    for isResidual in [false, true] {
      for sharing in Dropout.Sharing.allCases {
        let error = gradientError(
          at: stack(kind, isResidual: isResidual), [random([3, 2, 3], seed: 1)] + start.tensors
        ) { stack, arguments in
          var generator = RandomGenerator(seed: 5)
          let (outputs, state) = stack(
            arguments[0], from: start.replacingTensors(with: Array(arguments.dropFirst())), lengths: [3, 1],
            between: { Dropout(rate: 0.3, sharing: sharing)($0, using: &generator) })
          return flattened([outputs] + state.tensors)
        }
        #expect(error < 1e-6, "\(kind.rawValue) \(sharing): \(error)")
      }
    }
  }

  @Test(arguments: CellKind.ofPackage)
  func bidirectionalStackGradient(_ kind: CellKind) {
    let start = biStack(kind).initialState(batchSize: 2).map { random($0.shape, seed: 9, bound: 0.5) }
    let error = gradientError(at: biStack(kind), [random([3, 2, 3], seed: 1)] + start.tensors) { stack, arguments in
      var generator = RandomGenerator(seed: 5)
      let (outputs, state) = stack(
        arguments[0], from: start.replacingTensors(with: Array(arguments.dropFirst())), lengths: [3, 2],
        between: { Dropout(rate: 0.3)($0, using: &generator) })
      return flattened([outputs] + state.tensors)
    }
    #expect(error < 1e-6)
  }

  @Test func bidirectionalIsBothDirections() {
    var generator = RandomGenerator(seed: 1)
    let layer = Bidirectional<LSTMCell<Float>>(inputSize: 3, hiddenSize: 5, using: &generator)
    let inputs: Tensor<Float> = random([6, 4, 3], seed: 1)
    let lengths = [4, 0, 6, 1]
    let (outputs, state) = layer(inputs, lengths: lengths)
    let ahead = layer.forward.run(inputs, lengths: lengths)
    let back = layer.reverse.run(inputs, lengths: lengths, direction: .reverse)
    #expect(outputs.sliced(0..<5, alongAxis: 2).isBitwiseEqual(to: ahead.outputs))
    #expect(outputs.sliced(5..<10, alongAxis: 2).isBitwiseEqual(to: back.outputs))
    #expect(state.forward.cell == ahead.state.cell && state.reverse.cell == back.state.cell)
    // The reverse cell's last state is what it puts out at the first time step.
    for row in [0, 2, 3] { #expect(back.outputs.index(0).index(row) == back.state.hidden.index(row)) }
    #expect(state.hidden.shape == [4, 10])
  }

  @Test func unrolledIsItsCell() {
    var generator = RandomGenerator(seed: 1)
    let rnn = GRU<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
    let inputs: Tensor<Float> = random([6, 2, 3], seed: 1)
    #expect(rnn(inputs).outputs == rnn.cell.run(inputs).outputs)
    #expect(rnn(inputs, direction: .reverse).outputs != rnn(inputs).outputs)
  }

  @Test(arguments: CellKind.ofPackage, [false, true])
  func stepsOfAStackEqualItsRun(_ kind: CellKind, isResidual: Bool) {
    let stack = stack(kind, isResidual: isResidual)
    let inputs: Tensor<Double> = random([6, 2, 3], seed: 1)
    let (outputs, last) = stack(inputs)
    var state = stack.initialState(batchSize: 2)
    for t in 0..<6 {
      let result = stack.step(inputs.index(t), from: state)
      state = result.state
      #expect(relativeDifference(result.output, outputs.index(t)) < 1e-12)
    }
    for (a, b) in zip(state.tensors, last.tensors) { #expect(relativeDifference(a, b) < 1e-12) }
  }

  @Test func dropoutStandsBetweenLayersOnly() {
    var generator = RandomGenerator(seed: 1)
    let inputs: Tensor<Float> = random([6, 2, 3], seed: 1)
    let one = Stacked<LSTMCell<Float>>(inputSize: 3, hiddenSize: 5, layerCount: 1, using: &generator)
    #expect(one(inputs, between: { Dropout(rate: 0.9)($0, using: &generator) }).outputs == one(inputs).outputs)
    let two = Stacked<LSTMCell<Float>>(inputSize: 3, hiddenSize: 5, layerCount: 2, using: &generator)
    let dropped = two(inputs) { Dropout(rate: 0.9)($0, using: &generator) }
    #expect(dropped.outputs != two(inputs).outputs)
    #expect(dropped.state.layers[0].hidden == two(inputs).state.layers[0].hidden)
    #expect(dropped.outputs.scalars.allSatisfy { $0 != 0 })
  }

  @Test func statesGoThroughTensorsAndBack() {
    let state = StackedState(layers: [
      BidirectionalState(
        forward: LSTMState<Float>(hidden: random([2, 3], seed: 1), cell: random([2, 3], seed: 2)),
        reverse: LSTMState(hidden: random([2, 3], seed: 3), cell: random([2, 3], seed: 4))),
      BidirectionalState(
        forward: LSTMState(hidden: random([2, 3], seed: 5), cell: random([2, 3], seed: 6)),
        reverse: LSTMState(hidden: random([2, 3], seed: 7), cell: random([2, 3], seed: 8))),
    ])
    let again = state.map { Tensor(zeros: $0.shape) }.replacingTensors(with: state.tensors)
    #expect(again.tensors == state.tensors)
    #expect(
      state.namedTensors.map(\.path) == [
        "0.forward.hidden", "0.forward.cell", "0.reverse.hidden", "0.reverse.cell", "1.forward.hidden", "1.forward.cell",
        "1.reverse.hidden", "1.reverse.cell",
      ])
    #expect(again.layers[1].reverse.cell == random([2, 3], seed: 8))
    #expect(state.merging(again) { $0 - $1 }.tensors.allSatisfy { $0 == Tensor(zeros: [2, 3]) })
  }
}
