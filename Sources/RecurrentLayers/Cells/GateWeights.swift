public import RecurrentTensors

/// The weights of a cell's gates as PyTorch stores them: `gateCount` blocks of `hidden` rows, one block a gate, and two biases.
///
/// Most cells begin with the same sum for each gate,
///
///     W_ih x + b_ih + W_hh h + b_hh
///
/// and differ in what they make of it. A cell that keeps these weights in a `GateWeights` and conforms to ``GatedCell`` has only its
/// nonlinearity to write.
///
/// - Parameters: `weight_ih` `[gates * hidden, input]`, `weight_hh` `[gates * hidden, hidden]`, `bias_ih` and `bias_hh`
///   `[gates * hidden]`.
/// - Cost: `gates * hidden * (input + hidden)` multiply-adds a step and sequence.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let weights = GateWeights<Float>(gateCount: 3, inputSize: 4, hiddenSize: 5, using: &generator)
/// let sums = weights.sums(Tensor(ones: [2, 4]), Tensor(zeros: [2, 5]))  // [2, 15]
/// ```
public struct GateWeights<Scalar: TensorScalar>: Module {
  /// The number of gates, candidates included.
  public let gateCount: Int
  /// The number of features of an input.
  public let inputSize: Int
  /// The number of hidden units.
  public let hiddenSize: Int

  /// `weight_ih`, `[gates * hidden, input]`.
  public var inputWeight: Tensor<Scalar>
  /// `weight_hh`, `[gates * hidden, hidden]`.
  public var recurrentWeight: Tensor<Scalar>
  /// `bias_ih`, `[gates * hidden]`.
  public var inputBias: Tensor<Scalar>
  /// `bias_hh`, `[gates * hidden]`.
  public var recurrentBias: Tensor<Scalar>

  /// Weights drawn as `initialization` says, gate by gate.
  ///
  /// - Parameter forgetGate: The number of the gate that begins open; nil: none.
  public init(
    gateCount: Int, inputSize: Int, hiddenSize: Int, forgetGate: Int? = nil,
    initialization: CellInitialization = CellInitialization(), using generator: inout RandomGenerator
  ) {
    (self.gateCount, self.inputSize, self.hiddenSize) = (gateCount, inputSize, hiddenSize)
    inputWeight = initialization.inputWeight(
      gateCount: gateCount, hidden: hiddenSize, input: inputSize, using: &generator)
    recurrentWeight = initialization.recurrentWeight(gateCount: gateCount, hidden: hiddenSize, using: &generator)
    (inputBias, recurrentBias) = initialization.biases(
      gateCount: gateCount, hidden: hiddenSize, forgetGate: forgetGate, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&inputWeight, "weight_ih")
    visitor.visit(&recurrentWeight, "weight_hh")
    visitor.visit(&inputBias, "bias_ih")
    visitor.visit(&recurrentBias, "bias_hh")
  }

  /// The sums of all gates, `W_ih x + b_ih + W_hh h + b_hh`: `[batch, gates * hidden]`, to be split along axis 1.
  ///
  /// - Parameters:
  ///   - input: `[batch, input]`.
  ///   - hidden: `[batch, hidden]`.
  public func sums(_ input: Tensor<Scalar>, _ hidden: Tensor<Scalar>) -> Tensor<Scalar> {
    inputSums(input) + matmul(hidden, recurrentWeight, transposingSecond: true) + recurrentBias
  }

  /// The input's part, `W_ih x + b_ih`: `[batch, input]` to `[batch, gates * hidden]`.
  public func inputSums(_ input: Tensor<Scalar>) -> Tensor<Scalar> {
    matmul(input, inputWeight, transposingSecond: true) + inputBias
  }

  /// The state's part, `W_hh h + b_hh`: `[batch, hidden]` to `[batch, gates * hidden]`.
  public func recurrentSums(_ hidden: Tensor<Scalar>) -> Tensor<Scalar> {
    matmul(hidden, recurrentWeight, transposingSecond: true) + recurrentBias
  }

  /// The four tensors in order of visit, each of the shape that the sizes say: what a kernel may read.
  ///
  /// Traps where a tensor has been replaced by one of another shape.
  func checked(for user: @autoclosure () -> String) -> [Tensor<Scalar>] {
    let rows = gateCount * hiddenSize
    func checkMatrix(_ tensor: Tensor<Scalar>, _ name: String, _ columns: Int) {
      let shape = tensor.shape
      check(
        shape.rank == 2 && shape[0] == rows && shape[1] == columns,
        "\(user()): \(name) has the shape \(shape), not [\(rows), \(columns)]")
    }
    func checkVector(_ tensor: Tensor<Scalar>, _ name: String) {
      let shape = tensor.shape
      check(shape.rank == 1 && shape[0] == rows, "\(user()): \(name) has the shape \(shape), not [\(rows)]")
    }
    checkMatrix(inputWeight, "weight_ih", inputSize)
    checkMatrix(recurrentWeight, "weight_hh", hiddenSize)
    checkVector(inputBias, "bias_ih")
    checkVector(recurrentBias, "bias_hh")
    return [inputWeight, recurrentWeight, inputBias, recurrentBias]
  }
}

/// A cell of vectors whose gates have the weights of ``GateWeights``: sizes, parameters by name and DropConnect follow.
public protocol GatedCell<Scalar>: RecurrentlyWeightedCell {
  /// The weights of the gates.
  var gateWeights: GateWeights<Scalar> { get set }
}

extension GatedCell {
  public var inputSize: Int { gateWeights.inputSize }
  public var hiddenSize: Int { gateWeights.hiddenSize }

  /// `weight_ih`, `[gates * hidden, input]`.
  public var inputWeight: Tensor<Scalar> {
    get { gateWeights.inputWeight }
    set { gateWeights.inputWeight = newValue }
  }

  /// `weight_hh`, `[gates * hidden, hidden]`.
  public var recurrentWeight: Tensor<Scalar> {
    get { gateWeights.recurrentWeight }
    set { gateWeights.recurrentWeight = newValue }
  }

  /// `bias_ih`, `[gates * hidden]`.
  public var inputBias: Tensor<Scalar> {
    get { gateWeights.inputBias }
    set { gateWeights.inputBias = newValue }
  }

  /// `bias_hh`, `[gates * hidden]`.
  public var recurrentBias: Tensor<Scalar> {
    get { gateWeights.recurrentBias }
    set { gateWeights.recurrentBias = newValue }
  }
}
