public import RecurrentTensors

/// The states of the layers of a stack.
public struct StackedState<State: RecurrentState>: TensorTree {
  public typealias Scalar = State.Scalar

  /// One state a layer, the lowest first.
  public var layers: [State]

  /// The given states, the lowest layer's first.
  public init(layers: [State]) { self.layers = layers }

  public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&layers, "")
  }
}

/// Recurrent layers on top of each other: each reads the outputs of the one below. Parameters are named as in
/// `torch.nn.LSTM` and its kin: `weight_ih_l0`, `weight_ih_l1`, ...
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let rnn = Stacked<LSTMCell<Float>>(inputSize: 3, hiddenSize: 5, layerCount: 2, using: &generator)
/// let inputs = Tensor<Float>(ones: [7, 2, 3])
/// let (outputs, state) = rnn(inputs)  // [7, 2, 5]; state.layers.count == 2
/// let dropout = Dropout(rate: 0.5)
/// let (dropped, _) = rnn(inputs) { dropout($0, using: &generator) }
/// ```
public struct Stacked<Cell: RecurrentCell>: Module {
  public typealias Scalar = Cell.Scalar
  public typealias State = StackedState<Cell.State>

  /// The cells, the lowest first.
  public var layers: [Cell]

  /// Whether a layer's input is added to its output where both have the same size (He et al. 2016; in stacks of LSTMs
  /// Wu et al. 2016). The layers' states are those of the cells: nothing is added to them.
  public let isResidual: Bool

  /// The stack of the given cells.
  ///
  /// - Precondition: at least one; each reads as many features as the one below has hidden units.
  public init(_ layers: [Cell], isResidual: Bool = false) {
    check(!layers.isEmpty, "Stacked: no layers")
    for (below, above) in zip(layers, layers.dropFirst()) {
      check(
        above.inputSize == below.hiddenSize,
        "Stacked: a layer reads \(above.inputSize) features, the one below has \(below.hiddenSize) hidden units")
    }
    self.layers = layers
    self.isResidual = isResidual
  }

  /// The number of features of an input.
  public var inputSize: Int { layers[0].inputSize }

  /// The number of features of an output.
  public var hiddenSize: Int { layers[layers.count - 1].hiddenSize }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    for index in layers.indices { LayerNamingVisitor.visit(&layers[index], layer: index, by: &visitor) }
  }

  /// The state before the first step: zeros.
  public func initialState(batchSize: Int) -> State {
    State(layers: layers.map { $0.initialState(batchSize: batchSize) })
  }

  /// Runs over a sequence; see `RecurrentCell.run`.
  ///
  /// - Parameter between: What becomes of the features that pass from one layer to the next, such as dropout; not of the
  ///   inputs, nor of the outputs.
  /// - Returns: the outputs of the top layer `[time, batch, hidden]` and the states of all layers.
  public func callAsFunction(
    _ inputs: Tensor<Scalar>, from state: State? = nil, lengths: [Int]? = nil, direction: Direction = .forward,
    keeping retention: Retention = .activations, between: (Tensor<Scalar>) -> Tensor<Scalar> = { $0 }
  ) -> (outputs: Tensor<Scalar>, state: State) {
    run(inputs, state, lengths, between: between, probe: .take(inputs, lengths), direction) {
      _, cell, features, state, lengths in
      cell.run(features, from: state, lengths: lengths, direction: direction, keeping: retention)
    }
  }

  /// Runs layer by layer, each as `runLayer` does it: by its index, its cell, what it reads, its state and the lengths.
  ///
  /// - Parameters:
  ///   - probe: What looks on at the gradient, piece by piece; see `GradientReach`.
  ///   - direction: The way that the layers read, for the probe.
  func run(
    _ inputs: Tensor<Scalar>, _ state: State?, _ lengths: [Int]?, between: (Tensor<Scalar>) -> Tensor<Scalar>,
    probe: GradientProbe<Scalar>? = nil, _ direction: Direction = .forward,
    runLayer: (Int, Cell, Tensor<Scalar>, Cell.State?, [Int]?) -> (outputs: Tensor<Scalar>, state: Cell.State)
  ) -> (outputs: Tensor<Scalar>, state: State) {
    checkLayerCount(state)
    var states: [Cell.State] = []
    var features = inputs
    for (index, cell) in layers.enumerated() {
      if index > 0 { features = between(features) }
      let result =
        probe?.run(layer: index, direction, features, state?.layers[index], lengths) {
          runLayer(index, cell, $0, $1, $2)
        } ?? runLayer(index, cell, features, state?.layers[index], lengths)
      features = addsInput(at: index) ? result.outputs + maskingPadding(features, lengths) : result.outputs
      states.append(result.state)
    }
    return (probe?.lettingLastThrough(features, direction) ?? features, State(layers: states))
  }

  /// The output of the top layer `[batch, hidden]` and the states after one time step. For many steps without gradient
  /// there is `streaming(batchSize:weights:)`.
  ///
  /// - Parameter input: `[batch, input]`.
  public func step(_ input: Tensor<Scalar>, from state: State) -> (output: Tensor<Scalar>, state: State) {
    checkLayerCount(state)
    var state = state
    var features = input
    for (index, cell) in layers.enumerated() {
      state.layers[index] = cell.step(features, from: state.layers[index])
      let hidden = state.layers[index].hidden
      features = addsInput(at: index) ? hidden + features : hidden
    }
    return (features, state)
  }

  /// Whether the output of a layer is the sum of its hidden state and its input.
  func addsInput(at index: Int) -> Bool { isResidual && layers[index].inputSize == layers[index].hiddenSize }

  private func checkLayerCount(_ state: State?) {
    check(
      state == nil || state?.layers.count == layers.count,
      "Stacked: \(state?.layers.count ?? 0) states for \(layers.count) layers")
  }
}

extension Stacked where Cell: InitializableCell {
  /// A stack of `layerCount` layers of `hiddenSize` units with parameters drawn as `initialization` says.
  public init(
    inputSize: Int, hiddenSize: Int, layerCount: Int, isResidual: Bool = false,
    initialization: CellInitialization = CellInitialization(), using generator: inout RandomGenerator
  ) {
    self.init(
      (0..<layerCount).map { index in
        Cell(
          inputSize: index == 0 ? inputSize : hiddenSize, hiddenSize: hiddenSize, initialization: initialization,
          using: &generator)
      }, isResidual: isResidual)
  }
}
