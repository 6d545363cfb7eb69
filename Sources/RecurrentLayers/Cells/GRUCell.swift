public import RecurrentTensors

/// The gated recurrent unit with the reset gate applied after the product, as `torch.nn.GRU` and cuDNN have it:
///
///     r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)                how much of the state the candidate sees
///     z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)                how much of the state is kept
///     n = tanh(W_in x + b_in + r * (W_hn h + b_hn))             the candidate
///     h' = (1 - z) * n + z * h
///
/// Cho et al. 2014 apply the reset gate before the product: that is `ResetBeforeGRUCell`. This form (in its authors'
/// later code) needs one product with the state a step, not two that wait for each other, and is what is fast.
///
/// - Parameters: `weight_ih` `[3 * hidden, input]`, `weight_hh` `[3 * hidden, hidden]`, `bias_ih` and `bias_hh`
///   `[3 * hidden]`; rows in the order r z n. `b_hn` stands inside the reset: here the two biases are not redundant.
/// - Initialization: weights within `±1 / sqrt(hidden)`, biases zero.
/// - Cost: `3 * hidden * (input + hidden)` multiply-adds a step and sequence. Kept for the backward pass: about
///   `4 * hidden` numbers a step and sequence besides inputs and outputs.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let cell = GRUCell<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
/// let (outputs, state) = cell.run(Tensor(ones: [7, 2, 3]))
/// // outputs.shape == [7, 2, 5], state.hidden.shape == [2, 5]
/// ```
public struct GRUCell<Scalar: TensorScalar>: FusedCell, InitializableCell {
  public typealias State = HiddenState<Scalar>

  /// `weight_ih`, `weight_hh`, `bias_ih` and `bias_hh`.
  public var gateWeights: GateWeights<Scalar>

  /// A cell with parameters drawn as `initialization` says.
  public init(
    inputSize: Int, hiddenSize: Int, initialization: CellInitialization, using generator: inout RandomGenerator
  ) {
    gateWeights = GateWeights(
      gateCount: 3, inputSize: inputSize, hiddenSize: hiddenSize, initialization: initialization,
      using: &generator)
  }

  public var fusedKind: FusedKind { .gru }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&gateWeights, "")
  }

  public func step(_ input: Tensor<Scalar>, from state: HiddenState<Scalar>) -> HiddenState<Scalar> {
    step(input, from: state) { _, _ in }
  }

  public func step(
    _ input: Tensor<Scalar>, from state: HiddenState<Scalar>, recording record: QuantityRecorder<Scalar>
  ) -> HiddenState<Scalar> {
    checkStep(input, state)
    let fromInput = gateWeights.inputSums(input).split(count: 3, alongAxis: 1)  // r z n, each [batch, hidden]
    let fromState = gateWeights.recurrentSums(state.hidden).split(count: 3, alongAxis: 1)
    let reset = (fromInput[0] + fromState[0]).sigmoid()
    let keep = (fromInput[1] + fromState[1]).sigmoid()
    let candidate = (fromInput[2] + reset * fromState[2]).tanh()
    record(.reset, reset)
    record(.update, keep)
    record(.candidate, candidate)
    return HiddenState(hidden: candidate + keep * (state.hidden - candidate))
  }
}
