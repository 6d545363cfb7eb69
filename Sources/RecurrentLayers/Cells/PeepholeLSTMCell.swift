public import RecurrentTensors

/// An LSTM whose gates see the cell state, through one weight a unit (Gers and Schmidhuber 2000, "Recurrent nets that
/// time and count"; Gers, Schraudolph and Schmidhuber 2002):
///
///     i = sigmoid(W_ii x + b_ii + W_hi h + b_hi + p_i * c)
///     f = sigmoid(W_if x + b_if + W_hf h + b_hf + p_f * c)
///     g = tanh(W_ig x + b_ig + W_hg h + b_hg)
///     c' = f * c + i * g
///     o = sigmoid(W_io x + b_io + W_ho h + b_ho + p_o * c')      the output gate sees the new cell
///     h' = o * tanh(c')
///
/// - Parameters: those of `LSTMCell`, rows in the order i f g o, and `weight_peephole` `[3, hidden]`, rows in the
///   order i f o.
/// - Initialization: as `LSTMCell`; the peepholes within `±1 / sqrt(hidden)` or as `recurrentWeight` says.
/// - Cost: `4 * hidden * (input + hidden) + 3 * hidden` multiply-adds a step and sequence. The steps are recorded one
///   by one; about `7 * hidden` numbers a step and sequence and some twenty records a step are kept for the backward
///   pass.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let cell = PeepholeLSTMCell<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
/// let (outputs, _) = cell.run(Tensor(ones: [7, 2, 3]))  // outputs.shape == [7, 2, 5]
/// ```
public struct PeepholeLSTMCell<Scalar: TensorScalar>: GatedCell, InitializableCell {
  public typealias State = LSTMState<Scalar>

  /// `weight_ih`, `weight_hh`, `bias_ih` and `bias_hh`.
  public var gateWeights: GateWeights<Scalar>
  /// `weight_peephole`, `[3, hidden]`: what the gates i, f and o see of the cell.
  public var peepholes: Tensor<Scalar>

  /// A cell with parameters drawn as `initialization` says.
  public init(
    inputSize: Int, hiddenSize: Int, initialization: CellInitialization, using generator: inout RandomGenerator
  ) {
    gateWeights = GateWeights(
      gateCount: 4, inputSize: inputSize, hiddenSize: hiddenSize, forgetGate: 1, initialization: initialization,
      using: &generator)
    // A peephole is one weight a unit: a distribution over matrices that ties rows together (orthogonal, identity) says
    // nothing about it.
    let peepholeInitializer: Initializer =
      switch initialization.recurrentWeight {
      case .orthogonal, .identity: .inverseSquareRoot
      default: initialization.recurrentWeight
      }
    peepholes = peepholeInitializer.matrix(rows: 3, columns: hiddenSize, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&gateWeights, "")
    visitor.visit(&peepholes, "weight_peephole")
  }

  public func step(_ input: Tensor<Scalar>, from state: LSTMState<Scalar>) -> LSTMState<Scalar> {
    step(input, from: state) { _, _ in }
  }

  public func step(
    _ input: Tensor<Scalar>, from state: LSTMState<Scalar>, recording record: QuantityRecorder<Scalar>
  ) -> LSTMState<Scalar> {
    checkStep(input, state)
    let gates = gateWeights.sums(input, state.hidden).split(count: 4, alongAxis: 1)  // i f g o, each [batch, hidden]
    let peepholes = peepholes.unstacked(alongAxis: 0)  // i f o, each [hidden]
    let inputGate = (gates[0] + peepholes[0] * state.cell).sigmoid()
    let forgetGate = (gates[1] + peepholes[1] * state.cell).sigmoid()
    let candidate = gates[2].tanh()
    let cell = forgetGate * state.cell + inputGate * candidate
    let outputGate = (gates[3] + peepholes[2] * cell).sigmoid()
    record(.input, inputGate)
    record(.forget, forgetGate)
    record(.candidate, candidate)
    record(.cell, cell)
    record(.output, outputGate)
    return LSTMState(hidden: outputGate * cell.tanh(), cell: cell)
  }
}
