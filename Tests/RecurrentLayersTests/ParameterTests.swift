import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// What a module shows of itself.
@Suite struct ParameterTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let check: @Sendable () -> Void

    /// Every tensor that reflection finds is visited, once, under a path of its own; and what is set is what is read.
    init<M: Module>(_ name: String, paths: [String]? = nil, _ make: @escaping @Sendable (inout RandomGenerator) -> M) {
      testDescription = name
      check = {
        var generator = RandomGenerator(seed: 1)
        var module = make(&generator)
        #expect(visitsEveryTensorOnce(module))
        #expect(Set(module.parameterPaths).count == module.parameterPaths.count)
        if let paths { #expect(module.parameterPaths == paths) }

        let numbered = module.parameters.enumerated().map {
          Tensor(repeating: M.Scalar($0 + 1), shape: $1.tensor.shape)
        }
        module.setParameters(numbered)
        #expect(module.parameters.map(\.tensor) == numbered)
        module.withParameters { tensors in
          for index in tensors.indices { tensors[index] = tensors[index] * 2 }
        }
        #expect(module.parameters.map(\.tensor) == numbered.map { $0 * 2 })
      }
    }
  }

  static let pyTorchNames = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]

  static let squeezeNetPaths =
    ["conv1.weight", "conv1.bias"]
    + (2...9).flatMap { fire in
      ["squeeze1x1", "expand1x1", "expand3x3"].flatMap { ["fire\(fire).\($0).weight", "fire\(fire).\($0).bias"] }
    }

  static func pyTorchPaths(layers: Int, isBidirectional: Bool) -> [String] {
    (0..<layers).flatMap { layer in
      (isBidirectional ? ["", "_reverse"] : [""]).flatMap { suffix in pyTorchNames.map { "\($0)_l\(layer)\(suffix)" } }
    }
  }

  struct Model: Module {
    typealias Scalar = Float

    var embedding: Embedding<Float>
    var rnn: StackedBidirectional<GRUCell<Float>>
    var output: Linear<Float>

    mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
      visitor.visit(&embedding, "embedding")
      visitor.visit(&rnn, "rnn")
      visitor.visit(&output, "output")
    }
  }

  static let examples = [
    Example("Linear", paths: ["weight", "bias"]) { Linear<Float>(inputSize: 3, outputSize: 2, using: &$0) },
    Example("Linear without bias", paths: ["weight"]) {
      Linear<Float>(inputSize: 3, outputSize: 2, hasBias: false, using: &$0)
    },
    Example("CausalConvolution", paths: ["weight", "bias"]) {
      CausalConvolution<Float>(inputSize: 3, outputSize: 2, kernelSize: 2, using: &$0)
    },
    Example("ConvolutionStack", paths: ["0.weight", "0.bias", "1.weight", "1.bias"]) {
      ConvolutionStack<Float>(inputSize: 3, hiddenSize: 2, kernelSize: 2, layerCount: 2, using: &$0)
    },
    Example("WindowNetwork", paths: ["0.weight", "0.bias", "1.weight", "1.bias"]) {
      WindowNetwork<Float>(inputSize: 3, hiddenSize: 2, windowSize: 2, layerCount: 2, using: &$0)
    },
    Example("Convolution2D", paths: ["weight", "bias"]) {
      Convolution2D<Float>(inputSize: 4, outputSize: 2, kernelSize: 3, groups: 2, using: &$0)
    },
    Example("Convolution2D without bias", paths: ["weight"]) {
      Convolution2D<Float>(inputSize: 4, outputSize: 2, kernelSize: 3, hasBias: false, using: &$0)
    },
    Example("BatchNormalization", paths: ["weight", "bias", "running_mean", "running_var"]) { _ in
      BatchNormalization<Float>(featureCount: 3)
    },
    Example("SqueezeNet", paths: squeezeNetPaths + ["conv10.weight", "conv10.bias"]) {
      SqueezeNet<Float>(.v1_0, classCount: 3, using: &$0)
    },
    Example("SqueezeNet's features", paths: squeezeNetPaths) { SqueezeNet<Float>(.v1_1, using: &$0) },
    Example("Embedding", paths: ["weight"]) { Embedding<Float>(tokenCount: 3, featureCount: 2, using: &$0) },
    Example("LayerNorm", paths: ["weight", "bias"]) { _ in LayerNorm<Float>(featureCount: 3) },
    Example("ElmanCell", paths: pyTorchNames) { ElmanCell<Float>(inputSize: 3, hiddenSize: 2, using: &$0) },
    Example("LSTMCell", paths: pyTorchNames) { LSTMCell<Float>(inputSize: 3, hiddenSize: 2, using: &$0) },
    Example("GRUCell", paths: pyTorchNames) { GRUCell<Float>(inputSize: 3, hiddenSize: 2, using: &$0) },
    Example("ResetBeforeGRUCell", paths: pyTorchNames) {
      ResetBeforeGRUCell<Float>(inputSize: 3, hiddenSize: 2, using: &$0)
    },
    Example("PeepholeLSTMCell", paths: pyTorchNames + ["weight_peephole"]) {
      PeepholeLSTMCell<Float>(inputSize: 3, hiddenSize: 2, using: &$0)
    },
    Example(
      "LayerNormLSTMCell",
      paths: ["weight_ih", "weight_hh", "bias_ih", "gain_ih", "gain_hh", "gain_c", "bias_c"]
    ) { LayerNormLSTMCell<Float>(inputSize: 3, hiddenSize: 2, using: &$0) },
    Example(
      "DeepTransitionCell",
      paths: pyTorchNames + [
        "weight_transition_2", "bias_transition_2", "weight_transition_3", "bias_transition_3",
      ]
    ) { DeepTransitionCell<Float>(inputSize: 3, hiddenSize: 2, depth: 3, using: &$0) },
    Example("LSTM", paths: pyTorchPaths(layers: 1, isBidirectional: false)) {
      LSTM<Double>(inputSize: 3, hiddenSize: 2, using: &$0)
    },
    Example("Stacked", paths: pyTorchPaths(layers: 3, isBidirectional: false)) {
      Stacked<LSTMCell<Float>>(inputSize: 3, hiddenSize: 2, layerCount: 3, using: &$0)
    },
    Example("Bidirectional", paths: pyTorchPaths(layers: 1, isBidirectional: true)) {
      Bidirectional<ElmanCell<Float>>(inputSize: 3, hiddenSize: 2, using: &$0)
    },
    Example("Pooling by attention", paths: ["attention.hidden.weight", "attention.hidden.bias", "attention.context.weight"]) {
      Pooling<Float>(.attention, featureCount: 3, using: &$0)
    },
    Example(
      "ArrangedNetwork",
      paths: pyTorchNames.map { "encoder.\($0)_l0" } + ["output.weight", "output.bias"]
    ) { generator in
      ArrangedNetwork<GRUCell<Float>>(
        .oneToMany, inputSize: 3, outputSize: 2, hiddenSize: 4, layerCount: 1, using: &generator
      ) { GRUCell(inputSize: $0, hiddenSize: 4, using: &$1) }
    },
    Example("SequenceEncoder, both ways", paths: pyTorchPaths(layers: 2, isBidirectional: true)) { generator in
      SequenceEncoder<GRUCell<Float>>(inputSize: 3, hiddenSize: 2, layerCount: 2, isBidirectional: true) {
        GRUCell(inputSize: $0, hiddenSize: 2, using: &generator)
      }
    },
    Example("SequenceEncoder, forward", paths: pyTorchPaths(layers: 2, isBidirectional: false)) { generator in
      SequenceEncoder<GRUCell<Float>>(inputSize: 3, hiddenSize: 2, layerCount: 2, isBidirectional: false) {
        GRUCell(inputSize: $0, hiddenSize: 2, using: &generator)
      }
    },
    Example("StackedBidirectional", paths: pyTorchPaths(layers: 2, isBidirectional: true)) {
      StackedBidirectional<GRUCell<Float>>(inputSize: 3, hiddenSize: 2, layerCount: 2, using: &$0)
    },
    Example(
      "a model",
      paths: ["embedding.weight"] + pyTorchPaths(layers: 2, isBidirectional: true).map { "rnn.\($0)" }
        + ["output.weight", "output.bias"]
    ) {
      Model(
        embedding: Embedding(tokenCount: 4, featureCount: 3, using: &$0),
        rnn: StackedBidirectional(inputSize: 3, hiddenSize: 2, layerCount: 2, using: &$0),
        output: Linear(inputSize: 4, outputSize: 4, using: &$0))
    },
  ]

  @Test(arguments: examples)
  func everyParameterIsVisited(_ example: Example) { example.check() }

  @Test(arguments: CellKind.ofPackage)
  func anyCellVisitsWhatItsCellDoes(_ kind: CellKind) {
    let cell: AnyCell<Float> = randomCell(kind)
    #expect(visitsEveryTensorOnce(cell))
    #expect(cell.inputSize == 3 && cell.hiddenSize == 4)
  }

  /// A module that misses a layer, or a tensor, or shows one twice in place of another, or shows all and then one again.
  private struct Careless: Module {
    typealias Scalar = Float
    enum Mistake: CaseIterable { case none, missedLayer, missedTensor, swapped, repeated }

    var mistake: Mistake
    var layers = [LayerNorm<Float>(featureCount: 2), LayerNorm<Float>(featureCount: 2)]
    var scale: Tensor<Float>? = Tensor(zeros: [2])

    mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
      if mistake == .missedLayer { visitor.visit(&layers[0], "0") } else { visitor.visit(&layers, "layers") }
      if mistake == .swapped { visitor.visit(&layers[0].weight, "again") }
      if mistake != .missedTensor, mistake != .swapped { visitor.visit(&scale, "scale") }
      if mistake == .repeated { visitor.visit(&scale, "again") }
    }
  }

  @Test func whatIsNotVisitedOnceIsNoticed() {
    for mistake in Careless.Mistake.allCases {
      #expect(visitsEveryTensorOnce(Careless(mistake: mistake)) == (mistake == .none), "\(mistake)")
    }
  }

  @Test func shapesArePyTorchs() {
    var generator = RandomGenerator(seed: 1)
    let rnn = StackedBidirectional<LSTMCell<Float>>(inputSize: 3, hiddenSize: 5, layerCount: 2, using: &generator)
    let shapes = Dictionary(uniqueKeysWithValues: rnn.parameters.map { ($0.path, $0.tensor.shape) })
    #expect(shapes["weight_ih_l0_reverse"] == [20, 3])
    #expect(shapes["weight_ih_l1"] == [20, 10])
    #expect(shapes["weight_ih_l1_reverse"] == [20, 10])
    #expect(shapes["weight_hh_l1_reverse"] == [20, 5])
    #expect(shapes["bias_hh_l1"] == [20])
  }

  /// Updating in place must not copy: the tensors are the only owners of their memory.
  @Test func parametersMoveOutAndBackWithoutCopies() {
    var generator = RandomGenerator(seed: 1)
    var rnn = StackedBidirectional<LSTMCell<Float>>(inputSize: 3, hiddenSize: 5, layerCount: 2, using: &generator)
    func addresses() -> [UnsafePointer<Float>?] {
      rnn.parameters.map { $0.tensor.withUnsafeScalars { $0.baseAddress } }
    }
    let before = addresses()
    rnn.withParameters { tensors in
      for index in tensors.indices { tensors[index].withUnsafeMutableScalars { $0[0] = 7 } }
    }
    #expect(addresses() == before)
    #expect(rnn.parameters.allSatisfy { $0.tensor.scalars[0] == 7 })
  }
}
