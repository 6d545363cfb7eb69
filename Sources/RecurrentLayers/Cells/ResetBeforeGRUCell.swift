public import RecurrentTensors

/// The gated recurrent unit with the reset gate applied to the state before the product (Cho et al. 2014, "Learning
/// phrase representations using RNN encoder-decoder"):
///
///     r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
///     z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
///     n = tanh(W_in x + b_in + W_hn (r * h) + b_hn)
///     h' = (1 - z) * n + z * h
///
/// The other placement is `GRUCell`. Parameters have the same names and shapes in both, but a model trained with one
/// does not run with the other.
///
/// - Parameters: `weight_ih` `[3 * hidden, input]`, `weight_hh` `[3 * hidden, hidden]`, `bias_ih` and `bias_hh`
///   `[3 * hidden]`; rows in the order r z n.
/// - Initialization: weights within `±1 / sqrt(hidden)`, biases zero.
/// - Cost: `3 * hidden * (input + hidden)` multiply-adds a step and sequence, in two products that wait for each
///   other. The steps are recorded one by one; about `6 * hidden` numbers a step and sequence and some twenty records
///   a step are kept for the backward pass.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let cell = ResetBeforeGRUCell<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
/// let (outputs, _) = cell.run(Tensor(ones: [7, 2, 3]))  // outputs.shape == [7, 2, 5]
/// ```
public struct ResetBeforeGRUCell<Scalar: TensorScalar>: GatedCell, InitializableCell {
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
    let fromInput = (gateWeights.inputSums(input) + recurrentBias)
      .split(count: 3, alongAxis: 1)  // r z n, each [batch, hidden]
    // [2 * hidden, hidden] for both gates, [hidden, hidden] for the candidate.
    let weights = recurrentWeight.split(sizes: [2 * hiddenSize, hiddenSize], alongAxis: 0)
    let gates = matmul(state.hidden, weights[0], transposingSecond: true).split(count: 2, alongAxis: 1)
    let reset = (fromInput[0] + gates[0]).sigmoid()
    let keep = (fromInput[1] + gates[1]).sigmoid()
    let candidate = (fromInput[2] + matmul(reset * state.hidden, weights[1], transposingSecond: true)).tanh()
    record(.reset, reset)
    record(.update, keep)
    record(.candidate, candidate)
    return HiddenState(hidden: candidate + keep * (state.hidden - candidate))
  }
}
