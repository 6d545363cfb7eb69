public import RecurrentTensors

/// The states of the two cells of a bidirectional layer.
public struct BidirectionalState<State: RecurrentState>: RecurrentState {
  public typealias Scalar = State.Scalar

  /// Of the cell that reads forward.
  public var forward: State
  /// Of the cell that reads backward.
  public var reverse: State

  /// The given states.
  public init(forward: State, reverse: State) {
    self.forward = forward
    self.reverse = reverse
  }

  /// Both hidden states side by side, `[batch, 2 * hidden]`.
  public var hidden: Tensor<Scalar> { forward.hidden.concatenated(with: reverse.hidden, alongAxis: 1) }

  public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&forward, "forward")
    visitor.visit(&reverse, "reverse")
  }
}

/// Two cells that read the same sequence in opposite directions; their outputs stand side by side (Schuster and
/// Paliwal 1997). Parameters are named as in `torch.nn.LSTM(bidirectional=True)`: `weight_ih_l0`, ...,
/// `weight_ih_l0_reverse`, ...
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let rnn = Bidirectional<GRUCell<Float>>(inputSize: 3, hiddenSize: 5, using: &generator)
/// let (outputs, state) = rnn(Tensor(ones: [7, 2, 3]), lengths: [7, 4])
/// // outputs.shape == [7, 2, 10]; state.hidden.shape == [2, 10]
/// ```
public struct Bidirectional<Cell: RecurrentCell>: Module {
  public typealias Scalar = Cell.Scalar
  public typealias State = BidirectionalState<Cell.State>

  /// The cell that reads forward.
  public var forward: Cell
  /// The cell that reads backward, each sequence from its own last step.
  public var reverse: Cell

  /// The layer of the given cells.
  ///
  /// - Precondition: they read the same number of features.
  public init(forward: Cell, reverse: Cell) {
    check(
      forward.inputSize == reverse.inputSize,
      "Bidirectional: one cell reads \(forward.inputSize) features, the other \(reverse.inputSize)")
    self.forward = forward
    self.reverse = reverse
  }

  /// The number of features of an input.
  public var inputSize: Int { forward.inputSize }

  /// The number of features of an output: both cells' hidden units.
  public var outputSize: Int { forward.hiddenSize + reverse.hiddenSize }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitParameters(layer: 0, by: &visitor)
  }

  mutating func visitParameters(layer: Int, by visitor: inout some ParameterVisitor<Scalar>) {
    LayerNamingVisitor.visit(&forward, layer: layer, by: &visitor)
    LayerNamingVisitor.visit(&reverse, layer: layer, isReverse: true, by: &visitor)
  }

  /// The state before the first step: zeros.
  public func initialState(batchSize: Int) -> State {
    State(
      forward: forward.initialState(batchSize: batchSize), reverse: reverse.initialState(batchSize: batchSize))
  }

  /// Runs over a sequence; see `RecurrentCell.run`.
  ///
  /// - Returns: the outputs `[time, batch, 2 * hidden]`, the forward cell's first, and the states: forward after each
  ///   sequence's last step, reverse after its first.
  public func callAsFunction(
    _ inputs: Tensor<Scalar>, from state: State? = nil, lengths: [Int]? = nil,
    keeping retention: Retention = .activations
  ) -> (outputs: Tensor<Scalar>, state: State) {
    run(inputs, state, lengths, retention, layer: 0, probe: nil)
  }

  /// Runs over a sequence as the given layer of a stack.
  ///
  /// - Parameter probe: What looks on at the gradient, piece by piece; see `GradientReach`.
  func run(
    _ inputs: Tensor<Scalar>, _ state: State?, _ lengths: [Int]?, _ retention: Retention, layer: Int,
    probe: GradientProbe<Scalar>?
  ) -> (outputs: Tensor<Scalar>, state: State) {
    func half(_ cell: Cell, _ direction: Direction, _ state: Cell.State?) -> (outputs: Tensor<Scalar>, state: Cell.State) {
      func run(_ inputs: Tensor<Scalar>, _ state: Cell.State?, _ lengths: [Int]?) -> (outputs: Tensor<Scalar>, state: Cell.State) {
        cell.run(inputs, from: state, lengths: lengths, direction: direction, keeping: retention)
      }
      return probe?.run(layer: layer, direction, inputs, state, lengths, run) ?? run(inputs, state, lengths)
    }
    let (ahead, back) = (half(forward, .forward, state?.forward), half(reverse, .reverse, state?.reverse))
    return (
      ahead.outputs.concatenated(with: back.outputs, alongAxis: 2), State(forward: ahead.state, reverse: back.state)
    )
  }
}

extension Bidirectional where Cell: InitializableCell {
  /// A layer of `hiddenSize` units in each direction with parameters drawn as `initialization` says.
  public init(
    inputSize: Int, hiddenSize: Int, initialization: CellInitialization = CellInitialization(),
    using generator: inout RandomGenerator
  ) {
    forward = Cell(inputSize: inputSize, hiddenSize: hiddenSize, initialization: initialization, using: &generator)
    reverse = Cell(inputSize: inputSize, hiddenSize: hiddenSize, initialization: initialization, using: &generator)
  }
}

/// Bidirectional layers on top of each other, as `torch.nn.LSTM(num_layers=..., bidirectional=True)` and its kin:
/// each layer reads both directions' outputs of the one below. Parameters: `weight_ih_l0`, `weight_ih_l0_reverse`,
/// `weight_ih_l1` `[gates * hidden, 2 * hidden]`, ...
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let rnn = StackedBidirectional<LSTMCell<Float>>(inputSize: 3, hiddenSize: 5, layerCount: 2, using: &generator)
/// let (outputs, state) = rnn(Tensor(ones: [7, 2, 3]))  // [7, 2, 10]; state.layers[1].reverse.cell is [2, 5]
/// ```
public struct StackedBidirectional<Cell: RecurrentCell>: Module {
  public typealias Scalar = Cell.Scalar
  public typealias State = StackedState<BidirectionalState<Cell.State>>

  /// The layers, the lowest first.
  public var layers: [Bidirectional<Cell>]

  /// Whether a layer's input is added to its output where both have the same size.
  public let isResidual: Bool

  /// The stack of the given layers.
  ///
  /// - Precondition: at least one; each reads as many features as the one below puts out.
  public init(_ layers: [Bidirectional<Cell>], isResidual: Bool = false) {
    check(!layers.isEmpty, "StackedBidirectional: no layers")
    for (below, above) in zip(layers, layers.dropFirst()) {
      check(
        above.inputSize == below.outputSize,
        "StackedBidirectional: a layer reads \(above.inputSize) features, the one below puts out \(below.outputSize)")
    }
    self.layers = layers
    self.isResidual = isResidual
  }

  /// The number of features of an input.
  public var inputSize: Int { layers[0].inputSize }

  /// The number of features of an output.
  public var outputSize: Int { layers[layers.count - 1].outputSize }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    for index in layers.indices { layers[index].visitParameters(layer: index, by: &visitor) }
  }

  /// The state before the first step: zeros.
  public func initialState(batchSize: Int) -> State {
    State(layers: layers.map { $0.initialState(batchSize: batchSize) })
  }

  /// Runs over a sequence; see `RecurrentCell.run`.
  ///
  /// - Parameter between: What becomes of the features that pass from one layer to the next, such as dropout; not of the
  ///   inputs, nor of the outputs.
  /// - Returns: the outputs of the top layer `[time, batch, 2 * hidden]` and the states of all layers.
  public func callAsFunction(
    _ inputs: Tensor<Scalar>, from state: State? = nil, lengths: [Int]? = nil,
    keeping retention: Retention = .activations, between: (Tensor<Scalar>) -> Tensor<Scalar> = { $0 }
  ) -> (outputs: Tensor<Scalar>, state: State) {
    let probe = GradientProbe.take(inputs, lengths)
    return run(inputs, state, lengths, between: between, probe: probe) { index, layer, features, state in
      layer.run(features, state, lengths, retention, layer: index, probe: probe)
    }
  }

  /// Runs layer by layer, each as `runLayer` does it: by its index, its cells, what it reads and its state.
  ///
  /// - Parameter probe: What looks on at the gradient, and sees of the top layer only where each direction ends.
  func run(
    _ inputs: Tensor<Scalar>, _ state: State?, _ lengths: [Int]?, between: (Tensor<Scalar>) -> Tensor<Scalar>,
    probe: GradientProbe<Scalar>? = nil,
    runLayer: (Int, Bidirectional<Cell>, Tensor<Scalar>, BidirectionalState<Cell.State>?) -> (
      outputs: Tensor<Scalar>, state: BidirectionalState<Cell.State>
    )
  ) -> (outputs: Tensor<Scalar>, state: State) {
    check(
      state == nil || state?.layers.count == layers.count,
      "StackedBidirectional: \(state?.layers.count ?? 0) states for \(layers.count) layers")
    var states: [BidirectionalState<Cell.State>] = []
    var features = inputs
    for (index, layer) in layers.enumerated() {
      if index > 0 { features = between(features) }
      let result = runLayer(index, layer, features, state?.layers[index])
      let isAdded = isResidual && layer.inputSize == layer.outputSize
      features = isAdded ? result.outputs + maskingPadding(features, lengths) : result.outputs
      states.append(result.state)
    }
    if let probe {
      let top = layers[layers.count - 1]
      let halves = features.split(sizes: [top.forward.hiddenSize, top.reverse.hiddenSize], alongAxis: 2)
      features = probe.lettingLastThrough(halves[0], .forward).concatenated(
        with: probe.lettingLastThrough(halves[1], .reverse), alongAxis: 2)
    }
    return (features, State(layers: states))
  }
}

extension StackedBidirectional where Cell: InitializableCell {
  /// A stack of `layerCount` layers of `hiddenSize` units in each direction with parameters drawn as `initialization`
  /// says.
  public init(
    inputSize: Int, hiddenSize: Int, layerCount: Int, isResidual: Bool = false,
    initialization: CellInitialization = CellInitialization(), using generator: inout RandomGenerator
  ) {
    self.init(
      (0..<layerCount).map { index in
        Bidirectional(
          inputSize: index == 0 ? inputSize : 2 * hiddenSize, hiddenSize: hiddenSize,
          initialization: initialization, using: &generator)
      }, isResidual: isResidual)
  }
}
