public import RecurrentTensors

extension RecurrentCell {
  /// Runs over a sequence step by step and keeps what the cell computes; see `run` for the arguments.
  ///
  /// Nothing is tracked for a gradient. The outputs are those of `runStepwise`; a fused run may round differently in
  /// the last digits.
  ///
  /// - Complexity: As the steps, one operation after the other, and memory for each quantity at each time.
  public func record(
    _ inputs: Tensor<Scalar>, from state: State? = nil, lengths: [Int]? = nil, direction: Direction = .forward
  ) -> Recording<Scalar, State> {
    checkRun(inputs, state, lengths)
    let (time, batch) = (inputs.shape[0], inputs.shape[1])
    let start = (state ?? initialState(batchSize: batch)).map { $0.detached() }
    let cell = mapParameters { $0.detached() }
    // A sequence without steps still has its quantities: a step on zeros tells them, and its values are cut off.
    let steps = time == 0 ? Tensor<Scalar>(zeros: [1, batch, inputSize]) : inputs.detached()
    var quantities: [CellQuantity] = []
    var values: [CellQuantity: [Tensor<Scalar>]] = [:]
    let (outputs, last) = cell.stepThrough(steps, start, lengths, direction) { t, quantity, value in
      check(
        value.rank >= 1 && value.shape[0] == batch,
        "\(Self.self).record: \(quantity) has the shape \(value.shape), and the batch is \(batch)")
      if values[quantity] == nil {
        quantities.append(quantity)
        values[quantity] = [Tensor<Scalar>](repeating: Tensor(zeros: value.shape), count: steps.shape[0])
      }
      values[quantity]?[t] = value
    }
    let recording = CellRecording(
      direction: direction, lengths: lengths, quantities: quantities,
      values: values.mapValues { Tensor(stacking: $0, alongAxis: 0).sliced(0..<time) })
    return Recording(outputs: outputs.sliced(0..<time), state: time == 0 ? start : last, cells: [recording])
  }
}

extension Unrolled {
  /// Runs over a sequence `[time, batch, input]` and keeps what the cell computes; see `RecurrentCell.record`.
  public func record(
    _ inputs: Tensor<Scalar>, from state: Cell.State? = nil, lengths: [Int]? = nil, direction: Direction = .forward
  ) -> Recording<Scalar, Cell.State> {
    cell.record(inputs, from: state, lengths: lengths, direction: direction)
  }
}

extension Stacked {
  /// Runs over a sequence and keeps what every layer's cells compute; see `RecurrentCell.record`.
  public func record(
    _ inputs: Tensor<Scalar>, from state: State? = nil, lengths: [Int]? = nil, direction: Direction = .forward
  ) -> Recording<Scalar, State> {
    var runner = RecordingRunner<Scalar>()
    let (outputs, last) = run(inputs.detached(), from: state, lengths: lengths, direction: direction, by: &runner)
    return Recording(outputs: outputs, state: last, cells: runner.cells)
  }
}

extension Bidirectional {
  /// Runs over a sequence in both directions and keeps what both cells compute; see `RecurrentCell.record`.
  public func record(
    _ inputs: Tensor<Scalar>, from state: State? = nil, lengths: [Int]? = nil
  ) -> Recording<Scalar, State> {
    var runner = RecordingRunner<Scalar>()
    let (outputs, last) = run(inputs, from: state, lengths: lengths, direction: .forward, by: &runner)
    return Recording(outputs: outputs, state: last, cells: runner.cells)
  }
}

extension SequenceEncoder {
  /// Runs over a sequence and keeps what every cell computes; see `RecurrentCell.record`.
  ///
  /// The state is what the encoder gives: what the top layer has read last, `[batch, output]`.
  public func record(_ inputs: Tensor<Scalar>, lengths: [Int]? = nil) -> Recording<Scalar, Tensor<Scalar>> {
    func last<State>(_ recording: Recording<Scalar, StackedState<State>>) -> Recording<Scalar, Tensor<Scalar>>
    where State.Scalar == Scalar {
      let top = recording.state.layers[recording.state.layers.count - 1]
      return Recording(outputs: recording.outputs, state: top.hidden, cells: recording.cells)
    }
    if let forward { return last(forward.record(inputs, lengths: lengths)) }
    guard let bidirectional else { fatalError("SequenceEncoder: no layers") }
    return last(bidirectional.record(inputs, lengths: lengths))
  }
}

extension EncoderDecoder {
  /// Reads sources `[time, batch]` and keeps what every cell of the encoder computes; see `RecurrentCell.record`.
  public func recordEncoder(reading source: IndexTensor, lengths: [Int]? = nil) -> Recording<Scalar, Tensor<Scalar>> {
    encoder.record((embedding ?? decoder.embedding)(source), lengths: lengths)
  }
}

extension AttentionDecoder {
  /// Reads whole targets, as ``callAsFunction(_:from:over:lengths:)`` does, and records what the cells compute.
  ///
  /// What is fed to the cells beside a token is made step by step first; then the layers run over all steps at once.
  public func record(
    _ tokens: IndexTensor, from state: DecoderState<Cell.State>, over memory: Tensor<Scalar>, lengths: [Int]? = nil
  ) -> Recording<Scalar, Stacked<Cell>.State> {
    let embedded = embedding(tokens)
    if feeding == .nothing { return rnn.record(embedded, from: state.layers) }
    let steps = steps(over: memory, lengths: lengths)
    var next = state
    let fed = (0..<tokens.shape[0]).map { time -> Tensor<Scalar> in
      let before = next.readout
      let step = steps.step(embedded: embedded.index(time), from: next, choosing: focus.choice()) { _, features in features }
      next = step.state
      guard let fed = feeding == .context ? step.context : before else { fatalError("AttentionDecoder.record: nothing is fed") }
      return fed
    }
    return rnn.record(embedded.concatenated(with: Tensor(stacking: fed), alongAxis: 2), from: state.layers)
  }
}
