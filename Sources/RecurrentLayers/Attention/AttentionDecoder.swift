public import RecurrentTensors

/// What a decoder's cells read besides the embedded token.
public enum DecoderFeeding: String, Sendable, Hashable, Codable, CaseIterable {
  /// Nothing: attention looks with each state once all states are there, so the cells run over the whole target in one go.
  case nothing
  /// The context that the state before looked up (Bahdanau, Cho and Bengio 2014).
  case context
  /// The readout of the step before: "input feeding" (Luong, Pham and Manning 2015).
  case readout
}

/// How many places of a memory a decoder sees at once.
public enum AttentionFocus: String, Sendable, Hashable, Codable, CaseIterable {
  /// The mixture of all places by their weights.
  case soft
  /// One place (Xu et al. 2015, "Show, attend and tell", section 4.1): in use that of the largest weight, of equals the first; in training
  /// one drawn by the weights, and in half of the sequences the mixture, by which the weights learn too.
  case hard

  /// The share of sequences in which a hard decoder sees the mixture in training, unless it is told another.
  public static var mixtureRate: Double { 0.5 }

  /// What is seen in use, for `AttentionMemory.attend`: 1 at the place of the largest weight of each query; nil where that is the mixture.
  package func choice<Scalar>() -> ((Tensor<Scalar>) -> Tensor<Scalar>)? {
    switch self {
    case .soft: nil
    case .hard: { Tensor(oneHot: $0.indexOfMaximum(alongAxis: 2), depth: $0.shape[2]) }
    }
  }

  /// Places drawn by the weights `[steps, batch, time]` for training, 1 at the one that was drawn, and zeros for a sequence that sees the mixture.
  package static func draw<Scalar>(by weights: Tensor<Scalar>, mixing seesMixture: [Bool], using generator: inout RandomGenerator) -> Tensor<Scalar> {
    let (places, given) = (weights.shape[2], weights.scalars)
    var drawn = [Scalar](repeating: 0, count: given.count)
    for row in stride(from: 0, to: given.count, by: max(1, places)) {
      let threshold = Scalar(generator.uniform())
      if seesMixture[row / places % seesMixture.count] { continue }
      var sum: Scalar = 0
      var place: Int?  // the last with a weight, should rounding leave the sum below the threshold
      for index in row..<(row + places) where given[index] > 0 {
        (place, sum) = (index, sum + given[index])
        if sum > threshold { break }
      }
      if let place { drawn[place] = 1 }
    }
    return Tensor(shape: weights.shape, scalars: drawn)
  }
}

/// A recurrent decoder that looks at a memory: given the tokens so far, what comes next.
///
/// With x_t the embedding of the token read at step t, s_t the output of the recurrent layers, and c_t the context:
///
///     nothing   s_t = rnn(x_t, s_{t-1})                   c_t = attend(s_t)
///     context   s_t = rnn([x_t, c_t], s_{t-1})            c_t = attend(s_{t-1})
///     readout   s_t = rnn([x_t, r_{t-1}], s_{t-1})        c_t = attend(s_t)
///     r_t = tanh(W [s_t, c_t, x_t] + b)                   scores of the next token = output(r_t)
///
/// With a gate, a context is multiplied by a number between 0 and 1 that the state which looked says, `sigmoid(g . s + b)`: how much the
/// next token depends on the memory at all (Xu et al. 2015, "Show, attend and tell", section 4.2.1). Without attention there is no c_t, and the decoder is that of Sutskever, Vinyals and Le 2014 with a readout. The output may be tied
/// to the embedding (Press and Wolf 2017): then the readout is as large as an embedding, and only a bias is learned besides.
///
/// - Parameters: `embedding.weight` `[tokens, embedding]`; `rnn.*` as in PyTorch; `attention.*`; `gate.weight` `[1, hidden]` and `gate.bias`, if
///   gated; `readout.weight` `[readout, hidden + memory + embedding]`, `readout.bias`; `output.weight` `[tokens, readout]` unless tied, `output.bias`.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let decoder = AttentionDecoder(
///   embedding: Embedding<Float>(tokenCount: 9, featureCount: 4, using: &generator),
///   rnn: Stacked<GRUCell<Float>>(inputSize: 4, hiddenSize: 5, layerCount: 1, using: &generator),
///   attention: GeneralAttention(querySize: 5, memorySize: 6, using: &generator), readoutSize: 4, isTied: true,
///   using: &generator)
/// let steps = decoder.steps(over: Tensor(ones: [7, 2, 6]), lengths: [7, 3])
/// let start = decoder.state(of: decoder.rnn.initialState(batchSize: 2))
/// let (logits, state) = steps.step(IndexTensor(shape: [2], scalars: [1, 1]), from: start)
/// // logits.shape == [2, 9]; state.weights?.shape == [2, 7]
/// ```
public struct AttentionDecoder<Cell: RecurrentCell, Attention: RecurrentLayers.Attention<Cell.Scalar>>: Module {
  public typealias Scalar = Cell.Scalar

  /// A vector for each token.
  public var embedding: Embedding<Scalar>
  /// The recurrent layers.
  public var rnn: Stacked<Cell>
  /// What looks at the memory; nil: nothing does.
  public var attention: Attention?
  /// What says how much of a context is let in; nil: all.
  public var gate: Linear<Scalar>?
  /// What makes one vector of state, context and embedding.
  public var readout: Linear<Scalar>
  /// The scores of the tokens.
  public var output: OutputLayer<Scalar>
  /// What the cells read besides the embedding.
  public let feeding: DecoderFeeding
  /// How many places are seen at once.
  public let focus: AttentionFocus

  /// A decoder of the given parts.
  ///
  /// - Precondition: The cells read an embedding and what `feeding` says; the attention looks with their output; a tied readout is as
  ///   large as an embedding; without attention no context is fed.
  public init(
    embedding: Embedding<Scalar>, rnn: Stacked<Cell>, attention: Attention?, readoutSize: Int,
    feeding: DecoderFeeding = .nothing, focus: AttentionFocus = .soft, isGated: Bool = false, isTied: Bool = false, using generator: inout RandomGenerator
  ) {
    let memory = attention?.memorySize ?? 0
    let fed = Self.fedSize(feeding, readoutSize: readoutSize, memorySize: memory)
    check(
      rnn.inputSize == embedding.featureCount + fed,
      "AttentionDecoder: the cells read \(rnn.inputSize) features, not \(embedding.featureCount) + \(fed)")
    check(
      attention == nil || attention?.querySize == rnn.hiddenSize,
      "AttentionDecoder: the attention looks with \(attention?.querySize ?? 0) features, the cells have \(rnn.hiddenSize)")
    check(
      !isTied || readoutSize == embedding.featureCount,
      "AttentionDecoder: a readout of \(readoutSize) features cannot be tied to an embedding of \(embedding.featureCount)")
    check(feeding != .context || attention != nil, "AttentionDecoder: without attention there is no context to be fed")
    self.embedding = embedding
    self.rnn = rnn
    self.attention = attention
    self.feeding = feeding
    self.focus = focus
    gate = isGated && attention != nil ? Linear(inputSize: rnn.hiddenSize, outputSize: 1, using: &generator) : nil
    readout = Linear(
      inputSize: rnn.hiddenSize + memory + embedding.featureCount, outputSize: readoutSize, using: &generator)
    output = OutputLayer(
      weight: isTied
        ? nil : Initializer.inverseSquareRoot.matrix(rows: embedding.tokenCount, columns: readoutSize, using: &generator),
      bias: Tensor(zeros: [embedding.tokenCount]))
  }

  /// How many features `feeding` adds to what the lowest cell reads.
  public static func fedSize(_ feeding: DecoderFeeding, readoutSize: Int, memorySize: Int) -> Int {
    switch feeding {
    case .nothing: 0
    case .context: memorySize
    case .readout: readoutSize
    }
  }

  /// The number of tokens.
  public var tokenCount: Int { embedding.tokenCount }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&rnn, "rnn")
    visitor.visit(&attention, "attention")
    visitor.visit(&gate, "gate")
    visitor.visit(&readout, "readout")
    visitor.visit(&output, "output")
  }

  /// The state before the first step, that of the recurrent layers being given.
  public func state(of layers: Stacked<Cell>.State) -> DecoderState<Cell.State> {
    let batch = layers.layers[0].hidden.shape[0]
    return DecoderState(
      layers: layers, readout: feeding == .readout ? Tensor(zeros: [batch, readout.weight.shape[0]]) : nil, weights: nil)
  }

  /// The decoder, ready to make steps over a memory.
  ///
  /// - Parameters:
  ///   - memory: What the attention looks at, `[time, batch, memory]`; a decoder without attention does not read it.
  ///   - lengths: Of each sequence of the memory.
  public func steps(over memory: Tensor<Scalar>, lengths: [Int]? = nil) -> DecoderSteps<Cell, Attention> {
    DecoderSteps(self, memory, lengths)
  }

  /// The scores of the next token, unnormalized log-probabilities: `[..., readout]` to `[..., tokens]`.
  public func logits(_ readouts: Tensor<Scalar>) -> Tensor<Scalar> {
    output.layer(tiedTo: embedding)(readouts)
  }

  /// The cross-entropy of targets with what the readouts say, in nats; see `Linear.crossEntropy`.
  ///
  /// - Parameters:
  ///   - readouts: `[steps, batch, readout]`.
  ///   - targets: `[steps, batch]`; those equal to `ignored`, the padding, weigh nothing.
  public func crossEntropy(
    _ readouts: Tensor<Scalar>, targets: IndexTensor, ignoring ignored: Int32? = nil, labelSmoothing: Double = 0,
    reduction: Reduction = .mean
  ) -> Tensor<Scalar> {
    output.layer(tiedTo: embedding).crossEntropy(
      readouts, targets: targets, ignoring: ignored, labelSmoothing: labelSmoothing, reduction: reduction)
  }

  /// The readout of states, contexts (nil without attention) and embeddings, each `[..., features]`, by the layer `readout`.
  func readout(
    _ hidden: Tensor<Scalar>, _ context: Tensor<Scalar>?, _ embedded: Tensor<Scalar>,
    by layer: (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let parts = [hidden] + (context.map { [$0] } ?? []) + [embedded]
    return layer(Tensor(concatenating: parts, alongAxis: hidden.rank - 1)).tanh()
  }
}

/// What a decoder carries from one token to the next, a row a sequence that is being written.
public struct DecoderState<CellState: RecurrentState>: TensorTree {
  public typealias Scalar = CellState.Scalar

  /// The states of the recurrent layers.
  public var layers: StackedState<CellState>
  /// The readout of the step before, where it is fed, `[rows, readout]`.
  public var readout: Tensor<Scalar>?
  /// Where the last step looked, `[rows, time]`; nil before the first step and without attention.
  public var weights: Tensor<Scalar>?

  /// A state of these parts.
  public init(layers: StackedState<CellState>, readout: Tensor<Scalar>?, weights: Tensor<Scalar>?) {
    self.layers = layers
    self.readout = readout
    self.weights = weights
  }

  public mutating func visitTensors(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&layers, "layers")
    visitor.visit(&readout, "readout")
    visitor.visit(&weights, "weights")
  }
}
