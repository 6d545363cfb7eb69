public import RecurrentTensors

/// How the parameters of a cell are drawn.
///
/// The default: weights evenly within `±1 / sqrt(hidden)`, biases zero, and the forget gate of an LSTM open (bias 1;
/// Gers et al. 2000, Jozefowicz et al. 2015). PyTorch's two biases are redundant, they are only ever added, so the 1
/// stands in `bias_ih` alone and `bias_hh` is zero: in both it would be 2.
public struct CellInitialization: Sendable, Hashable {
  /// The initializer of `weight_ih`, gate by gate.
  public var inputWeight: Initializer
  /// Of `weight_hh` and other weights from hidden units to hidden units, gate by gate.
  public var recurrentWeight: Initializer
  /// The initializer of `bias_ih` and `bias_hh`.
  public var bias: Initializer
  /// What is in the forget gate's part of `bias_ih` in place of `bias`, that of `bias_hh` being zero; nil: nothing.
  public var forgetBias: Double?

  /// The given choices.
  public init(
    inputWeight: Initializer = .inverseSquareRoot, recurrentWeight: Initializer = .inverseSquareRoot,
    bias: Initializer = .zeros, forgetBias: Double? = 1
  ) {
    self.inputWeight = inputWeight
    self.recurrentWeight = recurrentWeight
    self.bias = bias
    self.forgetBias = forgetBias
  }

  /// What PyTorch does: all parameters evenly within `±1 / sqrt(hidden)`.
  public static let pyTorch = CellInitialization(bias: .inverseSquareRoot, forgetBias: nil)

  /// Identity recurrent weights and zero biases: with `ElmanActivation.relu`, the IRNN of Le, Jaitly and Hinton 2015.
  public static func identity(scale: Double = 1) -> CellInitialization {
    CellInitialization(
      inputWeight: .normal(standardDeviation: 0.001), recurrentWeight: .identity(scale: scale))
  }

  /// The `weight_ih` of `gateCount` gates: `[gateCount * hidden, input]`.
  public func inputWeight<Scalar: TensorScalar>(
    gateCount: Int, hidden: Int, input: Int, using generator: inout RandomGenerator
  ) -> Tensor<Scalar> {
    Tensor(
      concatenating: (0..<gateCount).map { _ in
        inputWeight.matrix(rows: hidden, columns: input, width: hidden, using: &generator)
      }, alongAxis: 0)
  }

  /// The `weight_hh` of `gateCount` gates: `[gateCount * hidden, hidden]`.
  public func recurrentWeight<Scalar: TensorScalar>(
    gateCount: Int, hidden: Int, using generator: inout RandomGenerator
  ) -> Tensor<Scalar> {
    Tensor(
      concatenating: (0..<gateCount).map { _ in
        recurrentWeight.matrix(rows: hidden, columns: hidden, width: hidden, using: &generator)
      }, alongAxis: 0)
  }

  /// A bias of `gateCount` gates, `[gateCount * hidden]`, the part of gate number `forgetGate` being `forget` where both are given.
  public func bias<Scalar: TensorScalar>(
    gateCount: Int, hidden: Int, forgetGate: Int? = nil, forget: Double? = nil,
    using generator: inout RandomGenerator
  ) -> Tensor<Scalar> {
    Tensor(
      concatenating: (0..<gateCount).map { gate in
        let drawn: Tensor<Scalar> = bias.vector(count: hidden, width: hidden, using: &generator)
        guard gate == forgetGate, let forget else { return drawn }
        return Tensor(repeating: Scalar(forget), shape: [hidden])
      }, alongAxis: 0)
  }

  /// The two biases of a cell, `[gateCount * hidden]` each; `forgetGate` is the number of its forget gate, nil where it has none.
  public func biases<Scalar: TensorScalar>(
    gateCount: Int, hidden: Int, forgetGate: Int? = nil, using generator: inout RandomGenerator
  ) -> (input: Tensor<Scalar>, recurrent: Tensor<Scalar>) {
    (
      bias(gateCount: gateCount, hidden: hidden, forgetGate: forgetGate, forget: forgetBias, using: &generator),
      bias(
        gateCount: gateCount, hidden: hidden, forgetGate: forgetGate, forget: forgetBias.map { _ in 0 },
        using: &generator)
    )
  }
}
