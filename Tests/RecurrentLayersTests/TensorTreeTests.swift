import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// Trees of tensors: states, what is carried, and modules as trees.
@Suite struct TensorTreeTests {
  /// Everything that a visitor has an overload for.
  private struct Mixed: TensorTree {
    typealias Scalar = Double
    var state = LSTMState<Double>(hidden: random([2, 3], seed: 1), cell: random([2, 3], seed: 2))
    var map: Tensor<Double>? = random([2, 4, 5], seed: 3)
    var missing: Tensor<Double>?
    var layers: [HiddenState<Double>] = [HiddenState(hidden: random([2, 1], seed: 4)), HiddenState(hidden: random([2, 2], seed: 5))]
    var other: HiddenState<Double>?
    var last: HiddenState<Double>? = HiddenState(hidden: random([2, 6], seed: 6))

    mutating func visitTensors(_ visitor: inout some ParameterVisitor<Double>) {
      visitor.visit(&state, "state")
      visitor.visit(&map, "map")
      visitor.visit(&missing, "missing")
      visitor.visit(&layers, "layers")
      visitor.visit(&other, "other")
      visitor.visit(&last, "last")
    }
  }

  @Test func namesFollowTheFields() {
    #expect(
      Mixed().namedTensors.map(\.path) == ["state.hidden", "state.cell", "map", "layers.0.hidden", "layers.1.hidden", "last.hidden"])
  }

  /// A tensor that a state forgets to show is neither carried, nor masked, nor saved.
  @Test func everyTensorOfAStateIsVisited() {
    func expectAllVisited(_ tree: some TensorTree<Double>) {
      #expect(!tree.tensors.isEmpty && visitsEveryTensorOnce(tree), "\(type(of: tree))")
      #expect(Set(tree.namedTensors.map(\.path)).count == tree.tensors.count, "\(type(of: tree))")
    }
    var generator = RandomGenerator(seed: 1)
    let both = StackedBidirectional<LSTMCell<Double>>(inputSize: 3, hiddenSize: 4, layerCount: 2, using: &generator)
    let any: AnyCell<Double> = CellKind.lstm.makeCell(inputSize: 3, hiddenSize: 4, using: &generator)
    let layers = StackedState(layers: [HiddenState<Double>(hidden: random([2, 3], seed: 1))])
    expectAllVisited(Mixed())
    expectAllVisited(both.initialState(batchSize: 2))
    expectAllVisited(any.initialState(batchSize: 2))
    expectAllVisited(DecoderState(layers: layers, readout: random([2, 2], seed: 2), weights: random([2, 5], seed: 3)))
    expectAllVisited(DecoderState(layers: layers, readout: nil, weights: nil))
  }

  @Test func tensorsAreReplacedInTheirOrder() {
    let tree = Mixed()
    let doubled = tree.map { $0 * 2 }
    #expect(zip(doubled.tensors, tree.tensors).allSatisfy { $0 == $1 * 2 })
    #expect(doubled.map == tree.map.map { $0 * 2 } && doubled.last?.hidden == random([2, 6], seed: 6) * 2)
    #expect(tree.merging(doubled) { $1 - $0 }.tensors == tree.tensors)
    let rows = tree.gatheringRows(at: IndexTensor(shape: [3], scalars: [1, 1, 0]))
    #expect(rows.map?.shape == [3, 4, 5] && rows.map?.index(2) == tree.map?.index(0) && rows.map?.index(0) == tree.map?.index(1))
  }

  @Test func anotherNumberOfTensorsIsAMistake() async {
    await #expect(processExitsWith: .failure) { _ = Mixed().replacingTensors(with: Mixed().tensors.dropLast()) }
    await #expect(processExitsWith: .failure) { _ = Mixed().replacingTensors(with: Mixed().tensors + [Tensor(0)]) }
  }

  /// What a visitor changes in place is changed in the memory of the tree itself: nothing is copied, in optionals and arrays neither.
  @Test func visitsAreInPlace() {
    struct Addresses: ParameterVisitor {
      typealias Scalar = Double
      var path: [String] = []
      var found: [Int] = []
      mutating func visit(_ parameter: inout Tensor<Double>, _ name: String) {
        found.append(parameter.withUnsafeMutableScalars { Int(bitPattern: $0.baseAddress) })
      }
    }
    var tree = Mixed()
    // Constants of the seeds may be shared: the first visit makes each its own.
    var (first, second) = (Addresses(), Addresses())
    tree.visitTensors(&first)
    tree.visitTensors(&second)
    #expect(first.found == second.found && first.found.count == 6)
  }

  @Test func anAuxiliaryTreeIsDetached() {
    var generator = RandomGenerator(seed: 1)
    let cell = LSTMCell<Double>(inputSize: 3, hiddenSize: 4, using: &generator)
    let (loss, gradient, state) = valueAndGradient(at: cell) { cell in
      let (outputs, state) = cell.run(random([2, 2, 3], seed: 1))
      return (outputs.sum(), state)
    }
    #expect(!loss.isTracked && state.tensors.allSatisfy { !$0.isTracked })
    #expect(gradient.tensors.contains { $0 != Tensor(zeros: $0.shape) })
    // A tuple is no tree: it comes back as it is.
    let (_, _, pair) = valueAndGradient(at: cell) { cell in
      let (outputs, state) = cell.run(random([2, 2, 3], seed: 1))
      return (outputs.sum(), (state, 1))
    }
    #expect(pair.0.hidden.isTracked)
  }
}
