public import RecurrentTensors

/// Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and Cummins
/// 2000), as `torch.nn.LSTM`:
///
///     i = sigmoid(W_ii x + b_ii + W_hi h + b_hi)      how much of the candidate is let in
///     f = sigmoid(W_if x + b_if + W_hf h + b_hf)      how much of the cell is kept
///     g = tanh(W_ig x + b_ig + W_hg h + b_hg)         the candidate
///     o = sigmoid(W_io x + b_io + W_ho h + b_ho)      how much of the cell is shown
///     c' = f * c + i * g
///     h' = o * tanh(c')
///
/// - Parameters: `weight_ih` `[4 * hidden, input]`, `weight_hh` `[4 * hidden, hidden]`, `bias_ih` and `bias_hh`
///   `[4 * hidden]`; rows in the order i f g o.
/// - Initialization: weights within `±1 / sqrt(hidden)`, biases zero but the forget gate's part of `bias_ih`, which
///   is 1. The two biases are redundant; only one of them gets the 1.
/// - Cost: `4 * hidden * (input + hidden)` multiply-adds a step and sequence. Kept for the backward pass: about
///   `6 * hidden` numbers a step and sequence (gates and cell) besides inputs and outputs.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let cell = LSTMCell<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
/// let state = cell.step(Tensor(ones: [2, 3]), from: cell.initialState(batchSize: 2))
/// // state.hidden.shape == [2, 5], state.cell.shape == [2, 5]
/// ```
public struct LSTMCell<Scalar: TensorScalar>: FusedCell, InitializableCell {
  public typealias State = LSTMState<Scalar>

  /// `weight_ih`, `weight_hh`, `bias_ih` and `bias_hh`.
  public var gateWeights: GateWeights<Scalar>

  /// A cell with parameters drawn as `initialization` says.
  public init(
    inputSize: Int, hiddenSize: Int, initialization: CellInitialization, using generator: inout RandomGenerator
  ) {
    gateWeights = GateWeights(
      gateCount: 4, inputSize: inputSize, hiddenSize: hiddenSize, forgetGate: 1, initialization: initialization,
      using: &generator)
  }

  public var fusedKind: FusedKind { .lstm }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&gateWeights, "")
  }

  public func step(_ input: Tensor<Scalar>, from state: LSTMState<Scalar>) -> LSTMState<Scalar> {
    step(input, from: state) { _, _ in }
  }

  public func step(
    _ input: Tensor<Scalar>, from state: LSTMState<Scalar>, recording record: QuantityRecorder<Scalar>
  ) -> LSTMState<Scalar> {
    checkStep(input, state)
    let gates = gateWeights.sums(input, state.hidden).split(count: 4, alongAxis: 1)  // i f g o, each [batch, hidden]
    let (inputGate, forgetGate) = (gates[0].sigmoid(), gates[1].sigmoid())
    let candidate = gates[2].tanh()
    let cell = forgetGate * state.cell + inputGate * candidate
    let outputGate = gates[3].sigmoid()
    record(.input, inputGate)
    record(.forget, forgetGate)
    record(.candidate, candidate)
    record(.cell, cell)
    record(.output, outputGate)
    return LSTMState(hidden: outputGate * cell.tanh(), cell: cell)
  }
}
