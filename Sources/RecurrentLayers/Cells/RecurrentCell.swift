public import RecurrentTensors

/// The order in which a sequence is read.
public enum Direction: Sendable, Hashable, CaseIterable {
  /// From the first time step to the last.
  case forward
  /// From the last time step to the first; where lengths are given, each sequence from its own last step, so that
  /// padding stays at the end.
  case reverse

  /// The other order.
  public var opposite: Direction { self == .forward ? .reverse : .forward }
}

/// What a run over a sequence keeps for its backward pass. The choice never changes a bit of the result or of the
/// gradient.
public enum Retention: Sendable, Hashable, CaseIterable {
  /// The activations of every time step: memory grows with the length T, nothing is computed twice.
  case activations
  /// The state at the start of each segment of the sequence: memory grows with the square root of T, and the backward
  /// pass runs each segment forward once more (Chen et al. 2016; Gruslys et al. 2016). See `Segmentation` for the
  /// lengths of segments.
  case segmentStates
}

/// A recurrent cell: how one time step's input and the state before it become the state after it.
///
/// A new cell needs its parameters, `initialState(batchSize:)` and `step(_:from:)`, written with tensor operations.
/// Running over a sequence with lengths, direction and recomputation, and differentiating it, follow. A cell of vectors
/// with the usual weights conforms to ``GatedCell``; one with a fused kernel to ``FusedCell`` besides.
///
/// The shapes below are those of cells of vectors. A cell may read, carry and put out any others whose first axis is the
/// batch (a convolutional LSTM `[batch, channels, height, width]`), and its state may have tensors of several shapes:
/// masking past a sequence's end, reversal and recomputation hold for all of them.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let cell = LSTMCell<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
/// let inputs = Tensor<Float>(normalWithMean: 0, shape: [7, 2, 3], using: &generator)  // [time, batch, input]
/// let (outputs, state) = cell.run(inputs, lengths: [7, 4])
/// // outputs.shape == [7, 2, 5]; state.hidden is the output at each sequence's own last step.
/// ```
public protocol RecurrentCell<Scalar>: RecurrentLayer {
  /// The number of hidden units: the second axis of an output.
  var hiddenSize: Int { get }

  /// The state after one time step; its `hidden` is the output.
  ///
  /// - Parameter input: `[batch, input]`.
  func step(_ input: Tensor<Scalar>, from state: State) -> State

  /// The state after one time step, bit for bit that of `step(_:from:)`. Each gate, the candidate and the cell state are passed to
  /// `record`, each `[batch, hidden]`, in the order in which they are computed. The hidden state is not passed to `record`: the caller
  /// already has it.
  ///
  /// A cell whose gates can be recorded has its equations here, and its `step(_:from:)` calls this. Default: calls `step(_:from:)` and
  /// records nothing.
  func step(_ input: Tensor<Scalar>, from state: State, recording record: QuantityRecorder<Scalar>) -> State

  /// Runs over a sequence.
  ///
  /// Where lengths are given, the output at times `t >= lengths[b]` is zero, the state of `b` is carried past them
  /// unchanged, nothing flows back from or to them, and what the inputs hold there does not matter. Lengths need not
  /// be sorted, and 0 leaves a sequence with its initial state.
  ///
  /// - Parameters:
  ///   - inputs: `[time, batch, input]`.
  ///   - state: The state before the first step; nil equals zeros bit for bit.
  ///   - lengths: The length of each sequence, `0 ... time`; nil: all have the full length.
  ///   - direction: The order in which time is read. Outputs stand at the time of their input in both.
  ///   - retention: What is kept for the backward pass.
  /// - Returns: the outputs `[time, batch, hidden]`, and the state after each sequence's last step (in reverse: after
  ///   its first).
  func run(
    _ inputs: Tensor<Scalar>, from state: State?, lengths: [Int]?, direction: Direction, keeping retention: Retention
  ) -> (outputs: Tensor<Scalar>, state: State)
}

extension RecurrentCell {
  /// The state after one time step; nothing is recorded.
  public func step(
    _ input: Tensor<Scalar>, from state: State, recording record: QuantityRecorder<Scalar>
  ) -> State {
    step(input, from: state)
  }

  /// Runs over a sequence; see the requirement. Defaults: zero state, full lengths, forward. All activations are kept.
  public func run(
    _ inputs: Tensor<Scalar>, from state: State? = nil, lengths: [Int]? = nil, direction: Direction = .forward
  ) -> (outputs: Tensor<Scalar>, state: State) {
    run(inputs, from: state, lengths: lengths, direction: direction, keeping: .activations)
  }
}

/// A cell that can be made from its sizes alone.
public protocol InitializableCell<Scalar>: RecurrentCell {
  /// A cell with parameters drawn as `initialization` says.
  init(inputSize: Int, hiddenSize: Int, initialization: CellInitialization, using generator: inout RandomGenerator)
}

extension InitializableCell {
  /// A cell with parameters drawn by the default initialization.
  public init(inputSize: Int, hiddenSize: Int, using generator: inout RandomGenerator) {
    self.init(inputSize: inputSize, hiddenSize: hiddenSize, initialization: CellInitialization(), using: &generator)
  }
}

extension RecurrentCell where State == HiddenState<Scalar> {
  /// The state before the first step: zeros `[batch, hidden]`.
  public func initialState(batchSize: Int) -> HiddenState<Scalar> {
    HiddenState(hidden: Tensor(zeros: [batchSize, hiddenSize]))
  }
}

extension RecurrentCell where State == LSTMState<Scalar> {
  /// The state before the first step: zeros `[batch, hidden]`, twice.
  public func initialState(batchSize: Int) -> LSTMState<Scalar> {
    let zeros = Tensor<Scalar>(zeros: [batchSize, hiddenSize])
    return LSTMState(hidden: zeros, cell: zeros)
  }
}

extension RecurrentCell {
  /// Traps unless `input` is `[batch, inputSize]` and each tensor of the state `[batch, hiddenSize]`, with both shapes in the
  /// message: what a cell of vectors asks at the beginning of its step. A cell of other shapes has checks of its own.
  public func checkStep(_ input: Tensor<Scalar>, _ state: State) {
    check(
      input.rank == 2 && input.shape[1] == inputSize,
      "\(Self.self).step: the input has the shape \(input.shape), not [batch, \(inputSize)]")
    let expected: Shape = [input.shape[0], hiddenSize]
    for tensor in state.tensors {
      check(
        tensor.shape == expected, "\(Self.self).step: the state has the shape \(tensor.shape), not \(expected)")
    }
  }

  /// Traps unless the arguments of `run` fit each other, whatever stands behind the batch and an input's features.
  func checkRun(_ inputs: Tensor<Scalar>, _ state: State?, _ lengths: [Int]?) {
    check(
      inputs.rank >= 3 && inputs.shape[2] == inputSize,
      "\(Self.self).run: the inputs have the shape \(inputs.shape), not [time, batch, \(inputSize)]")
    let (time, batch) = (inputs.shape[0], inputs.shape[1])
    for tensor in state?.tensors ?? [] {
      check(
        tensor.rank >= 1 && tensor.shape[0] == batch,
        "\(Self.self).run: the state has the shape \(tensor.shape), and the batch is \(batch)")
    }
    if let lengths {
      check(
        lengths.count == batch, "\(Self.self).run: \(lengths.count) lengths for a batch of \(batch)")
      check(
        lengths.allSatisfy { $0 >= 0 && $0 <= time }, "\(Self.self).run: lengths \(lengths) not in 0 ... \(time)")
    }
  }
}
