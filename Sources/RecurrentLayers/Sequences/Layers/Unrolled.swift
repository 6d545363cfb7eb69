public import RecurrentTensors

/// One recurrent layer: a cell run over time. Its parameters are named as in `torch.nn.LSTM` and its kin:
/// `weight_ih_l0`, ...
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let rnn = LSTM<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
/// let (outputs, state) = rnn(Tensor(ones: [7, 2, 3]), lengths: [7, 4])
/// // outputs.shape == [7, 2, 5]; state.hidden.shape == state.cell.shape == [2, 5]
/// ```
public struct Unrolled<Cell: RecurrentCell>: Module {
  public typealias Scalar = Cell.Scalar

  /// The cell.
  public var cell: Cell

  /// The layer that runs `cell`.
  public init(_ cell: Cell) { self.cell = cell }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    LayerNamingVisitor.visit(&cell, layer: 0, by: &visitor)
  }

  /// Runs over a sequence `[time, batch, input]`; see `RecurrentCell.run`.
  ///
  /// - Returns: the outputs `[time, batch, hidden]` and the state after each sequence's last step.
  public func callAsFunction(
    _ inputs: Tensor<Scalar>, from state: Cell.State? = nil, lengths: [Int]? = nil, direction: Direction = .forward,
    keeping retention: Retention = .activations
  ) -> (outputs: Tensor<Scalar>, state: Cell.State) {
    cell.run(inputs, from: state, lengths: lengths, direction: direction, keeping: retention)
  }
}

extension Unrolled where Cell: InitializableCell {
  /// A layer with parameters drawn as `initialization` says.
  public init(
    inputSize: Int, hiddenSize: Int, initialization: CellInitialization = CellInitialization(),
    using generator: inout RandomGenerator
  ) {
    cell = Cell(inputSize: inputSize, hiddenSize: hiddenSize, initialization: initialization, using: &generator)
  }
}

/// One LSTM layer.
public typealias LSTM<Scalar: TensorScalar> = Unrolled<LSTMCell<Scalar>>
/// One GRU layer, the reset gate after the product.
public typealias GRU<Scalar: TensorScalar> = Unrolled<GRUCell<Scalar>>
/// One Elman layer.
public typealias Elman<Scalar: TensorScalar> = Unrolled<ElmanCell<Scalar>>
