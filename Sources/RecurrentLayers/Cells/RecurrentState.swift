public import RecurrentTensors

/// What a recurrent cell carries from one time step to the next: a few tensors `[batch, hidden]`.
///
/// A state is a value: it is passed in and returned, never remembered in a layer. `map` does for all cells what would
/// otherwise be written once a cell: cutting off the tape (truncated backpropagation through time), reordering a
/// beam, copying rows.
///
/// ```swift
/// let state = LSTMState(hidden: Tensor<Float>(zeros: [2, 8]), cell: Tensor(zeros: [2, 8]))
/// let carried = state.map { $0.detached() }
/// ```
public protocol RecurrentState<Scalar>: Sendable {
  associatedtype Scalar: TensorScalar

  /// The hidden state `[batch, hidden]`, which is also the cell's output.
  var hidden: Tensor<Scalar> { get }

  /// All tensors, in a fixed order: for checkpoints. `init(tensors:)` takes them back.
  var tensors: [Tensor<Scalar>] { get }

  /// The state made of the given tensors.
  ///
  /// - Precondition: as many as `tensors` has.
  init(tensors: [Tensor<Scalar>])
}

extension RecurrentState {
  /// The state whose tensors are `transform` of this one's.
  public func map(_ transform: (Tensor<Scalar>) -> Tensor<Scalar>) -> Self { Self(tensors: tensors.map(transform)) }

  /// The state whose tensors are `combine` of this one's and the corresponding ones of `other`.
  public func merging(
    _ other: Self, _ combine: (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>
  ) -> Self {
    Self(tensors: zip(tensors, other.tensors).map(combine))
  }
}

/// The state of a cell that has a hidden state only: Elman, GRU, deep transition.
public struct HiddenState<Scalar: TensorScalar>: RecurrentState {
  /// The hidden state, `[batch, hidden]`.
  public var hidden: Tensor<Scalar>

  /// The state with the given hidden state `[batch, hidden]`.
  public init(hidden: Tensor<Scalar>) { self.hidden = hidden }

  public var tensors: [Tensor<Scalar>] { [hidden] }

  public init(tensors: [Tensor<Scalar>]) {
    check(tensors.count == 1, "HiddenState(tensors:): \(tensors.count) tensors, not 1")
    hidden = tensors[0]
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

  public var tensors: [Tensor<Scalar>] { [hidden, cell] }

  public init(tensors: [Tensor<Scalar>]) {
    check(tensors.count == 2, "LSTMState(tensors:): \(tensors.count) tensors, not 2")
    self.init(hidden: tensors[0], cell: tensors[1])
  }
}
