public import RecurrentTensors

/// The states of the two cells of a bidirectional layer.
public struct BidirectionalState<State: RecurrentState>: RecurrentState {
  public typealias Scalar = State.Scalar

  /// The state of the cell that reads forward.
  public var forward: State
  /// The state of the cell that reads backward.
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
public struct Bidirectional<Cell: RecurrentCell>: RecurrentLayer {
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

  public var outputParts: [(size: Int, direction: Direction)] {
    [(forward.hiddenSize, .forward), (reverse.hiddenSize, .reverse)]
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitParameters(inLayer: 0, by: &visitor)
  }

  public mutating func visitParameters(inLayer index: Int, by visitor: inout some ParameterVisitor<Scalar>) {
    LayerNamingVisitor.visit(&forward, layer: index, by: &visitor)
    LayerNamingVisitor.visit(&reverse, layer: index, isReverse: true, by: &visitor)
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
    var runner = PlainRunner<Scalar>(keeping: retention)
    return run(inputs, from: state, lengths: lengths, direction: .forward, by: &runner)
  }

  /// Runs both cells over a sequence. In reverse, each reads against its own direction.
  public func run(
    _ inputs: Tensor<Scalar>, from state: State?, lengths: [Int]?, direction: Direction,
    by runner: inout some CellRunner<Scalar>
  ) -> (outputs: Tensor<Scalar>, state: State) {
    let ahead = runner.run(forward, inputs, from: state?.forward, lengths: lengths, direction: direction)
    let back = runner.run(reverse, inputs, from: state?.reverse, lengths: lengths, direction: direction.opposite)
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
public typealias StackedBidirectional<Cell: RecurrentCell> = Stacked<Bidirectional<Cell>>

extension Stacked {
  /// A stack of `layerCount` layers of `hiddenSize` units in each direction with parameters drawn as `initialization`
  /// says.
  public init<Cell: InitializableCell>(
    inputSize: Int, hiddenSize: Int, layerCount: Int, isResidual: Bool = false,
    initialization: CellInitialization = CellInitialization(), using generator: inout RandomGenerator
  ) where Layer == Bidirectional<Cell> {
    self.init(
      (0..<layerCount).map { index in
        Bidirectional(
          inputSize: index == 0 ? inputSize : 2 * hiddenSize, hiddenSize: hiddenSize,
          initialization: initialization, using: &generator)
      }, isResidual: isResidual)
  }
}
