public import RecurrentTensors

/// What a recurrent cell carries from one time step to the next: a few tensors, the batch their first axis.
///
/// A state is a value: it is passed in and returned, never remembered in a layer. `map` does for all cells what would
/// otherwise be written once a cell: cutting off the tape (truncated backpropagation through time), reordering a
/// beam, copying rows.
///
/// ```swift
/// let state = LSTMState(hidden: Tensor<Float>(zeros: [2, 8]), cell: Tensor(zeros: [2, 8]))
/// let carried = state.map { $0.detached() }
/// ```
public protocol RecurrentState<Scalar>: TensorTree {
  /// The hidden state, `[batch, hidden]` in most cells, which is also the cell's output.
  var hidden: Tensor<Scalar> { get }
}

/// The state of a cell that has a hidden state only: Elman, GRU, deep transition.
public struct HiddenState<Scalar: TensorScalar>: RecurrentState {
  /// The hidden state, `[batch, hidden]`.
  public var hidden: Tensor<Scalar>

  /// The state with the given hidden state `[batch, hidden]`.
  public init(hidden: Tensor<Scalar>) { self.hidden = hidden }

  public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&hidden, "hidden")
  }
}

/// The state of an LSTM: what it shows (`hidden`) and what it keeps (`cell`).
public struct LSTMState<Scalar: TensorScalar>: RecurrentState {
  /// The hidden state, `[batch, hidden]`.
  public var hidden: Tensor<Scalar>

  /// The cell state, `[batch, hidden]`: the sum through which the gradient flows unhindered while the forget gate is
  /// open.
  public var cell: Tensor<Scalar>

  /// The state with the given hidden and cell state, both `[batch, hidden]`.
  public init(hidden: Tensor<Scalar>, cell: Tensor<Scalar>) {
    check(
      hidden.shape == cell.shape, "LSTMState: hidden has the shape \(hidden.shape), cell \(cell.shape)")
    self.hidden = hidden
    self.cell = cell
  }

  public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&hidden, "hidden")
    visitor.visit(&cell, "cell")
  }
}
