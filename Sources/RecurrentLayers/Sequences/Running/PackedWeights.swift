public import RecurrentTensors

/// The weights of one fused cell, rearranged for the forward kernel.
///
/// Packing costs one pass over the weights. A run over a sequence packs once; who makes many single steps holds a
/// `StreamingStack`, which has packed once for ever.
public struct PackedWeights<Scalar: TensorScalar>: Sendable {
  let kind: FusedKind
  let inputSize: Int
  let hiddenSize: Int
  let packed: Tensor<Scalar>

  /// The weights of `cell` as they are now.
  public init(_ cell: some FusedCell<Scalar>) {
    kind = cell.fusedKind
    (inputSize, hiddenSize) = (cell.inputSize, cell.hiddenSize)
    let weights = cell.kernelWeights()
    let (kind, input, hidden) = (kind, inputSize, hiddenSize)
    packed = Tensor(uninitialized: [kind.packedCount(Scalar.self, input: input, hidden: hidden)]) { target in
      withExtendedLifetime(weights) {
        kind.pack(input: input, hidden: hidden, weights: weights.map(\.reading), into: target)
      }
    }
  }
}
