public import RecurrentLayers
public import RecurrentTensors

/// The ``LanguageNetwork`` that recipes train and model files hold.
public typealias LanguageModel = LanguageNetwork<Float>

/// A recurrent language model: an embedding, a stack of recurrent layers, and a score for each token of the vocabulary.
///
/// `p(x[t + 1] | x[0 ... t]) = softmax(output(rnn(embedding(x[t]), state)))` (Mikolov et al. 2010).
///
/// - Parameters: `embedding.weight` `[vocabulary, embedding]`; `rnn.*` as in PyTorch; `output.weight` `[vocabulary, hidden]`, absent
///   where the weights are tied to the embedding; `output.bias` `[vocabulary]`.
public struct LanguageNetwork<Scalar: TensorScalar>: Module {
  /// The state between two calls: one state a layer.
  public typealias State = StackedState<AnyState<Scalar>>

  /// Its sizes and rates.
  public let configuration: LanguageModelConfiguration

  /// A vector for each token.
  public var embedding: Embedding<Scalar>
  /// The recurrent layers.
  public var rnn: Stacked<AnyCell<Scalar>>
  /// The scores.
  public var output: OutputLayer<Scalar>

  /// A model with parameters drawn as the configuration says.
  ///
  /// - Precondition: the configuration is valid and the vocabulary not empty.
  public init(
    _ configuration: LanguageModelConfiguration, vocabularyCount: Int, using generator: inout RandomGenerator
  ) {
    check(vocabularyCount > 0, "LanguageModel: an empty vocabulary")
    self.configuration = configuration
    let even = configuration.initialRange.map { Initializer.uniform(bound: $0) }
    embedding = Embedding(
      tokenCount: vocabularyCount, featureCount: configuration.embedding,
      initializer: even ?? (configuration.tied ? .uniform(bound: 0.1) : .normal(standardDeviation: 1)),
      using: &generator)
    // The papers that draw everything from one range add the forget gate's bias to what was drawn; 0 is none.
    let forgetBias = configuration.forgetBias == 0 ? nil : configuration.forgetBias
    rnn = configuration.recurrent.makeLayers(
      inputSize: configuration.embedding, isResidual: configuration.residual,
      initialization: even.map { CellInitialization(inputWeight: $0, recurrentWeight: $0, bias: $0, forgetBias: forgetBias) },
      using: &generator)
    output = OutputLayer(
      weight: configuration.tied
        ? nil
        : (even ?? .inverseSquareRoot).matrix(
          rows: vocabularyCount, columns: configuration.hidden, using: &generator),
      bias: Tensor(zeros: [vocabularyCount]))
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&rnn, "rnn")
    visitor.visit(&output, "output")
  }

  /// The number of tokens that it knows.
  public var vocabularyCount: Int { embedding.tokenCount }

  /// The state before the first token: zeros.
  public func initialState(batchSize: Int) -> State { rnn.initialState(batchSize: batchSize) }

  /// What the top layer gives for tokens `[time, batch]`: outputs `[time, batch, hidden]` and the state after them.
  ///
  /// - Parameter drop: What is done where the configuration has dropout; by default nothing.
  public func outputs(
    _ tokens: IndexTensor, from state: State? = nil, drop: Dropping<Scalar> = { $1 }
  ) -> (outputs: Tensor<Scalar>, state: State) {
    let inputs = drop(configuration.inputDropout, embedding(tokens, droppingWords: configuration.dropoutEmbedding, drop: drop))
    var layers = rnn
    if configuration.dropoutRecurrent > 0 {
      let dropout = Dropout(rate: configuration.dropoutRecurrent)  // DropConnect, Wan et al. 2013
      for index in layers.layers.indices { layers.layers[index].recurrentWeight = drop(dropout, layers.layers[index].recurrentWeight) }
    }
    let (outputs, state) = layers(inputs, from: state, between: { drop(configuration.betweenDropout, $0) })
    return (drop(configuration.outputDropout, outputs), state)
  }

  /// The scores of the next token, unnormalized log-probabilities: `[..., hidden]` to `[..., vocabulary]`.
  public func logits(_ outputs: Tensor<Scalar>) -> Tensor<Scalar> {
    output.layer(tiedTo: embedding)(outputs)
  }

  /// The cross-entropy of the next tokens, in nats: `crossEntropy(logits: logits(outputs), ...)`, the logits written once.
  public func crossEntropy(
    _ outputs: Tensor<Scalar>, targets: IndexTensor, ignoring ignored: Int32? = nil, labelSmoothing: Double = 0
  ) -> Tensor<Scalar> {
    output.layer(tiedTo: embedding).crossEntropy(
      outputs, targets: targets, ignoring: ignored, labelSmoothing: labelSmoothing)
  }
}
