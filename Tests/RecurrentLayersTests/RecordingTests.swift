import RecurrentLayers
import RecurrentTensors
import Testing

/// What is recorded inside cells is what they compute.
@Suite struct RecordingTests {
  static let hidden = 4

  private static let names: [CellKind: [String]] = [
    .lstm: ["input", "forget", "candidate", "cell", "output", "hidden"],
    .peepholeLSTM: ["input", "forget", "candidate", "cell", "output", "hidden"],
    .layerNormLSTM: ["input", "forget", "candidate", "cell", "output", "hidden"],
    .gru: ["reset", "update", "candidate", "hidden"],
    .resetBeforeGRU: ["reset", "update", "candidate", "hidden"],
    .elman: ["hidden"],
    .elmanRelu: ["hidden"],
    .deepTransition: ["transition 1", "transition 2", "hidden"],
  ]

  private func checkRun<Scalar: TensorScalar>(
    _ kind: CellKind, _ direction: Direction, lengths: [Int]?, to tolerance: Double, _: Scalar.Type
  ) {
    let cell: AnyCell<Scalar> = randomCell(kind)
    let inputs: Tensor<Scalar> = random([6, 3, 3], seed: 2)
    let state = randomState(cell, batch: 3)
    let run = cell.run(inputs, from: state, lengths: lengths, direction: direction)
    let recording = cell.record(inputs, from: state, lengths: lengths, direction: direction)
    #expect(recording.cells.count == 1)
    let inside = recording.cells[0]
    #expect(relativeDifference(inside.hidden, run.outputs) < tolerance)
    #expect(relativeDifference(recording.outputs, run.outputs) < tolerance)
    for (a, b) in zip(recording.state.tensors, run.state.tensors) { #expect(relativeDifference(a, b) < tolerance) }
    #expect(inside.direction == direction && inside.lengths == lengths && inside.layer == 0)
    #expect(inside.quantities.map(\.name) == Self.names[kind])
    for quantity in inside.quantities {
      #expect(inside[quantity]?.shape == [6, 3, 4])
      if quantity.kind == .gate {
        #expect(inside[quantity]?.scalars.allSatisfy { $0 >= 0 && $0 <= 1 } == true)
      }
      guard let lengths, let values = inside[quantity] else { continue }
      for (row, length) in lengths.enumerated() {
        for t in length..<6 { #expect(values.index(t).index(row).scalars.allSatisfy { $0 == 0 }) }
      }
    }
  }

  @Test(arguments: CellKind.ofPackage, Direction.allCases)
  func hiddenStatesAreTheOutputsOfTheLayer(_ kind: CellKind, direction: Direction) {
    for lengths in [nil, [4, 6, 0]] {
      checkRun(kind, direction, lengths: lengths, to: 1e-6, Float.self)
      checkRun(kind, direction, lengths: lengths, to: 1e-12, Double.self)
    }
  }

  /// Sequences one after the other are recorded each from its own state.
  @Test func recordingsAreJoined() {
    let cell: AnyCell<Double> = randomCell(.gru)
    let inputs: Tensor<Double> = random([6, 1, 3], seed: 2)
    let parts = [inputs.sliced(0..<2), inputs.sliced(2..<6)].map { cell.record($0).cells[0] }
    let joined = CellRecording(joining: parts)
    #expect(joined.quantities.map(\.name) == Self.names[.gru])
    for quantity in joined.quantities {
      #expect(joined[quantity]?.shape == [6, 1, 4])
      #expect(joined[quantity]?.scalars == parts.flatMap { $0[quantity]?.scalars ?? [] })
    }
    #expect(joined.hidden.scalars != cell.record(inputs).cells[0].hidden.scalars)
  }

  /// The state before each step: the initial one, then those of the steps before.
  private func before(_ states: Tensor<Double>, _ initial: Tensor<Double>) -> Tensor<Double> {
    initial.expandingAxis(at: 0).concatenated(with: states.sliced(0..<(states.shape[0] - 1)))
  }

  @Test(arguments: [CellKind.lstm, .peepholeLSTM, .layerNormLSTM])
  func theCellObeysItsGates(_ kind: CellKind) throws {
    let cell: AnyCell<Double> = randomCell(kind)
    let state = randomState(cell, batch: 2)
    let inside = cell.record(random([5, 2, 3], seed: 3), from: state).cells[0]
    let i = try #require(inside[.input]), f = try #require(inside[.forget]), g = try #require(inside[.candidate])
    let o = try #require(inside[.output]), c = try #require(inside[.cell])
    #expect(relativeDifference(f * before(c, state.tensors[1]) + i * g, c) < 1e-14)
    if kind != .layerNormLSTM { #expect(relativeDifference(o * c.tanh(), inside.hidden) < 1e-14) }
    // Written out, for the gates themselves: sums of products with the weights, in plain loops.
    guard kind == .lstm, let lstm = cell.base as? LSTMCell<Double> else { return }
    let x = random([5, 2, 3], seed: 3) as Tensor<Double>
    let h = before(inside.hidden, state.tensors[0])
    for (gate, (quantity, isSigmoid)) in [
      (CellQuantity.input, true), (.forget, true), (.candidate, false), (.output, true),
    ].enumerated() {
      let values = try #require(inside[quantity])
      for t in 0..<5 {
        for row in 0..<2 {
          for unit in 0..<4 {
            let sum = preactivation(lstm, gate * 4 + unit, x.index(t).index(row), h.index(t).index(row))
            let expected = isSigmoid ? Tensor(sum).sigmoid().scalar : Tensor(sum).tanh().scalar
            #expect(abs(values.index(t).index(row).scalars[unit] - expected) < 1e-13)
          }
        }
      }
    }
  }

  private func preactivation(
    _ cell: some FusedCell<Double>, _ row: Int, _ input: Tensor<Double>, _ hidden: Tensor<Double>
  ) -> Double {
    product(cell.inputWeight, row, input) + cell.inputBias.scalars[row] + product(cell.recurrentWeight, row, hidden)
      + cell.recurrentBias.scalars[row]
  }

  private func product(_ weight: Tensor<Double>, _ row: Int, _ vector: Tensor<Double>) -> Double {
    zip(weight.index(row).scalars, vector.scalars).reduce(0) { $0 + $1.0 * $1.1 }
  }

  @Test(arguments: [CellKind.gru, .resetBeforeGRU])
  func theStateObeysItsGates(_ kind: CellKind) throws {
    let cell: AnyCell<Double> = randomCell(kind)
    let state = randomState(cell, batch: 2)
    let x: Tensor<Double> = random([5, 2, 3], seed: 3)
    let inside = cell.record(x, from: state).cells[0]
    let r = try #require(inside[.reset]), z = try #require(inside[.update]), n = try #require(inside[.candidate])
    let h = before(inside.hidden, state.tensors[0])
    #expect(relativeDifference((Tensor(1) - z) * n + z * h, inside.hidden) < 1e-14)
    guard kind == .gru, let gru = cell.base as? GRUCell<Double> else { return }
    for t in 0..<5 {
      for row in 0..<2 {
        let (input, hidden) = (x.index(t).index(row), h.index(t).index(row))
        for unit in 0..<4 {
          let reset = Tensor(preactivation(gru, unit, input, hidden)).sigmoid().scalar
          let update = Tensor(preactivation(gru, 4 + unit, input, hidden)).sigmoid().scalar
          let fromState = product(gru.recurrentWeight, 8 + unit, hidden) + gru.recurrentBias.scalars[8 + unit]
          let fromInput = product(gru.inputWeight, 8 + unit, input) + gru.inputBias.scalars[8 + unit]
          let candidate = Tensor(fromInput + reset * fromState).tanh().scalar
          #expect(abs(r.index(t).index(row).scalars[unit] - reset) < 1e-13)
          #expect(abs(z.index(t).index(row).scalars[unit] - update) < 1e-13)
          #expect(abs(n.index(t).index(row).scalars[unit] - candidate) < 1e-13)
        }
      }
    }
  }

  @Test(arguments: [false, true])
  func stacksRecordEveryLayer(isResidual: Bool) {
    var generator = RandomGenerator(seed: 4)
    let stack = Stacked<GRUCell<Double>>(
      inputSize: 5, hiddenSize: 5, layerCount: 3, isResidual: isResidual, using: &generator)
    let inputs: Tensor<Double> = random([6, 3, 5], seed: 2)
    let lengths = [6, 2, 4]
    let run = stack(inputs, lengths: lengths)
    let recording = stack.record(inputs, lengths: lengths)
    #expect(relativeDifference(recording.outputs, run.outputs) < 1e-12)
    for (a, b) in zip(recording.state.tensors, run.state.tensors) { #expect(relativeDifference(a, b) < 1e-12) }
    #expect(recording.cells.map(\.layer) == [0, 1, 2])
    #expect(relativeDifference(recording.cells[0].hidden, stack.layers[0].run(inputs, lengths: lengths).outputs) < 1e-12)
  }

  @Test func bothDirectionsAreRecorded() {
    var generator = RandomGenerator(seed: 4)
    let stack = StackedBidirectional<LSTMCell<Double>>(inputSize: 3, hiddenSize: 4, layerCount: 2, using: &generator)
    let inputs: Tensor<Double> = random([6, 3, 3], seed: 2)
    let lengths = [6, 2, 4]
    let run = stack(inputs, lengths: lengths)
    let recording = stack.record(inputs, lengths: lengths)
    #expect(relativeDifference(recording.outputs, run.outputs) < 1e-12)
    #expect(recording.cells.map(\.layer) == [0, 0, 1, 1])
    #expect(recording.cells.map(\.direction) == [.forward, .reverse, .forward, .reverse])
    let first = stack.layers[0](inputs, lengths: lengths).outputs
    let both = recording.cells[0].hidden.concatenated(with: recording.cells[1].hidden, alongAxis: 2)
    #expect(relativeDifference(both, first) < 1e-12)
    for (a, b) in zip(recording.state.tensors, run.state.tensors) { #expect(relativeDifference(a, b) < 1e-12) }
  }

  @Test(arguments: [false, true])
  func encodersRecordWhatTheyRun(isBidirectional: Bool) {
    var generator = RandomGenerator(seed: 5)
    let encoder = SequenceEncoder<GRUCell<Double>>(
      inputSize: 3, hiddenSize: 4, layerCount: 2, isBidirectional: isBidirectional
    ) { GRUCell(inputSize: $0, hiddenSize: 4, using: &generator) }
    let inputs: Tensor<Double> = random([6, 3, 3], seed: 2)
    let run = encoder(inputs, lengths: [6, 2, 4])
    let recording = encoder.record(inputs, lengths: [6, 2, 4])
    #expect(relativeDifference(recording.outputs, run.outputs) < 1e-12)
    #expect(relativeDifference(recording.state, run.last) < 1e-12)
    #expect(recording.cells.count == (isBidirectional ? 4 : 2))
  }

  @Test func nothingIsTracked() {
    let tape = Tape<Float>()
    var generator = RandomGenerator(seed: 4)
    let rnn = LSTM<Float>(inputSize: 3, hiddenSize: 4, using: &generator).mapParameters { tape.watch($0) }
    let recording = rnn.record(tape.watch(random([3, 2, 3], seed: 1)))
    #expect(!recording.outputs.isTracked && !recording.cells[0].hidden.isTracked)
    #expect(recording.cells[0][.forget]?.isTracked == false)
  }

  @Test func emptySequencesHaveTheirQuantities() {
    let cell: AnyCell<Float> = randomCell(.lstm)
    let state = randomState(cell, batch: 2)
    let recording = cell.record(Tensor(zeros: [0, 2, 3]), from: state)
    #expect(recording.cells[0][.forget]?.shape == [0, 2, 4] && recording.outputs.shape == [0, 2, 4])
    for (a, b) in zip(recording.state.tensors, state.tensors) { #expect(a.isBitwiseEqual(to: b)) }
    #expect(recording.cells[0].saturation(of: .forget)?.meanOpen.isNaN == true)
  }

  @Test func cellsThatTellNothingHaveTheirHiddenState() {
    let cell = Doubling<Float>()
    let inside = cell.record(Tensor(ones: [3, 1, 1])).cells[0]
    #expect(inside.quantities == [.hidden])
    #expect(inside.hidden.scalars == [1, 3, 7])
  }

  /// A cell of somebody else, written before anything was recorded.
  private struct Doubling<Scalar: TensorScalar>: RecurrentCell {
    typealias State = HiddenState<Scalar>
    let inputSize = 1
    let hiddenSize = 1
    mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {}
    func step(_ input: Tensor<Scalar>, from state: State) -> State {
      State(hidden: state.hidden + state.hidden + input)
    }
  }

  @Test func saturationCountsStepsWithoutPadding() throws {
    var generator = RandomGenerator(seed: 4)
    var cell = LSTMCell<Float>(inputSize: 1, hiddenSize: 2, using: &generator)
    cell.inputWeight = Tensor(zeros: [8, 1])
    cell.recurrentWeight = Tensor(zeros: [8, 2])
    cell.recurrentBias = Tensor(zeros: [8])
    // i of unit 0 follows the input, f of unit 0 is open and of unit 1 shut, o is half open.
    cell.inputBias = Tensor(shape: [8], scalars: [0, 0, 5, -5, 0, 0, 0, 0])
    cell.inputWeight = Tensor(shape: [8, 1], scalars: [5, 0, 0, 0, 0, 0, 0, 0])
    let inputs = Tensor<Float>(shape: [4, 2, 1], scalars: [1, 1, 1, -1, -1, 0, 0, 0])
    let inside = cell.record(inputs, lengths: [4, 2]).cells[0]
    let input = try #require(inside.saturation(of: .input)), forget = try #require(inside.saturation(of: .forget))
    #expect(forget.open == [1, 0] && forget.shut == [0, 1])
    #expect(forget.meanOpen == 0.5 && forget.meanShut == 0.5)
    // Six steps: 1, 1, -1, 0 of the first sequence and 1, -1 of the second.
    #expect(input.open == [0.5, 0] && input.shut == [2.0 / 6, 0])
    #expect(inside.saturation(of: .candidate) == nil && inside.saturation(of: .reset) == nil)
    #expect(inside.saturation(of: .output)?.meanOpen == 0)
  }
}
