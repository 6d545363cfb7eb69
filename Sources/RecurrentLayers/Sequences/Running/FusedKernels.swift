import RecurrentKernels
import RecurrentTensors

/// One interface to the fused kernels of all kinds. Pointers are to elements in the layouts of `RecurrentKernels.h`.
extension FusedKind {
  func packedCount<Scalar: TensorScalar>(_: Scalar.Type, input: Int, hidden: Int) -> Int {
    switch self {
    case .lstm: Scalar.kernels.table.lstmPackedCount(input, hidden)
    case .gru: Scalar.kernels.table.gruPackedCount(input, hidden)
    case .elman: Scalar.kernels.table.elmanPackedCount(input, hidden)
    }
  }

  /// Numbers of the weights as backward passes take them.
  func backwardPackedCount<Scalar: TensorScalar>(_: Scalar.Type, input: Int, hidden: Int) -> Int {
    let cell =
      switch self {
      case .lstm: rk_lstm
      case .gru: rk_gru
      case .elman: rk_elman_tanh
      }
    return Scalar.kernels.table.backwardPackedCount(cell, input, hidden)
  }

  func savedCount<Scalar: TensorScalar>(_: Scalar.Type, time: Int, batch: Int, hidden: Int) -> Int {
    switch self {
    case .lstm: Scalar.kernels.table.lstmSavedCount(time, batch, hidden)
    case .gru: Scalar.kernels.table.gruSavedCount(time, batch, hidden)
    case .elman: Scalar.kernels.table.elmanSavedCount(time, batch, hidden)
    }
  }

  /// - Parameter weights: weight_ih, weight_hh, bias_ih, bias_hh.
  func pack<Scalar: TensorScalar>(
    input: Int, hidden: Int, weights: [UnsafePointer<Scalar>?], into packed: UnsafeMutablePointer<Scalar>
  ) {
    let pack =
      switch self {
      case .lstm: Scalar.kernels.table.lstmPack
      case .gru: Scalar.kernels.table.gruPack
      case .elman: Scalar.kernels.table.elmanPack
      }
    pack(input, hidden, weights[0], weights[1], weights[2], weights[3], packed)
  }

  /// - Parameters:
  ///   - initial: hidden and, in an LSTM, cell state; nil for zeros.
  ///   - last: where the state after the sequence goes, in the same order.
  ///   - saved: where the backward pass's activations go, or nil.
  func forward<Scalar: TensorScalar>(
    _ sequence: rk_sequence, packed: UnsafePointer<Scalar>?, inputs: UnsafePointer<Scalar>?,
    initial: [UnsafePointer<Scalar>?], outputs: UnsafeMutablePointer<Scalar>?,
    last: [UnsafeMutablePointer<Scalar>?], saved: UnsafeMutablePointer<Scalar>?
  ) {
    withUnsafePointer(to: sequence) { sequence in
      switch self {
      case .lstm:
        Scalar.kernels.table.lstmForward(
          sequence, packed, inputs, initial[0], initial[1], outputs, last[0], last[1], saved)
      case .gru:
        Scalar.kernels.table.gruForward(sequence, packed, inputs, initial[0], outputs, last[0], saved)
      case .elman(let activation):
        Scalar.kernels.table.elmanForward(
          sequence, activation == .relu, packed, inputs, initial[0], outputs, last[0], saved)
      }
    }
  }

  /// - Parameters:
  ///   - weights: weight_ih, weight_hh.
  ///   - lastCotangent: of hidden and cell state after the sequence, nil for zeros.
  ///   - initialCotangent: where that of the state before it goes, or nil.
  ///   - weightCotangents: where those of weight_ih, weight_hh, bias_ih, bias_hh go, each may be nil.
  func backward<Scalar: TensorScalar>(
    _ sequence: rk_sequence, weights: [UnsafePointer<Scalar>?], inputs: UnsafePointer<Scalar>?,
    initial: [UnsafePointer<Scalar>?], outputs: UnsafePointer<Scalar>?, saved: UnsafePointer<Scalar>?,
    outputCotangent: UnsafePointer<Scalar>?, lastCotangent: [UnsafePointer<Scalar>?],
    inputCotangent: UnsafeMutablePointer<Scalar>?, initialCotangent: [UnsafeMutablePointer<Scalar>?],
    weightCotangents w: [UnsafeMutablePointer<Scalar>?]
  ) {
    withUnsafePointer(to: sequence) { sequence in
      switch self {
      case .lstm:
        Scalar.kernels.table.lstmBackward(
          sequence, weights[0], weights[1], inputs, initial[0], initial[1], outputs, saved, outputCotangent,
          lastCotangent[0], lastCotangent[1], inputCotangent, initialCotangent[0], initialCotangent[1], w[0], w[1],
          w[2], w[3])
      case .gru:
        Scalar.kernels.table.gruBackward(
          sequence, weights[0], weights[1], inputs, initial[0], outputs, saved, outputCotangent, lastCotangent[0],
          inputCotangent, initialCotangent[0], w[0], w[1], w[2], w[3])
      case .elman(let activation):
        Scalar.kernels.table.elmanBackward(
          sequence, activation == .relu, weights[0], weights[1], inputs, initial[0], outputs, saved, outputCotangent,
          lastCotangent[0], inputCotangent, initialCotangent[0], w[0], w[1], w[2], w[3])
      }
    }
  }
}

// MARK: Pointers

extension Tensor {
  /// The first element.
  ///
  /// The elements live in a reference-counted block of the tensor, so the pointer is good as long as the tensor lives
  /// and is not written: use it inside `withExtendedLifetime`.
  var reading: UnsafePointer<Scalar>? { withUnsafeScalars { $0.baseAddress } }

  /// The first element for writing, of a tensor that nothing else shares; good as long as the tensor lives.
  var writing: UnsafeMutablePointer<Scalar>? {
    mutating get { withUnsafeMutableScalars { $0.baseAddress } }
  }

  /// A tensor of undefined content, for a kernel to write.
  static func unwritten(_ shape: Shape) -> Tensor { Tensor(uninitialized: shape) { _ in } }
}
