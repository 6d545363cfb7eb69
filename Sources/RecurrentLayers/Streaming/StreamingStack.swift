public import RecurrentTensors

/// A stack that reads a stream of inputs one time step at a time, as fast as its weights can be read: for text as it is
/// typed, signals as they arrive, generation. It gives no gradient.
///
/// It holds a copy of the weights in the order in which a step reads them, and the state. A step runs all layers at
/// once and allocates nothing. The result is that of the stack's run over the whole sequence, to rounding, and does not
/// depend on the number of threads.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let rnn = Stacked<LSTMCell<Float>>(inputSize: 3, hiddenSize: 5, layerCount: 2, using: &generator)
/// var stream = rnn.streaming()
/// var outputs: [Float] = []
/// for time in 0..<10 {
///   let input = [Float(time), 0, 1]
///   stream.step(input.span) { output in outputs.append(output[0]) }
/// }
/// let saved = stream.state  // to go on from here later: stream.state = saved
/// stream.reset()
/// ```
///
/// The weights are those that the stack had when the stream was made. Cells without a kernel for steps (all but
/// `LSTMCell`, `GRUCell` and `ElmanCell`) run as `Stacked.step(_:from:)` does, which allocates.
///
/// The type cannot be copied, since two owners would change one state; `copy()` makes another stream that shares the
/// weights. A stream is used by one thread at a time.
public struct StreamingStack<Cell: RecurrentCell>: ~Copyable, Sendable {
  public typealias Scalar = Cell.Scalar
  public typealias State = StackedState<Cell.State>

  /// The number of sequences that are read side by side.
  public let batchSize: Int

  /// The number of features of an input.
  public let inputSize: Int

  /// The number of features of an output.
  public let hiddenSize: Int

  private var engine: Engine

  private enum Engine {
    case fused(StreamingLayers<Scalar>, initial: State)
    case stepwise(Stacked<Cell>, State)
  }

  init(_ stack: Stacked<Cell>, batchSize: Int, precision: WeightPrecision) {
    check(batchSize >= 1, "streaming(batchSize:weights:): a batch of \(batchSize)")
    self.batchSize = batchSize
    (inputSize, hiddenSize) = (stack.inputSize, stack.hiddenSize)
    let cells = stack.layers.compactMap { fusedCell($0) }
    if cells.count == stack.layers.count {
      let layers = StreamingLayers(
        cells, addsInput: stack.layers.indices.map(stack.addsInput), batchSize: batchSize, precision: precision)
      engine = .fused(layers, initial: stack.initialState(batchSize: batchSize))
    } else {
      // What the kernels round: the matrices. Vectors are biases and gains.
      let detached = stack.mapParameters {
        precision == .bfloat16 && $0.rank == 2 ? $0.roundedToBFloat16() : $0.detached()
      }
      engine = .stepwise(detached, detached.initialState(batchSize: batchSize))
    }
  }

  private init(_ other: borrowing StreamingStack, _ engine: Engine) {
    (batchSize, inputSize, hiddenSize) = (other.batchSize, other.inputSize, other.hiddenSize)
    self.engine = engine
  }

  /// Another stream with the same weights, which the two share, in the same state.
  public borrowing func copy() -> StreamingStack {
    switch engine {
    case .fused(let layers, let initial): StreamingStack(self, .fused(layers.copy(), initial: initial))
    case .stepwise: StreamingStack(self, engine)
    }
  }

  /// Reads one time step.
  ///
  /// - Parameters:
  ///   - input: `[batch, input]`, row by row.
  ///   - body: is given the output of the top layer, `[batch, hidden]`, row by row, which it may read until it returns.
  /// - Returns: what `body` returns.
  /// - Precondition: `input` has `batchSize * inputSize` numbers.
  @discardableResult
  public mutating func step<Result, Failure: Error>(
    _ input: Span<Scalar>, _ body: (Span<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    check(
      input.count == batchSize * inputSize,
      "StreamingStack.step: \(input.count) numbers, not [\(batchSize), \(inputSize)]")
    switch engine {
    case .fused(let layers, _):
      let output = input.withUnsafeBufferPointer { layers.step($0.baseAddress) }
      return try body(UnsafeBufferPointer(start: output, count: batchSize * hiddenSize).span)
    case .stepwise(let stack, let state):
      let features = Tensor<Scalar>(uninitialized: [batchSize, inputSize]) { target in
        input.withUnsafeBufferPointer { source in
          if let start = source.baseAddress { target.update(from: start, count: source.count) }
        }
      }
      let (output, next) = stack.step(features, from: state)
      engine = .stepwise(stack, next)
      return try output.scalars.withUnsafeBufferPointer { scalars throws(Failure) in try body(scalars.span) }
    }
  }

  /// Reads one time step given as a tensor.
  ///
  /// - Parameter input: `[batch, input]`.
  /// - Returns: the output of the top layer, `[batch, hidden]`.
  @discardableResult
  public mutating func step(_ input: Tensor<Scalar>) -> Tensor<Scalar> {
    check(
      input.shape == [batchSize, inputSize],
      "StreamingStack.step: the input has the shape \(input.shape), not [\(batchSize), \(inputSize)]")
    let outputShape: Shape = [batchSize, hiddenSize]
    return input.withUnsafeScalars { scalars in
      step(scalars.span) { output in
        Tensor(uninitialized: outputShape) { target in
          output.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { target.update(from: start, count: source.count) }
          }
        }
      }
    }
  }

  /// The states of the layers after the steps so far: to be saved, and set again here or in another stream of the same
  /// stack.
  ///
  /// - Precondition: a state that is set has the shapes of that which is got.
  public var state: State {
    get {
      switch engine {
      case .fused(let layers, let initial):
        return State(
          layers: initial.layers.enumerated().map { $1.replacingTensors(with: layers[state: $0]) })
      case .stepwise(_, let state):
        return state
      }
    }
    set {
      let (old, new) = (state.tensors.map(\.shape), newValue.tensors.map(\.shape))
      check(old == new, "StreamingStack.state: tensors of the shapes \(new), not \(old)")
      switch engine {
      case .fused(let layers, _):
        for (index, state) in newValue.layers.enumerated() { layers[state: index] = state.tensors }
      case .stepwise(let stack, _):
        engine = .stepwise(stack, newValue.map { $0.detached() })
      }
    }
  }

  /// Back to the state before the first step: zeros.
  public mutating func reset() {
    switch engine {
    case .fused(let layers, _): layers.reset()
    case .stepwise(let stack, _): engine = .stepwise(stack, stack.initialState(batchSize: batchSize))
    }
  }

  /// Gives each row of the batch the state of another, as a search along several beams needs it: row `b` goes on from
  /// the state of row `rows[b]`.
  ///
  /// - Precondition: as many rows as the batch has, each of them in `0 ..< batchSize`.
  public mutating func reorder(rows: [Int]) {
    check(
      rows.count == batchSize && rows.allSatisfy { (0..<batchSize).contains($0) },
      "StreamingStack.reorder: rows \(rows) in a batch of \(batchSize)")
    switch engine {
    case .fused(let layers, _):
      layers.reorder(rows)
    case .stepwise(let stack, let state):
      let indices = IndexTensor(shape: [batchSize], scalars: rows.map(Int32.init))
      engine = .stepwise(stack, state.gatheringRows(at: indices))
    }
  }
}

extension Stacked where Layer: RecurrentCell {
  /// The stack made ready to read a stream step by step, from zero states.
  ///
  /// - Parameters:
  ///   - batchSize: The number of sequences that are read side by side.
  ///   - weights: How the weights are stored.
  public func streaming(batchSize: Int = 1, weights: WeightPrecision = .full) -> StreamingStack<Layer> {
    StreamingStack(self, batchSize: batchSize, precision: weights)
  }
}

extension RecurrentCell {
  /// The cell made ready to read a stream step by step, from a zero state: a stack of one layer.
  public func streaming(batchSize: Int = 1, weights: WeightPrecision = .full) -> StreamingStack<Self> {
    Stacked([self]).streaming(batchSize: batchSize, weights: weights)
  }
}
