import Recurrent
import Testing

/// Ten updates of a small language model agree with PyTorch, for each optimizer: the loss before each update, the
/// norm of its gradient before clipping, and the norm of all parameters after it. Embedding, two layers of LSTM,
/// projection; truncated backpropagation over a contiguous stream with the state carried; clipping by global norm,
/// at work in some of the updates.
@Suite struct TrainingGoldenTests {
  @Test func adamAgrees() throws {
    try check("adam", rate: 0.05) { Adam(for: $0) } in: { Adam(for: $0) }
  }

  @Test func adamWithDecayAgrees() throws {
    try check("adam-decay", rate: 0.05) { Adam(for: $0, weightDecay: 0.05) } in: { Adam(for: $0, weightDecay: 0.05) }
  }

  @Test func adamWAgrees() throws {
    try check("adamw", rate: 0.05) {
      Adam.adamW(for: $0, weightDecay: 0.1)
    } in: {
      Adam.adamW(for: $0, weightDecay: 0.1)
    }
  }

  @Test func sgdAgrees() throws {
    try check("sgd", rate: 0.1) { SGD(for: $0) } in: { SGD(for: $0) }
  }

  @Test func sgdWithDecayAgrees() throws {
    try check("sgd-decay", rate: 0.1) { SGD(for: $0, weightDecay: 0.05) } in: { SGD(for: $0, weightDecay: 0.05) }
  }

  @Test func momentumAgrees() throws {
    try check("momentum", rate: 0.05) { SGD(for: $0, momentum: 0.9) } in: { SGD(for: $0, momentum: 0.9) }
  }

  @Test func nesterovAgrees() throws {
    try check("nesterov", rate: 0.05) { SGD(for: $0, momentum: 0.9, nesterov: true) } in: {
      SGD(for: $0, momentum: 0.9, nesterov: true)
    }
  }

  @Test func rmsPropAgrees() throws {
    try check("rmsprop", rate: 0.02) { RMSProp(for: $0, alpha: 0.9) } in: { RMSProp(for: $0, alpha: 0.9) }
  }

  @Test func adagradAgrees() throws {
    try check("adagrad", rate: 0.1) { Adagrad(for: $0) } in: { Adagrad(for: $0) }
  }

  private typealias Model<Scalar: TensorScalar> = GoldenLanguageModel<Scalar>

  /// Trains in Float, to 1e-5, and in Double, to 1e-6: PyTorch adds 1e-6 to the norm that it clips by, and we do not.
  private func check(
    _ name: String, rate: Double,
    _ makeOptimizer: (Model<Float>) -> some Optimizer<Model<Float>>,
    in makeDouble: (Model<Double>) -> some Optimizer<Model<Double>>
  ) throws {
    try check(name, rate: rate, tolerance: 1e-5, makeOptimizer)
    try check(name, rate: rate, tolerance: 1e-6, makeDouble)
  }

  private func check<Scalar: TensorScalar, O: Optimizer<Model<Scalar>>>(
    _ name: String, rate: Double, tolerance: Double, _ makeOptimizer: (Model<Scalar>) -> O
  ) throws {
    let golden = try Golden("language-model")
    let inputs = try golden.indices("inputs")  // [time, stream]
    let targets = try golden.indices("targets")
    let losses = try golden.numbers("\(name)/losses")
    let gradientNorms = try golden.numbers("\(name)/gradient-norms")
    let parameterNorms = try golden.numbers("\(name)/parameter-norms")
    #expect(losses.count == 10 && gradientNorms.count == 10 && parameterNorms.count == 10)

    var generator = RandomGenerator(seed: 1)
    var model = try golden.parameters(for: Model<Scalar>(using: &generator))
    var optimizer = makeOptimizer(model)
    var state = model.rnn.initialState(batchSize: inputs.shape[1])
    let steps = inputs.shape[0] / losses.count
    var clippedCount = 0
    for update in losses.indices {
      let window = update * steps..<(update + 1) * steps
      var (loss, gradient, next) = valueAndGradient(at: model) { model in
        let (logits, next) = model(inputs.rows(window), from: state)
        // 24 times the mean: so that the gradient's norm is above the threshold in some updates and below it in others.
        return (crossEntropy(logits: logits, targets: targets.rows(window)) * 24, next)
      }
      state = next.map { $0.detached() }
      let clipped = GradientClipping.norm(5).factor(for: &gradient)
      clippedCount += clipped.isClipped ? 1 : 0
      optimizer.update(&model, along: gradient, scale: clipped.scale, rate: rate)

      #expect(isNear(Double(loss.scalar), losses[update], tolerance), "\(name) of \(Scalar.self): loss \(update)")
      #expect(
        isNear(clipped.norm, gradientNorms[update], tolerance), "\(name) of \(Scalar.self): gradient norm \(update)")
      #expect(
        isNear(globalNorm(of: model), parameterNorms[update], tolerance),
        "\(name) of \(Scalar.self): parameter norm \(update)")
    }
    #expect(clippedCount > 0 && clippedCount < losses.count)
  }

  private func isNear(_ a: Double, _ golden: Double, _ tolerance: Double) -> Bool {
    (a - golden).magnitude <= tolerance * golden.magnitude
  }
}

/// The golden's model; the paths of its parameters are those of a language model's file.
private struct GoldenLanguageModel<Scalar: TensorScalar>: Module {
  var embedding: Embedding<Scalar>
  var rnn: Stacked<LSTMCell<Scalar>>
  var output: Linear<Scalar>

  init(using generator: inout RandomGenerator) {
    embedding = Embedding(tokenCount: 13, featureCount: 8, using: &generator)
    rnn = Stacked(inputSize: 8, hiddenSize: 16, layerCount: 2, using: &generator)
    output = Linear(inputSize: 16, outputSize: 13, using: &generator)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&rnn, "rnn")
    visitor.visit(&output, "output")
  }

  /// Logits `[time, batch, 13]` and the state to carry on.
  func callAsFunction(
    _ tokens: IndexTensor, from state: StackedState<LSTMState<Scalar>>
  ) -> (logits: Tensor<Scalar>, state: StackedState<LSTMState<Scalar>>) {
    let (outputs, next) = rnn(embedding(tokens), from: state)
    return (output(outputs), next)
  }
}

extension IndexTensor {
  /// The given positions of the first axis.
  fileprivate func rows(_ range: Range<Int>) -> IndexTensor {
    let width = shape.dropFirst().reduce(1, *)
    return IndexTensor(
      shape: shape.replacing(axis: 0, with: range.count),
      scalars: Array(scalars[range.lowerBound * width..<range.upperBound * width]))
  }
}
