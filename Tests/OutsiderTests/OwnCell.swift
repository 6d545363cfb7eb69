import Recurrent
import Testing

// Cell begins
/// A cell of one's own: `h' = (1 - f) h + f tanh(s)`, where `f = σ(a)` and `[a, s] = W x + U h + b` (a minimal gated unit).
struct MinimalCell<Scalar: TensorScalar>: InitializableCell {
  typealias State = HiddenState<Scalar>
  var gates: GateWeights<Scalar>

  var inputSize: Int { gates.inputSize }
  var hiddenSize: Int { gates.hiddenSize }

  init(inputSize: Int, hiddenSize: Int, initialization: CellInitialization, using generator: inout RandomGenerator) {
    gates = GateWeights(
      gateCount: 2, inputSize: inputSize, hiddenSize: hiddenSize, initialization: initialization, using: &generator)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) { visitor.visit(&gates, "") }

  func step(_ input: Tensor<Scalar>, from state: HiddenState<Scalar>) -> HiddenState<Scalar> {
    checkStep(input, state)
    let parts = gates.sums(input, state.hidden).split(count: 2, alongAxis: 1)  // forget, candidate: [batch, hidden]
    let forget = parts[0].sigmoid()
    return HiddenState(hidden: state.hidden + forget * (parts[1].tanh() - state.hidden))
  }
}
// Cell ends

@Suite struct OwnCellTests {
  private static func network(using generator: inout RandomGenerator) -> StackedBidirectional<MinimalCell<Double>> {
    Stacked([3, 8].map { inputSize in
      Bidirectional(
        forward: MinimalCell(inputSize: inputSize, hiddenSize: 4, initialization: CellInitialization(), using: &generator),
        reverse: MinimalCell(inputSize: inputSize, hiddenSize: 4, initialization: CellInitialization(), using: &generator))
    })
  }

  /// Two layers, each in both directions, over sequences of three lengths: every parameter's gradient agrees with central differences.
  @Test func gradientsAgreeWithDifferences() {
    var generator = RandomGenerator(seed: 5)
    let network = Self.network(using: &generator)
    let inputs = Tensor<Double>(uniform: -1...1, shape: [5, 3, 3], using: &generator)
    let weights = Tensor<Double>(uniform: -1...1, shape: [5, 3, 8], using: &generator)
    func loss(_ network: StackedBidirectional<MinimalCell<Double>>) -> Tensor<Double> {
      (network(inputs, lengths: [5, 2, 0]).outputs * weights).sum()
    }
    let (_, gradient) = valueAndGradient(at: network) { loss($0) }
    let found = gradient.parameters
    for (index, parameter) in network.parameters.enumerated() {
      for place in stride(from: 0, to: parameter.tensor.count, by: 7) {
        func moved(_ by: Double) -> Double {
          var tensors = network.parameters.map(\.tensor)
          var scalars = tensors[index].scalars
          scalars[place] += by
          tensors[index] = Tensor(shape: tensors[index].shape, scalars: scalars)
          var other = network
          other.setParameters(tensors)
          return loss(other).scalar
        }
        let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5
        #expect(abs(difference - found[index].tensor.scalars[place]) < 1e-8, "\(parameter.path) at \(place)")
      }
    }
  }

  private struct MinimalMaker: CellMaker {
    func makeCell<Scalar>(
      inputSize: Int, hiddenSize: Int, transitionDepth: Int, initialization: CellInitialization, using generator: inout RandomGenerator
    ) -> AnyCell<Scalar> {
      AnyCell(MinimalCell(inputSize: inputSize, hiddenSize: hiddenSize, initialization: initialization, using: &generator))
    }
  }

  private static let kind = CellKind.register("minimal-gated", maker: MinimalMaker())

  /// A recipe names the cell, and the model learns.
  @Test func aRecipeMayNameIt() throws {
    _ = Self.kind
    let text = String(repeating: "the cat sat on the mat. ", count: 60)
    let recipe = try Recipe(
      yaml: """
        task: language-model
        model:
          cell: minimal-gated
          hidden: 16
          embedding: 8
          layers: 1
        training:
          epochs: 3
          batch: 4
          steps: 20
          rate: 0.02
        """, name: "own", origin: "own.yaml")
    let run = try LanguageModeling.prepare(RunSettings(recipe), from: .embedded(name: "cats", text: text))
    #expect(run.model.parameterPaths.contains("rnn.weight_hh_l0"))
    var losses: [Double] = []
    _ = try run.trainer().run(from: run.model) { if case .epoch(let epoch) = $0 { losses.append(epoch.trainingLoss) } }
    #expect(losses.count == 3 && losses[2] < losses[0] - 0.3, "\(losses)")
  }
}
