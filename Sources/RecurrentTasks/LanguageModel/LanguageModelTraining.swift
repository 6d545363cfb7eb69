#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
public import RecurrentData
public import RecurrentLayers
public import RecurrentTensors
public import RecurrentTraining

/// Training of a language model on contiguous streams of text: truncated backpropagation through time with the state carried from
/// window to window, zero at the start of an epoch (Mikolov et al. 2010, Zaremba et al. 2014).
public struct LanguageModelTask: TrainingTask {
  public typealias Model = LanguageModel

  /// The recurrent state carried from window to window.
  public typealias Carried = LanguageModel.State

  /// The text.
  public let corpus: TextCorpus

  private let streams: TokenStreams
  private let validation: EncodedText
  private let configuration: TrainingConfiguration
  private let initial: Carried

  /// Training of a model on the corpus's training part, measured on its validation part.
  ///
  /// - Throws: `TextDataError` where there is no validation part, or the training part is too short for the batch.
  public init(
    corpus: TextCorpus, training configuration: TrainingConfiguration, model: LanguageModel
  ) throws(TextDataError) {
    self.corpus = corpus
    self.configuration = configuration
    streams = try TokenStreams(
      corpus.tokens(of: .train).tokens, batchSize: configuration.batch, steps: configuration.steps)
    validation = try corpus.tokens(of: .validation)
    _ = try EvaluationStreams(validation.tokens, steps: 1)
    initial = model.initialState(batchSize: configuration.batch)
  }

  public var stepsPerEpoch: Int { streams.stepsPerEpoch }

  public var identity: [String: String] {
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a over the training tokens
    for token in (try? corpus.tokens(of: .train).tokens) ?? [] {
      digest = (digest ^ UInt64(UInt32(bitPattern: token))) &* 0x0000_0100_0000_01b3
    }
    return ["data": String(digest, radix: 16)]
  }

  public func initialCarried(epoch: Int) -> Carried { initial }

  public func loss(
    of model: LanguageModel, epoch: Int, step: Int, from carried: Carried, using generator: inout RandomGenerator
  ) -> (loss: Tensor<Float>, carried: Carried, units: Int) {
    let window = streams.window(at: step)
    let (outputs, state) = model.outputs(window.inputs, from: carried, droppingWith: &generator)
    var loss = model.crossEntropy(
      outputs, targets: window.targets, labelSmoothing: configuration.labelSmoothing)
    // Regularization of activations, Merity, McCann and Socher 2017.
    if configuration.activationPenalty > 0 {
      loss += outputs.squared().mean() * Float(configuration.activationPenalty)
    }
    if configuration.slownessPenalty > 0, outputs.shape[0] > 1 {
      let change = outputs.sliced(1..<outputs.shape[0]) - outputs.sliced(0..<(outputs.shape[0] - 1))
      loss += change.squared().mean() * Float(configuration.slownessPenalty)
    }
    return (loss, state, window.predictionCount)
  }

  /// Measures on the validation part in parallel streams, which is fast; each stream begins with a zero state, so the figure is slightly
  /// higher than that of `TrainedLanguageModel.evaluate`, which carries the state through the whole part.
  public func evaluate(_ model: LanguageModel) throws -> Evaluation {
    try model.evaluate(validation, streamCount: min(configuration.batch, 20))
  }

  public func sample(from model: LanguageModel, using generator: inout RandomGenerator) -> String? {
    var writer = LanguageModelWriter(model, codec: corpus.codec)
    let length = corpus.codec.tokenizer.kind.areWords ? 40 : 200
    return writer.write(tokenCount: length, sampling: Sampling(temperature: 0.8), using: &generator)
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
    // As many steps at once as keep the scores within some megabytes.
    let steps = max(16, min(1024, 2_000_000 / (vocabularyCount * streamCount)))
    let streams = try EvaluationStreams(text.tokens, batchSize: streamCount, steps: steps)
    var total = 0.0
    for step in 0..<streams.windowCount {
      let window = streams.window(at: step)
      let loss = crossEntropy(
        read(window.inputs), targets: window.targets, ignoring: TokenWindow.ignoredTarget)
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
