public import RecurrentTensors

/// A decoder with its memory prepared, its weights packed: what makes one step after the other, in training as in search.
public struct DecoderSteps<Cell: RecurrentCell, Attention: RecurrentLayers.Attention<Cell.Scalar>>: Sendable {
  public typealias Scalar = Cell.Scalar
  public typealias State = DecoderState<Cell.State>

  /// The decoder.
  public let decoder: AttentionDecoder<Cell, Attention>
  /// What it looks at; nil without attention.
  public let memory: AttentionMemory<Scalar>?
  /// The number of sequences that are decoded.
  public let batchSize: Int

  private let cells: [SteppedCell<Cell>]
  private let readout: SteppedLinear<Scalar>
  private let gate: SteppedLinear<Scalar>?

  init(_ decoder: AttentionDecoder<Cell, Attention>, _ memory: Tensor<Scalar>, _ lengths: [Int]?) {
    self.decoder = decoder
    batchSize = memory.shape[1]
    self.memory = decoder.attention?.attending(memory, lengths: lengths)
    cells = decoder.rnn.layers.map { SteppedCell($0) }
    readout = SteppedLinear(decoder.readout)
    gate = decoder.gate.map { SteppedLinear($0) }
  }

  /// The scores of the next token and the state after it.
  ///
  /// - Parameters:
  ///   - tokens: The tokens read, `[rows]`. There may be several rows for each sequence of the memory, a multiple of the batch: row
  ///     r looks at sequence `r % batchSize`.
  /// - Returns: unnormalized log-probabilities, `[rows, tokens]`.
  public func step(_ tokens: IndexTensor, from state: State) -> (logits: Tensor<Scalar>, state: State) {
    let embedded = decoder.embedding(tokens)
    let step = step(embedded: embedded, from: state, choosing: decoder.focus.choice()) { _, features in features }
    let readouts = step.state.readout ?? decoder.readout(step.output, step.context, embedded) { readout($0) }
    return (decoder.logits(readouts), step.state)
  }

  /// Chooses the places that are seen; see ``AttentionMemory/attend(_:choosing:)``.
  typealias Choice = (_ weights: Tensor<Scalar>) -> Tensor<Scalar>

  /// What a step gives: the output of the top layer and the context (nil without attention), a row a sequence, and the state.
  typealias Step = (output: Tensor<Scalar>, context: Tensor<Scalar>?, state: State)

  /// One step of the recurrent layers and the attention.
  ///
  /// - Parameters:
  ///   - embedded: The embedded tokens, `[rows, embedding]`.
  ///   - choose: Chooses the places that are seen; nil: the mixture of all is.
  ///   - between: What becomes of the features that reach layer `index`, from 1 on.
  func step(
    embedded: Tensor<Scalar>, from state: State, choosing choose: Choice?, between: (_ index: Int, Tensor<Scalar>) -> Tensor<Scalar>
  ) -> Step {
    var (context, weights): (Tensor<Scalar>?, Tensor<Scalar>?) = (nil, nil)
    var features = embedded
    switch decoder.feeding {
    case .nothing: break
    case .context:
      (context, weights) = attend(state.layers.layers[cells.count - 1].hidden, choose)
      if let context { features = features.concatenated(with: context, alongAxis: 1) }
    case .readout:
      guard let fed = state.readout else { fatalError("DecoderSteps: the state has no readout; see state(of:)") }
      features = features.concatenated(with: fed, alongAxis: 1)
    }
    var layers = state.layers
    for (index, cell) in cells.enumerated() {
      if index > 0 { features = between(index, features) }
      layers.layers[index] = cell.step(features, from: layers.layers[index])
      let hidden = layers.layers[index].hidden
      features = decoder.rnn.addsInput(at: index) ? hidden + features : hidden
    }
    if decoder.feeding != .context { (context, weights) = attend(features, choose) }
    var next = State(layers: layers, readout: nil, weights: weights)
    if decoder.feeding == .readout { next.readout = decoder.readout(features, context, embedded) { readout($0) } }
    return (features, context, next)
  }

  /// Looks at the memory with each row of `[rows, hidden]`.
  private func attend(_ queries: Tensor<Scalar>, _ choose: Choice?) -> (Tensor<Scalar>?, Tensor<Scalar>?) {
    guard memory != nil else { return (nil, nil) }
    let (rows, size) = (queries.shape[0], queries.shape[1])
    check(
      rows % batchSize == 0, "DecoderSteps: \(rows) rows are no multiple of the \(batchSize) sequences of the memory")
    guard let seen = look(queries.reshaped(to: [rows / batchSize, batchSize, size]), choose) else { return (nil, nil) }
    return (
      seen.context.reshaped(to: [rows, seen.context.shape[2]]), seen.weights.reshaped(to: [rows, seen.weights.shape[2]])
    )
  }

  /// Looks with queries `[steps, batch, hidden]`, through the gate; nil without attention.
  func look(_ queries: Tensor<Scalar>, _ choose: Choice?) -> (context: Tensor<Scalar>, weights: Tensor<Scalar>)? {
    guard var seen = memory?.attend(queries, choosing: choose) else { return nil }
    if let gate { seen.context = seen.context * gate(queries).sigmoid() }
    return seen
  }
}
