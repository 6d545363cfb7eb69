import RecurrentLayers
import RecurrentTensors

/// What reads a sequence and says at its end which symbol came first.
protocol RecallReader: Module where Scalar == Float {
  /// Scores of the classes `[batch, 4]` from inputs `[time, batch, symbols]`.
  func scores(_ inputs: Tensor<Float>) -> Tensor<Float>
}

/// A feed-forward network over the last steps.
struct WindowReader: RecallReader {
  var network: WindowNetwork<Float>
  var output: Linear<Float>

  init(window: Int, units: Int, using generator: inout RandomGenerator) {
    network = WindowNetwork(
      inputSize: RecallBatch.symbols, hiddenSize: units, windowSize: window, layerCount: 2, using: &generator)
    output = Linear(inputSize: units, outputSize: RecallBatch.classes, using: &generator)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&network, "network")
    visitor.visit(&output, "output")
  }

  func scores(_ inputs: Tensor<Float>) -> Tensor<Float> {
    output(network.last(inputs, lengths: Array(repeating: inputs.shape[0], count: inputs.shape[1])))
  }
}

/// Causal convolutions with growing dilation.
struct ConvolutionReader: RecallReader {
  var network: ConvolutionStack<Float>
  var output: Linear<Float>

  init(layers: Int, units: Int, using generator: inout RandomGenerator) {
    network = ConvolutionStack(
      inputSize: RecallBatch.symbols, hiddenSize: units, kernelSize: 3, layerCount: layers, using: &generator)
    output = Linear(inputSize: units, outputSize: RecallBatch.classes, using: &generator)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&network, "network")
    visitor.visit(&output, "output")
  }

  func scores(_ inputs: Tensor<Float>) -> Tensor<Float> { output(network(inputs).index(inputs.shape[0] - 1)) }
}

/// A recurrent layer.
struct RecurrentReader: RecallReader {
  var rnn: AnyCell<Float>
  var output: Linear<Float>

  init(_ kind: NetworkKind, units: Int, lag: Int, using generator: inout RandomGenerator) {
    rnn = kind.makeCell(inputSize: RecallBatch.symbols, units: units, lag: lag, using: &generator)
    output = Linear(inputSize: units, outputSize: RecallBatch.classes, using: &generator)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&rnn, "rnn")
    visitor.visit(&output, "output")
  }

  func scores(_ inputs: Tensor<Float>) -> Tensor<Float> { output(rnn.run(inputs).state.hidden) }
}

/// Sequences whose first symbol, one of four, is asked at the end; four others stand between.
struct RecallBatch: Sendable {
  static let (symbols, classes) = (8, 4)
  let inputs: Tensor<Float>
  let labels: IndexTensor

  /// - Parameter lag: Steps from the symbol to the end.
  init(lag: Int, count: Int, using generator: inout RandomGenerator) {
    var inputs = InputBuffer(time: lag + 1, batch: count, input: Self.symbols)
    var labels: [Int32] = []
    for index in 0..<count {
      let kind = generator.whole(0...3)
      inputs[0, index, kind] = 1
      for step in 1...lag { inputs[step, index, generator.whole(4...7)] = 1 }
      labels.append(Int32(kind))
    }
    self.inputs = inputs.tensor
    self.labels = IndexTensor(shape: [count], scalars: labels)
  }
}
