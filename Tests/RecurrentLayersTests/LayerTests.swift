import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// A cell whose outputs are projected to fewer features, as in the LSTM of Sak, Senior and Beaufays 2014, but outside the recurrence.
private struct ProjectedLayer: RecurrentLayer {
  typealias Scalar = Double
  var cell: GRUCell<Double>
  var projection: Linear<Double>

  init(inputSize: Int, hiddenSize: Int, outputSize: Int, using generator: inout RandomGenerator) {
    cell = GRUCell(inputSize: inputSize, hiddenSize: hiddenSize, using: &generator)
    projection = Linear(inputSize: hiddenSize, outputSize: outputSize, hasBias: false, using: &generator)
  }

  var inputSize: Int { cell.inputSize }
  var outputParts: [(size: Int, direction: Direction)] { [(projection.weight.shape[0], .forward)] }
  func initialState(batchSize: Int) -> HiddenState<Double> { cell.initialState(batchSize: batchSize) }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Double>) {
    visitor.visit(&cell, "cell")
    visitor.visit(&projection, "projection")
  }

  mutating func visitParameters(inLayer index: Int, by visitor: inout some ParameterVisitor<Double>) {
    visitor.visit(&self, "layer\(index)")
  }

  func run(
    _ inputs: Tensor<Double>, from state: HiddenState<Double>?, lengths: [Int]?, direction: Direction,
    by runner: inout some CellRunner<Double>
  ) -> (outputs: Tensor<Double>, state: HiddenState<Double>) {
    let (outputs, last) = runner.run(cell, inputs, from: state, lengths: lengths, direction: direction)
    return (projection(outputs), last)
  }
}

/// Stacks of layers that are no cells.
@Suite struct LayerTests {
  private let stack: Stacked<ProjectedLayer> = {
    var generator = RandomGenerator(seed: 1)
    return Stacked([
      ProjectedLayer(inputSize: 3, hiddenSize: 5, outputSize: 2, using: &generator),
      ProjectedLayer(inputSize: 2, hiddenSize: 4, outputSize: 2, using: &generator),
    ])
  }()

  @Test func aLayerOfOnesOwnIsStacked() {
    let inputs: Tensor<Double> = random([4, 2, 3], seed: 1)
    let (outputs, state) = stack(inputs, lengths: [4, 2])
    let below = stack.layers[0].projection(stack.layers[0].cell.run(inputs, lengths: [4, 2]).outputs)
    let (above, last) = stack.layers[1].cell.run(below, lengths: [4, 2])
    #expect(outputs.isBitwiseEqual(to: stack.layers[1].projection(above)))
    #expect(state.layers[1].hidden.isBitwiseEqual(to: last.hidden) && state.layers[0].hidden.shape == [2, 5])
    #expect(stack.outputSize == 2 && stack.parameterPaths.first == "layer0.cell.weight_ih" && stack.parameterPaths.last == "layer1.projection.weight")
  }

  @Test func itIsRecordedAndProbedAsAnyOther() {
    let inputs: Tensor<Double> = random([4, 2, 3], seed: 1)
    let recording = stack.record(inputs)
    #expect(recording.cells.map(\.layer) == [0, 1] && recording.cells[1].hiddenSize == 4)
    #expect(relativeDifference(recording.outputs, stack(inputs).outputs) < 1e-12)
    let reach = GradientReach<Double>.measure(lags: [1, 3]) { stack(inputs).outputs.sum() }
    #expect(reach?.layers.map(\.description) == ["0", "1"] && reach?.norms.allSatisfy { $0.allSatisfy { $0 > 0 } } == true)
  }

  @Test func gradientOfAStackOfThem() {
    let start = stack.initialState(batchSize: 2).map { random($0.shape, seed: 3, bound: 0.5) }
    let error = gradientError(at: stack, [random([3, 2, 3], seed: 2)] + start.tensors) { stack, arguments in
      let (outputs, last) = stack(
        arguments[0], from: start.replacingTensors(with: Array(arguments.dropFirst())), lengths: [3, 1], direction: .reverse)
      return Tensor(concatenating: ([outputs] + last.tensors).map { $0.reshaped(to: [$0.count]) })
    }
    #expect(error < 1e-6)
  }

  /// In reverse, both cells of a bidirectional layer read against their directions: its outputs are those over the reversed sequence.
  @Test func bidirectionalStacksInReverse() {
    var generator = RandomGenerator(seed: 1)
    let both = StackedBidirectional<LSTMCell<Double>>(inputSize: 3, hiddenSize: 4, layerCount: 2, using: &generator)
    let inputs: Tensor<Double> = random([4, 2, 3], seed: 1)
    let reversed = Tensor(stacking: inputs.unstacked().reversed())
    let outputs = both(inputs, direction: .reverse).outputs
    #expect(relativeDifference(Tensor(stacking: outputs.unstacked().reversed()), both(reversed).outputs) < 1e-12)
  }
}
