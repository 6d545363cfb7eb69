import RecurrentLayers
import RecurrentTensors

/// The nonlinearity of a ``SimpleCell``.
enum SimpleActivation: String, Sendable, CaseIterable {
  case linear, tanh, sigmoid, relu

  /// The largest slope that it has anywhere: what a step multiplies a gradient by at most, beside the matrix
  /// (Pascanu, Mikolov and Bengio 2013, where it is called gamma).
  var steepestSlope: Double { self == .sigmoid ? 0.25 : 1 }

  func callAsFunction<Scalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    switch self {
    case .linear: x
    case .tanh: x.tanh()
    case .sigmoid: x.sigmoid()
    case .relu: x.relu()
    }
  }
}

/// The plainest recurrent network, with any of four nonlinearities: `h' = f(W_ih x + W_hh h + b)`.
///
/// `ElmanCell` is the one to train with; this one exists for the linear and the logistic network, which are not trained
/// and everybody should have seen.
struct SimpleCell<Scalar: TensorScalar>: RecurrentCell {
  typealias State = HiddenState<Scalar>

  let activation: SimpleActivation
  /// `[hidden, input]`.
  var inputWeight: Tensor<Scalar>
  /// `[hidden, hidden]`.
  var recurrentWeight: Tensor<Scalar>
  /// `[hidden]`.
  var bias: Tensor<Scalar>

  var inputSize: Int { inputWeight.shape[1] }
  var hiddenSize: Int { recurrentWeight.shape[0] }

  /// A cell with the given weights and no bias.
  init(_ activation: SimpleActivation, inputWeight: Tensor<Scalar>, recurrentWeight: Tensor<Scalar>) {
    self.activation = activation
    self.inputWeight = inputWeight
    self.recurrentWeight = recurrentWeight
    bias = Tensor(zeros: [recurrentWeight.shape[0]])
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&inputWeight, "weight_ih")
    visitor.visit(&recurrentWeight, "weight_hh")
    visitor.visit(&bias, "bias_ih")
  }

  func step(_ input: Tensor<Scalar>, from state: HiddenState<Scalar>) -> HiddenState<Scalar> {
    let sum =
      matmul(input, inputWeight, transposingSecond: true)
      + matmul(state.hidden, recurrentWeight, transposingSecond: true) + bias
    return HiddenState(hidden: activation(sum))
  }
}
