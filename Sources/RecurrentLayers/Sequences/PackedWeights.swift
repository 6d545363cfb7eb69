public import RecurrentTensors

/// The weights of one fused cell, rearranged for the forward kernel.
///
/// Packing costs one pass over the weights. A run over a sequence packs once; inference that makes many single steps
/// holds the packed weights in a `PreparedCell`.
public struct PackedWeights<Scalar: TensorScalar>: Sendable {
  let kind: FusedKind
  let inputSize: Int
  let hiddenSize: Int
  let packed: Tensor<Scalar>

  /// The weights of `cell` as they are now.
  public init(_ cell: some FusedCell<Scalar>) {
    kind = cell.fusedKind
    (inputSize, hiddenSize) = (cell.inputSize, cell.hiddenSize)
    let weights = [cell.inputWeight, cell.recurrentWeight, cell.inputBias, cell.recurrentBias]
    let (kind, input, hidden) = (kind, inputSize, hiddenSize)
    packed = Tensor(uninitialized: [kind.packedCount(Scalar.self, input: input, hidden: hidden)]) { target in
      withExtendedLifetime(weights) {
        kind.pack(input: input, hidden: hidden, weights: weights.map(\.reading), into: target)
      }
    }
  }

  /// One step without gradient.
  ///
  /// - Parameters:
  ///   - input: `[batch, input]`.
  ///   - state: hidden and, in an LSTM, cell state, each `[batch, hidden]`.
  func step(_ input: Tensor<Scalar>, from state: [Tensor<Scalar>]) -> [Tensor<Scalar>] {
    let batch = input.shape[0]
    guard batch > 0, hiddenSize > 0 else { return state.map { $0.detached() } }
    let sequence = FusedExtent(time: 1, batch: batch, input: inputSize, hidden: hiddenSize, isReverse: false)
    var output = Tensor<Scalar>.unwritten([batch, hiddenSize])
    var last = state.map { Tensor<Scalar>.unwritten($0.shape) }
    let targets = last.indices.map { last[$0].writing }
    withExtendedLifetime((packed, input, state)) {
      kind.forward(
        sequence.with(lengths: nil), packed: packed.reading, inputs: input.reading, initial: state.map(\.reading),
        outputs: output.writing, last: targets, saved: nil)
    }
    return last
  }
}

/// A cell made ready for many single steps: generation, streaming. It gives no gradient.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let cell = LSTMCell<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
/// let streaming = cell.prepared()
/// var state = cell.initialState(batchSize: 1)
/// for _ in 0..<10 { state = streaming.step(Tensor(ones: [1, 3]), from: state) }
/// ```
public struct PreparedCell<Cell: RecurrentCell>: Sendable {
  /// The cell, its parameters detached.
  public let cell: Cell

  private let weights: PackedWeights<Cell.Scalar>?

  init(_ cell: Cell, weights: PackedWeights<Cell.Scalar>?) {
    self.cell = cell.mapParameters { $0.detached() }
    self.weights = weights
  }

  /// The state after one time step; its `hidden` is the output.
  ///
  /// - Parameter input: `[batch, input]`.
  public func step(_ input: Tensor<Cell.Scalar>, from state: Cell.State) -> Cell.State {
    guard let weights else { return cell.step(input.detached(), from: state.map { $0.detached() }) }
    cell.checkStep(input, state)
    return Cell.State(tensors: weights.step(input, from: state.tensors))
  }
}

extension RecurrentCell {
  /// The cell made ready for many single steps without gradient. Without a fused kernel there is nothing to rearrange.
  public func prepared() -> PreparedCell<Self> { PreparedCell(self, weights: nil) }
}
