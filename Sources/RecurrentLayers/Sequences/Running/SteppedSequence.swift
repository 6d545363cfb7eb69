public import RecurrentTensors

extension RecurrentCell {
  /// Runs over a sequence step by step: what a cell without a fused kernel does, and the oracle that a fused one is
  /// tested with.
  public func run(
    _ inputs: Tensor<Scalar>, from state: State?, lengths: [Int]?, direction: Direction, keeping retention: Retention
  ) -> (outputs: Tensor<Scalar>, state: State) {
    runStepwise(inputs, from: state, lengths: lengths, direction: direction, keeping: retention)
  }

  /// Runs over a sequence by `step(_:from:)`, one operation at a time, whatever kernels the cell has. See `run`.
  public func runStepwise(
    _ inputs: Tensor<Scalar>, from state: State? = nil, lengths: [Int]? = nil, direction: Direction = .forward,
    keeping retention: Retention = .activations
  ) -> (outputs: Tensor<Scalar>, state: State) {
    checkRun(inputs, state, lengths)
    let (time, batch) = (inputs.shape[0], inputs.shape[1])
    let effective = EffectiveLengths(time: time, lengths: lengths)
    var state = state ?? initialState(batchSize: batch)
    var parts: [(start: Int, outputs: Tensor<Scalar>)] = []
    for segment in Segmentation.segments(time: effective.time, direction: direction) {
      let part = segment.count == time ? inputs : inputs.sliced(segment, alongAxis: 0)
      let segmentLengths = effective.lengths(in: segment)
      let result =
        switch retention {
        case .activations: stepKeeping(part, state, segmentLengths, direction)
        case .segmentStates: stepRecomputing(part, state, segmentLengths, direction)
        }
      parts.append((segment.lowerBound, result.outputs))
      state = result.state
    }
    parts.sort { $0.start < $1.start }
    if effective.time < time || parts.isEmpty {
      parts.append((effective.time, Tensor(zeros: state.hidden.shape.inserting(time - effective.time, at: 0))))
    }
    return (parts.count == 1 ? parts[0].outputs : Tensor(concatenating: parts.map(\.outputs), alongAxis: 0), state)
  }

  /// The steps of one segment.
  ///
  /// - Parameter record: Takes what the cell computes at each time, zeros in place of padding; the hidden state last.
  func stepThrough(
    _ inputs: Tensor<Scalar>, _ state: State, _ lengths: [Int]?, _ direction: Direction,
    recording record: (_ time: Int, CellQuantity, Tensor<Scalar>) -> Void = { _, _, _ in }
  ) -> (outputs: Tensor<Scalar>, state: State) {
    let (time, batch) = (inputs.shape[0], inputs.shape[1])
    var state = state
    var outputs = [Tensor<Scalar>](repeating: state.hidden, count: time)
    for offset in 0..<time {
      let t = direction == .forward ? offset : time - 1 - offset
      let input = inputs.index(t, alongAxis: 0)  // [batch, input]
      guard let lengths, lengths.contains(where: { $0 <= t }) else {
        state = step(input, from: state) { record(t, $0, $1) }
        outputs[t] = state.hidden
        record(t, .hidden, outputs[t])
        continue
      }
      // Padding is replaced, not multiplied by zero: it may hold anything, NaN included.
      let hasEnded = Tensor<Scalar>(shape: [batch, 1], scalars: lengths.map { $0 <= t ? 1 : 0 })
      let next = step(input.replacingRows(with: Tensor(0), where: hasEnded), from: state) {
        record(t, $0, $1.replacingRows(with: Tensor(0), where: hasEnded))
      }
      outputs[t] = next.hidden.replacingRows(with: Tensor(0), where: hasEnded)
      record(t, .hidden, outputs[t])
      state = next.merging(state) { new, old in new.replacingRows(with: old, where: hasEnded) }
    }
    return (Tensor(stacking: outputs, alongAxis: 0), state)
  }

  /// The steps of one segment, recorded one by one.
  ///
  /// The parameters and the state go through one record that changes nothing: it makes the tape sum a segment's
  /// contributions before it adds them to those of later segments, as recomputation does.
  private func stepKeeping(
    _ inputs: Tensor<Scalar>, _ state: State, _ lengths: [Int]?, _ direction: Direction
  ) -> (outputs: Tensor<Scalar>, state: State) {
    let own = tensors
    let all = own + state.tensors
    guard all.contains(where: \.isTracked) else { return stepThrough(inputs, state, lengths, direction) }
    let gathered = zip(all, Tensor.recorded(results: all.map { $0.detached() }, inputs: all) { $0 })
      .map { original, gathered in original.isTracked ? gathered : original }
    var cell = self
    cell.setParameters(Array(gathered.prefix(own.count)))
    return cell.stepThrough(
      inputs, state.replacingTensors(with: Array(gathered.dropFirst(own.count))), lengths, direction)
  }

  /// The steps of one segment as one record, which keeps the inputs and the state before the segment only and repeats
  /// the steps in its pullback, on a tape of its own.
  private func stepRecomputing(
    _ inputs: Tensor<Scalar>, _ state: State, _ lengths: [Int]?, _ direction: Direction
  ) -> (outputs: Tensor<Scalar>, state: State) {
    let own = tensors
    let arguments = [inputs] + own + state.tensors
    let values = arguments.map { $0.detached() }
    let wanted = arguments.map(\.isTracked)
    let (cell, start) = (detached(), state.detached())
    let (outputs, last) = cell.stepThrough(values[0], start, lengths, direction)
    guard wanted.contains(true) else { return (outputs, last) }
    let results = Tensor.recorded(results: [outputs] + last.tensors, inputs: arguments) { cotangents in
      let tape = Tape<Scalar>()
      let watched = zip(values, wanted).map { value, isWanted in isWanted ? tape.watch(value) : value }
      var copy = cell
      copy.setParameters(Array(watched[1..<(1 + own.count)]))
      let (outputs, last) = copy.stepThrough(
        watched[0], start.replacingTensors(with: Array(watched[(1 + own.count)...])), lengths, direction)
      // A sum of products with the cotangents has exactly these as its gradient.
      var total = Tensor<Scalar>(zeros: [])
      for (result, cotangent) in zip([outputs] + last.tensors, cotangents) {
        if let cotangent { total += (result * cotangent).sum() }
      }
      var gradients = tape.gradients(of: total, at: watched.filter(\.isTracked))[...]
      return wanted.map { isWanted in isWanted ? gradients.removeFirst() : nil }
    }
    return (results[0], last.replacingTensors(with: Array(results.dropFirst())))
  }
}

extension Tensor {
  /// The rows of `[batch, ...]`, whatever their shape, where `mask` `[batch, 1]` is 0, and those of `other` where it is 1.
  fileprivate func replacingRows(with other: Tensor, where mask: Tensor) -> Tensor {
    if rank == 2 { return replacing(with: other, where: mask) }
    return replacing(
      with: other, where: mask.reshaped(to: Shape([mask.shape[0]] + Array(repeating: 1, count: rank - 1))))
  }
}
