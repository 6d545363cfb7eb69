import Recurrent
import Testing

/// The example of the README, which `ArticleTests` keeps the same as what is compiled and run here.
private func readmeExample(print: (Int, Float) -> Void) {
  // README begins
  var random = RandomGenerator(seed: 1)
  var rnn = LSTM<Float>(inputSize: 8, hiddenSize: 32, using: &random)
  var optimizer = Adam(for: rnn)
  let inputs = Tensor<Float>(normalWithMean: 0, shape: [50, 16, 8], using: &random)  // [time, batch, feature]
  let targets = inputs.sum(alongAxes: 2, keepingAxes: true).tanh().broadcast(to: [50, 16, 32])
  for step in 1...100 {
    let (loss, gradient) = valueAndGradient(at: rnn) { ($0(inputs).outputs - targets).squared().mean() }
    optimizer.update(&rnn, along: gradient, rate: 0.01)
    if step % 20 == 0 { print(step, loss.scalar) }
  }
  // README ends
}

/// The example of the front page of the documentation.
private func frontPageExample() -> (Tensor<Float>, LSTMState<Float>) {
  // Front page begins
  var random = RandomGenerator(seed: 1)
  let rnn = LSTM<Float>(inputSize: 8, hiddenSize: 32, using: &random)
  let (outputs, state) = rnn(Tensor(ones: [50, 16, 8]))  // [time, batch, feature]
  // Front page ends
  return (outputs, state)
}

@Suite struct ReadmeTests {
  @Test func theFrontPageRuns() {
    let (outputs, state) = frontPageExample()
    #expect(outputs.shape == [50, 16, 32] && state.cell.shape == [16, 32])
  }

  @Test func theExampleLearns() {
    var losses: [Float] = []
    readmeExample { losses.append($1) }
    #expect(losses.count == 5)
    #expect(losses[4] < 0.5 * losses[0])
  }
}
