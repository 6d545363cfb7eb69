import Recurrent

// What fragments call `model`, `batch`, `objective` and `source` without saying what these are.

struct ExampleModel: Module {
  typealias Scalar = Float
  var rnn: Stacked<LSTMCell<Float>>
  var output: Linear<Float>

  init() {
    var generator = RandomGenerator(seed: 1)
    rnn = Stacked(inputSize: 3, hiddenSize: 5, layerCount: 1, using: &generator)
    output = Linear(inputSize: 5, outputSize: 4, using: &generator)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&rnn, "rnn")
    visitor.visit(&output, "output")
  }

  func callAsFunction(_ inputs: Tensor<Float>) -> Tensor<Float> { output(rnn(inputs).outputs) }
  func loss(_ batch: ExampleBatch) -> Tensor<Float> { crossEntropy(logits: self(batch.inputs), targets: batch.targets) }
}

struct ExampleBatch: Sendable {
  let inputs = Tensor<Float>(ones: [7, 2, 3])
  let targets = IndexTensor(shape: [7, 2], scalars: Array(repeating: 1, count: 14))
}

struct ExampleObjective: Objective {
  func loss(
    of model: ExampleModel, on batch: ExampleBatch, from carried: NoCarriedState, using generator: inout RandomGenerator
  ) -> Loss<NoCarriedState> { Loss(model.loss(batch), units: 14) }

  func evaluate(_ model: ExampleModel, using generator: inout RandomGenerator) -> Evaluation {
    Evaluation(loss: Double(model.loss(ExampleBatch()).scalar), units: 14)
  }
}

struct ExampleSource: BatchSource {
  var stepsPerEpoch: Int { 1 }
  var identity: [String: String] { [:] }
  func batch(at step: Int, epoch: Int, shard: Shard) -> ExampleBatch { ExampleBatch() }
}
