#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
public import RecurrentData
public import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Windows of contiguous streams of text, for truncated backpropagation through time with the state carried from window to window, zero at
/// the start of an epoch (Mikolov et al. 2010, Zaremba et al. 2014).
public struct TextWindows: BatchSource {
  private let streams: TokenStreams
  public let identity: [String: String]

  /// The windows of a corpus's training part.
  ///
  /// - Throws: `TextDataError` where the part is too short for the batch.
  public init(corpus: TextCorpus, batchSize: Int, steps: Int) throws(TextDataError) {
    let tokens = try corpus.tokens(of: .train).tokens
    streams = try TokenStreams(tokens, batchSize: batchSize, steps: steps)
    identity = ["data": Digest(tokens).text]
  }

  public var stepsPerEpoch: Int { streams.stepsPerEpoch }

  public func batch(at step: Int, epoch: Int, shard: Shard) -> TokenWindow {
    streams.window(at: step, of: shard.range(of: streams.batchSize))
  }
}

/// The cross-entropy of the next tokens of parallel streams.
public struct LanguageModelObjective: Objective {
  /// The recurrent state carried from window to window.
  public typealias Carried = LanguageModel.State

  private let codec: TextCodec
  private let validation: EncodedText
  private let configuration: TrainingConfiguration

  /// The objective of a model that is measured on the corpus's validation part.
  ///
  /// - Throws: `TextDataError` where there is no validation part.
  public init(corpus: TextCorpus, configuration: TrainingConfiguration) throws(TextDataError) {
    codec = corpus.codec
    self.configuration = configuration
    validation = try corpus.tokens(of: .validation)
    _ = try EvaluationStreams(validation.tokens, steps: 1)
  }

  public func initialCarried(for model: LanguageModel, on window: TokenWindow) -> Carried {
    model.initialState(batchSize: window.inputs.shape[1])
  }

  public func loss(
    of model: LanguageModel, on window: TokenWindow, from carried: Carried, using generator: inout RandomGenerator
  ) -> Loss<Carried> {
    let (value, state) = loss(of: model, on: window, after: carried, using: &generator)
    return Loss(value, carried: state, units: window.predictionCount)
  }

  /// The loss in any precision, and the state after the window.
  func loss<Scalar>(
    of model: LanguageNetwork<Scalar>, on window: TokenWindow, after carried: LanguageNetwork<Scalar>.State,
    using generator: inout RandomGenerator
  ) -> (loss: Tensor<Scalar>, state: LanguageNetwork<Scalar>.State) {
    let (outputs, state) = model.outputs(window.inputs, from: carried) { $0($1, using: &generator) }
    var loss = model.crossEntropy(
      outputs, targets: window.targets, labelSmoothing: configuration.labelSmoothing)
    // Regularization of activations, Merity, McCann and Socher 2017.
    if configuration.activationPenalty > 0 {
      loss += outputs.squared().mean() * Scalar(configuration.activationPenalty)
    }
    if configuration.slownessPenalty > 0, outputs.shape[0] > 1 {
      let change = outputs.sliced(1..<outputs.shape[0]) - outputs.sliced(0..<(outputs.shape[0] - 1))
      loss += change.squared().mean() * Scalar(configuration.slownessPenalty)
    }
    return (loss, state)
  }

  /// Measures on the validation part in parallel streams, which is fast; each stream begins with a zero state, so the figure is slightly
  /// higher than that of `recurrent evaluate`, which carries the state through the whole part.
  public func evaluate(_ model: LanguageModel, using generator: inout RandomGenerator) throws -> Evaluation {
    try model.evaluate(validation, streamCount: min(configuration.batch, 20))
  }

  public func samples(from model: LanguageModel, using generator: inout RandomGenerator) -> [Sample] {
    var writer = LanguageModelWriter(model, codec: codec)
    let length = codec.tokenizer.kind.areWords ? 40 : 200
    return [.text(writer.write(tokenCount: length, sampling: Sampling(temperature: 0.8), using: &generator))]
  }
}

extension LanguageModel {
  /// Measures the model on a text: the mean loss in nats a token, and from it perplexity (`exp(loss)`) and bits a character.
  ///
  /// - Parameters:
  ///   - text: The tokens; all but the first are predicted, each once.
  ///   - streamCount: In how many parts the text is read side by side, each beginning with a zero state. With 1 the state is carried
  ///     through the whole text: the exact figure.
  public func evaluate(_ text: EncodedText, streamCount: Int = 1) throws(TextDataError) -> Evaluation {
    var state: State?
    return try evaluate(text, streamCount) { tokens in
      let (outputs, last) = outputs(tokens, from: state)
      state = last
      return outputs
    }
  }

  /// Measures the model on a text with the weights of the recurrent layers stored as given, read step by step as a
  /// writer reads: what rounding them costs.
  ///
  /// - Parameter text: The tokens; all but the first are predicted, each once, the state carried through the whole text.
  public func evaluate(_ text: EncodedText, weights: WeightPrecision) throws(TextDataError) -> Evaluation {
    var stream = rnn.streaming(weights: weights)
    return try evaluate(text, 1) { tokens in
      let inputs = embedding(tokens)  // [time, 1, embedding]
      return Tensor(stacking: (0..<inputs.shape[0]).map { stream.step(inputs.index($0)) }, alongAxis: 0)
    }
  }

  /// - Parameter read: gives the top layer's outputs for the next tokens, `[time, stream]`.
  private func evaluate(
    _ text: EncodedText, _ streamCount: Int, _ read: (IndexTensor) -> Tensor<Float>
  ) throws(TextDataError) -> Evaluation {
    let steps = max(16, min(1024, Measuring.numberLimit / (vocabularyCount * streamCount)))
    let streams = try EvaluationStreams(text.tokens, batchSize: streamCount, steps: steps)
    var total = 0.0
    for step in 0..<streams.windowCount {
      let window = streams.window(at: step)
      let loss = crossEntropy(
        read(window.inputs), targets: window.targets, ignoring: IndexTensor.ignored)
      total += Double(loss.scalar) * Double(window.predictionCount)
    }
    let loss = total / Double(streams.predictionCount)
    // Characters of the predicted tokens: all but the first token's share.
    let characters = Double(text.characterCount) * Double(streams.predictionCount) / Double(text.tokens.count)
    return Evaluation(
      loss: loss, units: streams.predictionCount,
      metrics: ["perplexity": exp(loss), "bitsPerCharacter": total / log(2) / characters])
  }
}
