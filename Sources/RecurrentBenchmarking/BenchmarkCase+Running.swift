import Recurrent

extension BenchmarkCase {
  /// Runs the case and gives the seconds of one call, through the same interface as any user of the library.
  public func seconds() -> Double {
    if let pictures { return pictureSeconds(pictures) }
    if op == .ctcTrain { return ctcSeconds() }
    return switch cell {
    case .rnn: seconds(ElmanCell<Float>.self)
    case .lstm: seconds(LSTMCell<Float>.self)
    case .gru: seconds(GRUCell<Float>.self)
    }
  }

  private func seconds<C: InitializableCell<Float>>(_: C.Type) -> Double {
    var generator = RandomGenerator(seed: 0)
    if op == .lm { return languageModelSeconds(C.self, &generator) }
    if op == .attentionTrain { return attentionSeconds(C.self, &generator) }
    let features = input ?? hidden
    let rnn = Stacked<C>(inputSize: features, hiddenSize: hidden, layerCount: layers, using: &generator)
    let inputs = Tensor<Float>(
      normalWithMean: 0, standardDeviation: 1, shape: [time, batch, features], using: &generator)
    switch op {
    case .train:
      let model = RecurrenceWithInput(rnn: rnn, inputs: inputs)
      return medianSeconds {
        _ = valueAndGradient(at: model) { $0.rnn($0.inputs).outputs.sum() }
      }
    case .infer:
      return medianSeconds { _ = rnn(inputs) }
    case .step:
      return stepSeconds(rnn, inputs.scalars)
    case .lm, .attentionTrain, .ctcTrain, .convolutionInfer, .convolutionTrain, .squeezeNetInfer, .squeezeNetTrain:
      fatalError("answered above")
    }
  }

  /// The seconds of `time` steps, the state carried from call to call and every output read.
  private func stepSeconds<C: InitializableCell<Float>>(_ rnn: Stacked<C>, _ inputs: [Float]) -> Double {
    var stream = rnn.streaming(batchSize: batch, weights: weights == .bfloat16 ? .bfloat16 : .full)
    let count = batch * stream.inputSize
    var outputs = [Float](repeating: 0, count: batch * hidden)
    return medianSeconds {
      for t in 0..<time {
        stream.step(inputs.span.extracting(t * count..<(t + 1) * count)) { output in
          for index in outputs.indices { outputs[index] = output[index] }
        }
      }
    }
  }

  private func languageModelSeconds<C: InitializableCell<Float>>(
    _: C.Type, _ generator: inout RandomGenerator
  ) -> Double {
    let (vocabulary, embedding) = (vocabulary ?? 1, embedding ?? 1)
    var model = BenchmarkLanguageModel<C>(
      embedding: Embedding(tokenCount: vocabulary, featureCount: embedding, using: &generator),
      rnn: Stacked(inputSize: embedding, hiddenSize: hidden, layerCount: layers, using: &generator),
      output: Linear(inputSize: hidden, outputSize: vocabulary, using: &generator))
    var adam = Adam(for: model)
    func tokens() -> IndexTensor {
      let scalars = (0..<time * batch).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &generator) }
      return IndexTensor(shape: [time, batch], scalars: scalars)
    }
    let (inputs, targets) = (tokens(), tokens())
    return medianSeconds {
      var (_, gradient) = valueAndGradient(at: model) { model in
        let (hidden, _) = model.rnn(model.embedding(inputs))
        return model.output.crossEntropy(hidden, targets: targets)
      }
      let clipped = GradientClipping.norm(5).factor(for: &gradient)
      adam.update(&model, along: gradient, scale: clipped.scale, rate: 1e-3)
    }
  }
}

/// A recurrence whose input is a parameter too, so that its gradient is taken.
private struct RecurrenceWithInput<Cell: RecurrentCell<Float>>: Module {
  typealias Scalar = Float
  var rnn: Stacked<Cell>
  var inputs: Tensor<Float>

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&rnn, "rnn")
    visitor.visit(&inputs, "inputs")
  }
}

/// The model of the operation `lm`.
private struct BenchmarkLanguageModel<Cell: RecurrentCell<Float>>: Module {
  typealias Scalar = Float
  var embedding: Embedding<Float>
  var rnn: Stacked<Cell>
  var output: Linear<Float>

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&rnn, "rnn")
    visitor.visit(&output, "output")
  }
}
