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
public protocol FusedCell<Scalar>: GatedCell {
  /// The kernel. It has as many gates as the weights, and its state as many tensors as the cell's.
  var fusedKind: FusedKind { get }

  /// The state of the tensors that the kernel gives: the hidden state, and of an LSTM the cell state behind it.
  func makeState(of tensors: [Tensor<Scalar>]) -> State
}

extension FusedCell where State == HiddenState<Scalar> {
  public func makeState(of tensors: [Tensor<Scalar>]) -> HiddenState<Scalar> { HiddenState(hidden: tensors[0]) }
}

extension FusedCell where State == LSTMState<Scalar> {
  public func makeState(of tensors: [Tensor<Scalar>]) -> LSTMState<Scalar> {
    LSTMState(hidden: tensors[0], cell: tensors[1])
  }
}

extension FusedCell {
  /// Runs over a sequence with the fused kernel; see `RecurrentCell.run`.
  public func run(
    _ inputs: Tensor<Scalar>, from state: State?, lengths: [Int]?, direction: Direction, keeping retention: Retention
  ) -> (outputs: Tensor<Scalar>, state: State) {
    checkRun(inputs, state, lengths)
    check(
      inputs.rank == 3, "\(Self.self).run: the inputs have the shape \(inputs.shape), not [time, batch, \(inputSize)]")
    let batch = inputs.shape[1]
    guard batch > 0, hiddenSize > 0 else {
      return runStepwise(inputs, from: state, lengths: lengths, direction: direction, keeping: retention)
    }
    if let state { checkKernelState(state.tensors, batch: batch) }
    let result = FusedSequence(
      cell: self, time: inputs.shape[0], batch: batch, lengths: lengths, direction: direction
    ).run(self, inputs, from: state?.tensors, keeping: retention)
    return (result.outputs, result.state.map(makeState(of:)) ?? state ?? initialState(batchSize: batch))
  }
}

extension FusedCell {
  /// `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, of the shapes that the kernel reads; of any others this traps.
  func kernelWeights() -> [Tensor<Scalar>] {
    let gates = gateWeights
    check(
      gates.gateCount == fusedKind.gateCount && gates.inputSize == inputSize && gates.hiddenSize == hiddenSize,
      """
      \(Self.self): weights of \(gates.gateCount) gates, \(gates.inputSize) inputs and \(gates.hiddenSize) units; the kernel \
      reads \(fusedKind.gateCount), \(inputSize) and \(hiddenSize)
      """)
    return gates.checked(for: "\(Self.self)")
  }

  /// Traps unless the state is what the kernel reads.
  func checkKernelState(_ state: [Tensor<Scalar>], batch: Int) {
    let expected: Shape = [batch, hiddenSize]
    check(
      state.count == fusedKind.stateCount && state.allSatisfy { $0.shape == expected },
      "\(Self.self): the state has the shapes \(state.map(\.shape)), not \(fusedKind.stateCount) of \(expected)")
  }
}

/// `cell`, or the cell inside where it is an `AnyCell`, as one with kernels; nil where it has none.
func fusedCell<Cell: RecurrentCell>(_ cell: Cell) -> (any FusedCell<Cell.Scalar>)? {
  if let cell = cell as? AnyCell<Cell.Scalar> { return cell.base as? any FusedCell<Cell.Scalar> }
  return cell as? any FusedCell<Cell.Scalar>
}
