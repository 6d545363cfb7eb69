public import RecurrentTensors

/// A recurrent cell whose transition is itself deep (Pascanu, Gulcehre, Cho and Bengio 2014, "How to construct deep
/// recurrent neural networks", the DT-RNN): several nonlinear steps from one time step to the next.
///
///     s_1 = tanh(W_ih x + b_ih + W_hh h + b_hh)
///     s_k = tanh(W_k s_{k-1} + b_k)                  k = 2 ... depth
///     h' = s_depth
///
/// Depth 1 is the Elman network. Each further step makes the path through time longer, and gradients harder to carry:
/// two or three are usual.
///
/// - Parameters: `weight_ih` `[hidden, input]`, `weight_hh` `[hidden, hidden]`, `bias_ih` and `bias_hh` `[hidden]`; for
///   each k from 2, `weight_transition_k` `[hidden, hidden]` and `bias_transition_k` `[hidden]`.
/// - Initialization: weights within `±1 / sqrt(hidden)`, those of the transition as `recurrentWeight` says; biases
///   zero.
/// - Cost: `hidden * (input + depth * hidden)` multiply-adds a step and sequence. The steps are recorded one by one;
///   about `depth * hidden` numbers a step and sequence and a few records are kept for the backward pass.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let cell = DeepTransitionCell<Float>(inputSize: 3, hiddenSize: 5, depth: 3, using: &generator)
/// let (outputs, _) = cell.run(Tensor(ones: [7, 2, 3]))  // outputs.shape == [7, 2, 5]
/// ```
public struct DeepTransitionCell<Scalar: TensorScalar>: GatedCell, InitializableCell {
  public typealias State = HiddenState<Scalar>

  /// `weight_ih`, `weight_hh`, `bias_ih` and `bias_hh`.
  public var gateWeights: GateWeights<Scalar>
  /// `weight_transition_k` for k = 2 ... depth, each `[hidden, hidden]`.
  public var transitionWeights: [Tensor<Scalar>]
  /// `bias_transition_k` for k = 2 ... depth, each `[hidden]`.
  public var transitionBiases: [Tensor<Scalar>]

  /// The number of nonlinear steps from one time step to the next.
  public var depth: Int { transitionWeights.count + 1 }

  /// A cell with parameters drawn as `initialization` says.
  ///
  /// - Precondition: the depth is at least 1.
  public init(
    inputSize: Int, hiddenSize: Int, depth: Int, initialization: CellInitialization = CellInitialization(),
    using generator: inout RandomGenerator
  ) {
    check(depth >= 1, "DeepTransitionCell: the depth \(depth) is less than 1")
    gateWeights = GateWeights(
      gateCount: 1, inputSize: inputSize, hiddenSize: hiddenSize, initialization: initialization,
      using: &generator)
    transitionWeights = []
    transitionBiases = []
    for _ in 1..<depth {
      transitionWeights.append(initialization.recurrentWeight(gateCount: 1, hidden: hiddenSize, using: &generator))
      transitionBiases.append(initialization.bias(gateCount: 1, hidden: hiddenSize, using: &generator))
    }
  }

  /// A cell of depth 2 with parameters drawn as `initialization` says.
  public init(
    inputSize: Int, hiddenSize: Int, initialization: CellInitialization, using generator: inout RandomGenerator
  ) {
    self.init(
      inputSize: inputSize, hiddenSize: hiddenSize, depth: 2, initialization: initialization, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&gateWeights, "")
    for index in transitionWeights.indices {
      visitor.visit(&transitionWeights[index], "weight_transition_\(index + 2)")
      visitor.visit(&transitionBiases[index], "bias_transition_\(index + 2)")
    }
  }

  public func step(_ input: Tensor<Scalar>, from state: HiddenState<Scalar>) -> HiddenState<Scalar> {
    step(input, from: state) { _, _ in }
  }

  public func step(
    _ input: Tensor<Scalar>, from state: HiddenState<Scalar>, recording record: QuantityRecorder<Scalar>
  ) -> HiddenState<Scalar> {
    checkStep(input, state)
    var hidden = gateWeights.sums(input, state.hidden).tanh()  // [batch, hidden]
    for (index, (weight, bias)) in zip(transitionWeights, transitionBiases).enumerated() {
      record(.transition(index + 1), hidden)
      hidden = (matmul(hidden, weight, transposingSecond: true) + bias).tanh()
    }
    return HiddenState(hidden: hidden)
  }
}
