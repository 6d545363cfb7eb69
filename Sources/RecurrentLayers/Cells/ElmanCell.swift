public import RecurrentTensors

/// The nonlinearity of an `ElmanCell`.
public enum ElmanActivation: String, Sendable, Hashable, CaseIterable {
  case tanh
  case relu
}

/// The simple recurrent network (Elman 1990, "Finding structure in time"), as `torch.nn.RNN`:
///
///     h' = tanh(W_ih x + b_ih + W_hh h + b_hh)        or relu in place of tanh
///
/// - Parameters: `weight_ih` `[hidden, input]`, `weight_hh` `[hidden, hidden]`, `bias_ih` and `bias_hh` `[hidden]`.
/// - Initialization: weights within `±1 / sqrt(hidden)`, biases zero. `CellInitialization.identity()` with relu is
///   the IRNN.
/// - Cost: `hidden * (input + hidden)` multiply-adds a step and sequence. Kept for the backward pass: nothing besides
///   inputs and outputs.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let cell = ElmanCell<Float>(inputSize: 3, hiddenSize: 5, activation: .relu, using: &generator)
/// let state = cell.step(Tensor(ones: [2, 3]), from: cell.initialState(batchSize: 2))
/// // state.hidden.shape == [2, 5]
/// ```
public struct ElmanCell<Scalar: TensorScalar>: FusedCell, InitializableCell {
  public typealias State = HiddenState<Scalar>

  /// The nonlinearity.
  public let activation: ElmanActivation

  /// `weight_ih`, `weight_hh`, `bias_ih` and `bias_hh`.
  public var gateWeights: GateWeights<Scalar>

  /// A cell with parameters drawn as `initialization` says.
  public init(
    inputSize: Int, hiddenSize: Int, activation: ElmanActivation,
    initialization: CellInitialization = CellInitialization(), using generator: inout RandomGenerator
  ) {
    self.activation = activation
    gateWeights = GateWeights(
      gateCount: 1, inputSize: inputSize, hiddenSize: hiddenSize, initialization: initialization,
      using: &generator)
  }

  /// A cell with tanh and parameters drawn as `initialization` says.
  public init(
    inputSize: Int, hiddenSize: Int, initialization: CellInitialization, using generator: inout RandomGenerator
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, activation: .tanh, initialization: initialization,
      using: &generator)
  }

  public var fusedKind: FusedKind { .elman(activation) }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&gateWeights, "")
  }

  public func step(_ input: Tensor<Scalar>, from state: HiddenState<Scalar>) -> HiddenState<Scalar> {
    checkStep(input, state)
    let sum = gateWeights.sums(input, state.hidden)  // [batch, hidden]
    return switch activation {
    case .tanh: HiddenState(hidden: sum.tanh())
    case .relu: HiddenState(hidden: sum.relu())
    }
  }
}
