import RecurrentKernels
import RecurrentTensors

/// The packed weights of one fused cell for single steps. Streams share them.
private final class StreamingWeights: @unchecked Sendable {
  let kind: FusedKind
  let inputSize: Int
  let hiddenSize: Int
  let precision: rk_weights
  let packed: UnsafeMutableRawPointer

  init<Scalar>(_ cell: some FusedCell<Scalar>, _ precision: WeightPrecision) {
    kind = cell.fusedKind
    (inputSize, hiddenSize) = (cell.inputSize, cell.hiddenSize)
    self.precision = precision == .bfloat16 ? rk_bfloat16_weights : rk_whole_weights
    let kernels = Scalar.kernels.table
    packed = rk_allocate(kernels.stepPackedBytes(kind.stepCell, self.precision, inputSize, hiddenSize))
    let weights = cell.kernelWeights()
    withExtendedLifetime(weights) {
      kernels.stepPack(
        kind.stepCell, self.precision, inputSize, hiddenSize, weights[0].reading, weights[1].reading,
        weights[2].reading, weights[3].reading, packed)
    }
  }

  deinit { rk_free(packed) }
}

extension FusedKind {
  fileprivate var stepCell: rk_cell {
    switch self {
    case .lstm: rk_lstm
    case .gru: rk_gru
    case .elman(.tanh): rk_elman_tanh
    case .elman(.relu): rk_elman_relu
    }
  }
}

/// The layers of one stream as the step kernel takes them: weights, which copies share, and states.
///
/// `@unchecked Sendable`: only its owner, a `StreamingStack`, which cannot be copied, reaches it.
final class StreamingLayers<Scalar: TensorScalar>: @unchecked Sendable {
  private let weights: [StreamingWeights]
  private let batchSize: Int
  private let layers: UnsafeMutableBufferPointer<rk_step_layer>
  private let states: UnsafeMutableRawPointer
  private let kernel: Kernels<Scalar>.Table.Step

  /// The layers of the given cells with zero states.
  ///
  /// - Parameter addsInput: for each cell whether its output is the sum of its hidden state and its input.
  convenience init(
    _ cells: [any FusedCell<Scalar>], addsInput: [Bool], batchSize: Int, precision: WeightPrecision
  ) {
    self.init(
      cells.map { cell in
        func opened(_ cell: some FusedCell<Scalar>) -> StreamingWeights { StreamingWeights(cell, precision) }
        return opened(cell)
      }, addsInput: addsInput, batchSize: batchSize)
  }

  private init(_ weights: [StreamingWeights], addsInput: [Bool], batchSize: Int) {
    self.weights = weights
    self.batchSize = batchSize
    kernel = Scalar.kernels.table.step
    layers = .allocate(capacity: weights.count)
    // Each of a layer's blocks begins at a cache line.
    let sizes = weights.map { ($0.hiddenSize * batchSize * MemoryLayout<Scalar>.stride + 63) / 64 * 64 }
    states = .allocate(byteCount: 4 * sizes.reduce(0, +) + 64, alignment: 64)
    var next = states
    for (index, layer) in weights.enumerated() {
      func block(_ isWanted: Bool) -> UnsafeMutableRawPointer? {
        guard isWanted else { return nil }
        defer { next += sizes[index] }
        return next
      }
      layers.initializeElement(
        at: index,
        to: rk_step_layer(
          cell: layer.kind.stepCell, weights: layer.precision, input: layer.inputSize, hidden: layer.hiddenSize,
          packed: layer.packed, h: block(true), next_h: block(true), c: block(layer.kind == .lstm), backwards: false,
          y: block(addsInput[index])))
    }
    reset()
  }

  deinit {
    layers.deallocate()
    states.deallocate()
  }

  /// Another stream in the same state, with the same weights.
  func copy() -> StreamingLayers {
    let result = StreamingLayers(weights, addsInput: layers.map { $0.y != nil }, batchSize: batchSize)
    for index in layers.indices {
      result.layers[index].h.copyMemory(from: layers[index].h, byteCount: byteCount(index))
      if let cell = layers[index].c { result.layers[index].c.copyMemory(from: cell, byteCount: byteCount(index)) }
    }
    return result
  }

  /// One step: from the inputs `[batch, input]` to the outputs of the top layer `[batch, hidden]`, which stay until the
  /// next call.
  func step(_ input: UnsafePointer<Scalar>?) -> UnsafePointer<Scalar>? {
    kernel(layers.baseAddress, layers.count, batchSize, input)
  }

  /// Back to zero states.
  func reset() {
    for index in layers.indices {
      layers[index].h.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount(index))
      layers[index].c?.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount(index))
    }
  }

  /// Gives each row the state of the row that `rows` has at its place.
  func reorder(_ rows: [Int]) {
    for index in layers.indices {
      let rowBytes = byteCount(index) / batchSize
      // Between two steps next_h is free.
      func gather(_ state: UnsafeMutableRawPointer) {
        for (row, source) in rows.enumerated() {
          layers[index].next_h.advanced(by: row * rowBytes)
            .copyMemory(from: state.advanced(by: source * rowBytes), byteCount: rowBytes)
        }
      }
      if let cell = layers[index].c {
        gather(cell)
        cell.copyMemory(from: layers[index].next_h, byteCount: byteCount(index))
      }
      gather(layers[index].h)
      swap(&layers[index].h, &layers[index].next_h)
    }
  }

  /// The state of a layer: hidden and, in an LSTM, cell state, each `[batch, hidden]`.
  subscript(state index: Int) -> [Tensor<Scalar>] {
    get {
      [layers[index].h, layers[index].c].compactMap { $0 }.map { block in
        Tensor(uninitialized: [batchSize, layers[index].hidden]) {
          UnsafeMutableRawPointer($0).copyMemory(from: block, byteCount: byteCount(index))
        }
      }
    }
    set {
      for (block, tensor) in zip([layers[index].h, layers[index].c], newValue) {
        tensor.withUnsafeScalars { scalars in
          guard let start = scalars.baseAddress else { return }
          block?.copyMemory(from: start, byteCount: byteCount(index))
        }
      }
    }
  }

  /// The bytes of a layer's state of one kind.
  private func byteCount(_ index: Int) -> Int { layers[index].hidden * batchSize * MemoryLayout<Scalar>.stride }
}
