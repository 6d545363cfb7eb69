import RecurrentTensors

/// A state that is learned: what a cell begins with, instead of zeros.
///
/// - Parameters: the tensors of the cell's state under their own names, each `[1, features]`, zeros at first: `hidden`, of LSTMs `cell` too.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let cell = LSTMCell<Float>(inputSize: 3, hiddenSize: 4, using: &generator)
/// let start = LearnedState(of: cell)
/// let state = cell.step(Tensor(ones: [2, 3]), from: start(batchSize: 2))
/// ```
public struct LearnedState<Cell: RecurrentCell>: Module {
  public typealias Scalar = Cell.Scalar

  /// The state, of a batch of one.
  public var state: Cell.State

  /// The state that a cell begins with, to be learned from there.
  public init(of cell: Cell) { state = cell.initialState(batchSize: 1) }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) { visitor.visit(&state, "") }

  /// The same state for each sequence of a batch.
  public func callAsFunction(batchSize: Int) -> Cell.State {
    state.map { $0.broadcast(to: $0.shape.replacing(axis: 0, with: batchSize)) }
  }
}
