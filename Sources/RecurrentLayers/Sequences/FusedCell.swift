public import RecurrentTensors

/// The recurrences that the kernels can run over a whole sequence in one pass.
public enum FusedKind: Sendable, Hashable {
  /// `LSTMCell`: gates i f g o.
  case lstm
  /// `GRUCell`: gates r z n, the reset gate applied after the product.
  case gru
  /// `ElmanCell` with the given nonlinearity.
  case elman(ElmanActivation)

  /// The number of blocks of `hidden` rows in a weight.
  public var gateCount: Int {
    switch self {
    case .lstm: 4
    case .gru: 3
    case .elman: 1
    }
  }

  /// The number of tensors in the state.
  var stateCount: Int { self == .lstm ? 2 : 1 }
}

/// A cell whose sequence is one kernel and one record on the tape.
///
/// The four parameters are stored as PyTorch stores them. `step(_:from:)` and `runStepwise` stay, written with tensor
/// operations, as what the kernel is tested against.
public protocol FusedCell<Scalar>: RecurrentCell {
  /// The kernel.
  var fusedKind: FusedKind { get }
  /// `weight_ih`, `[gates * hidden, input]`.
  var inputWeight: Tensor<Scalar> { get }
  /// `weight_hh`, `[gates * hidden, hidden]`.
  var recurrentWeight: Tensor<Scalar> { get }
  /// `bias_ih`, `[gates * hidden]`.
  var inputBias: Tensor<Scalar> { get }
  /// `bias_hh`, `[gates * hidden]`.
  var recurrentBias: Tensor<Scalar> { get }
}

extension FusedCell {
  /// Runs over a sequence with the fused kernel; see `RecurrentCell.run`.
  public func run(
    _ inputs: Tensor<Scalar>, from state: State?, lengths: [Int]?, direction: Direction, keeping retention: Retention
  ) -> (outputs: Tensor<Scalar>, state: State) {
    checkRun(inputs, state, lengths)
    let batch = inputs.shape[1]
    guard batch > 0, hiddenSize > 0 else {
      return runStepwise(inputs, from: state, lengths: lengths, direction: direction, keeping: retention)
    }
    let result = FusedSequence(
      cell: self, time: inputs.shape[0], batch: batch, lengths: lengths, direction: direction
    ).run(self, inputs, from: state?.tensors, keeping: retention)
    let start = state ?? initialState(batchSize: batch)
    return (result.outputs, result.state.map(start.replacingTensors(with:)) ?? start)
  }
}

/// `cell`, or the cell inside where it is an `AnyCell`, as one with kernels; nil where it has none.
func fusedCell<Cell: RecurrentCell>(_ cell: Cell) -> (any FusedCell<Cell.Scalar>)? {
  if let cell = cell as? AnyCell<Cell.Scalar> { return cell.base as? any FusedCell<Cell.Scalar> }
  return cell as? any FusedCell<Cell.Scalar>
}
