public import RecurrentTensors

/// An LSTM with layer normalization of the two products and of the cell (Ba, Kiros and Hinton 2016, "Layer
/// normalization", equations 20 to 22):
///
///     (i, f, g, o) = LN(W_ih x) * a_ih + LN(W_hh h) * a_hh + b
///     c' = sigmoid(f) * c + sigmoid(i) * tanh(g)
///     h' = sigmoid(o) * tanh(LN(c') * a_c + b_c)
///
/// LN subtracts the mean and divides by `sqrt(variance + epsilon)`, over all `4 * hidden` numbers of a product and
/// over the `hidden` numbers of a cell. The paper's biases inside the first two normalizations are redundant beside
/// `b`, and left out.
///
/// - Parameters: `weight_ih` `[4 * hidden, input]`, `weight_hh` `[4 * hidden, hidden]`, `bias_ih` (b), `gain_ih` and
///   `gain_hh` `[4 * hidden]`, `gain_c` and `bias_c` `[hidden]`; order i f g o.
/// - Initialization: weights within `±1 / sqrt(hidden)`, gains 1, biases zero but the forget gate's part of
///   `bias_ih`, which is 1.
/// - Cost: `4 * hidden * (input + hidden)` multiply-adds a step and sequence and the normalizations. The steps are
///   recorded one by one; about `17 * hidden` numbers a step and sequence and some twenty records a step are kept for
///   the backward pass.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let cell = LayerNormLSTMCell<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
/// let (outputs, _) = cell.run(Tensor(ones: [7, 2, 3]))  // outputs.shape == [7, 2, 5]
/// ```
public struct LayerNormLSTMCell<Scalar: TensorScalar>: InitializableCell {
  public typealias State = LSTMState<Scalar>

  public let inputSize: Int
  public let hiddenSize: Int
  /// What is added to a variance before its root is taken: 1e-5.
  public let epsilon: Double = 1e-5

  /// `weight_ih`, `[4 * hidden, input]`.
  public var inputWeight: Tensor<Scalar>
  /// `weight_hh`, `[4 * hidden, hidden]`.
  public var recurrentWeight: Tensor<Scalar>
  /// `bias_ih`, `[4 * hidden]`: the bias of the gates.
  public var bias: Tensor<Scalar>
  /// `gain_ih`, `[4 * hidden]`.
  public var inputGain: Tensor<Scalar>
  /// `gain_hh`, `[4 * hidden]`.
  public var recurrentGain: Tensor<Scalar>
  /// `gain_c`, `[hidden]`.
  public var cellGain: Tensor<Scalar>
  /// `bias_c`, `[hidden]`.
  public var cellBias: Tensor<Scalar>

  /// A cell with parameters drawn as `initialization` says.
  public init(
    inputSize: Int, hiddenSize: Int, initialization: CellInitialization, using generator: inout RandomGenerator
  ) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    inputWeight = initialization.inputWeight(gateCount: 4, hidden: hiddenSize, input: inputSize, using: &generator)
    recurrentWeight = initialization.recurrentWeight(gateCount: 4, hidden: hiddenSize, using: &generator)
    bias = initialization.bias(
      gateCount: 4, hidden: hiddenSize, forgetGate: 1, forget: initialization.forgetBias, using: &generator)
    inputGain = Tensor(ones: [4 * hiddenSize])
    recurrentGain = Tensor(ones: [4 * hiddenSize])
    cellGain = Tensor(ones: [hiddenSize])
    cellBias = Tensor(zeros: [hiddenSize])
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&inputWeight, "weight_ih")
    visitor.visit(&recurrentWeight, "weight_hh")
    visitor.visit(&bias, "bias_ih")
    visitor.visit(&inputGain, "gain_ih")
    visitor.visit(&recurrentGain, "gain_hh")
    visitor.visit(&cellGain, "gain_c")
    visitor.visit(&cellBias, "bias_c")
  }

  public func step(_ input: Tensor<Scalar>, from state: LSTMState<Scalar>) -> LSTMState<Scalar> {
    step(input, from: state) { _, _ in }
  }

  public func step(
    _ input: Tensor<Scalar>, from state: LSTMState<Scalar>, recording record: QuantityRecorder<Scalar>
  ) -> LSTMState<Scalar> {
    checkStep(input, state)
    let fromInput = matmul(input, inputWeight, transposingSecond: true)
      .layerNormalized(gain: inputGain, bias: bias, epsilon: Scalar(epsilon))
    let fromState = matmul(state.hidden, recurrentWeight, transposingSecond: true)
      .layerNormalized(gain: recurrentGain, bias: Tensor(zeros: bias.shape), epsilon: Scalar(epsilon))
    let gates = (fromInput + fromState).split(count: 4, alongAxis: 1)  // i f g o, each [batch, hidden]
    let (inputGate, forgetGate) = (gates[0].sigmoid(), gates[1].sigmoid())
    let candidate = gates[2].tanh()
    let cell = forgetGate * state.cell + inputGate * candidate
    let shown = cell.layerNormalized(gain: cellGain, bias: cellBias, epsilon: Scalar(epsilon)).tanh()
    let outputGate = gates[3].sigmoid()
    record(.input, inputGate)
    record(.forget, forgetGate)
    record(.candidate, candidate)
    record(.cell, cell)
    record(.output, outputGate)
    return LSTMState(hidden: outputGate * shown, cell: cell)
  }
}
