import RecurrentKernels
import RecurrentTensors

/// The extent of a fused sequence or segment.
struct FusedExtent: Sendable {
  var time: Int
  let batch: Int
  let input: Int
  let hidden: Int
  let isReverse: Bool

  func with(lengths: UnsafePointer<Int32>?) -> rk_sequence {
    rk_sequence(time: time, batch: batch, input: input, hidden: hidden, lengths: lengths, reverse: isReverse, backward_weights: nil, has_backward_weights: false)
  }
}

/// One run of a fused kernel over a sequence: all that forward and backward must agree on.
///
/// The whole run is one record on the tape. Inside, the kernel runs segment by segment (`Segmentation`), forward in
/// reading order and backward against it; the gradients of the weights are summed in that order. With `.activations`
/// each segment's activations are kept; with `.segmentStates` the backward pass makes them again from the state
/// before the segment, with the same kernel on the same numbers, so that nothing after it can differ.
struct FusedSequence<Scalar: TensorScalar>: Sendable {
  private let kind: FusedKind
  private let extent: FusedExtent
  /// The time steps in which some sequence still runs.
  private let effective: EffectiveLengths
  private let segments: [Range<Int>]

  /// What the forward pass leaves for the backward pass of one segment.
  private struct Kept: Sendable {
    let segment: Range<Int>
    /// The state before it; nil is zeros.
    let initial: [Tensor<Scalar>]?
    /// The activations; nil where they are to be made again.
    let saved: Tensor<Scalar>?
  }

  init(cell: some FusedCell<Scalar>, time: Int, batch: Int, lengths: [Int]?, direction: Direction) {
    kind = cell.fusedKind
    extent = FusedExtent(
      time: time, batch: batch, input: cell.inputSize, hidden: cell.hiddenSize, isReverse: direction == .reverse)
    effective = EffectiveLengths(time: time, lengths: lengths)
    segments = Segmentation.segments(time: effective.time, direction: direction)
  }

  /// - Returns: the outputs `[time, batch, hidden]` and the state after the sequence; nil: no step was made.
  func run(
    _ cell: some FusedCell<Scalar>, _ inputs: Tensor<Scalar>, from state: [Tensor<Scalar>]?,
    keeping retention: Retention
  ) -> (outputs: Tensor<Scalar>, state: [Tensor<Scalar>]?) {
    let outputShape: Shape = [extent.time, extent.batch, extent.hidden]
    guard !segments.isEmpty else { return (Tensor(zeros: outputShape), nil) }
    let weights = cell.kernelWeights()
    let arguments = [inputs] + weights + (state ?? [])
    let wanted = arguments.map(\.isTracked)
    let isTracked = wanted.contains(true)
    let keeps = isTracked && retention == .activations

    let packed = PackedWeights(cell)
    var outputs =
      effective.time < extent.time ? Tensor<Scalar>(zeros: outputShape) : Tensor<Scalar>.unwritten(outputShape)
    let target = outputs.writing
    var current = state?.map { $0.detached() }
    var kept: [Kept] = []
    for segment in segments {
      let initial = current
      let result = forward(
        segment, packed.packed, inputs, initial, into: target?.advanced(by: segment.lowerBound * outputStride),
        saving: keeps)
      if isTracked { kept.append(Kept(segment: segment, initial: initial, saved: result.saved)) }
      current = result.state
    }
    guard isTracked, let last = current else { return (outputs, current) }

    let values = (
      inputs: withoutHarmfulPadding(inputs.detached()), weights: weights[0...1].map { $0.detached() },
      outputs: outputs
    )
    let shapes = weights.map(\.shape)
    let results = Tensor.recorded(results: [outputs] + last, inputs: arguments) { [kept] cotangents in
      backward(
        cotangents, kept: kept, packed: keeps ? nil : packed.packed, inputs: values.inputs, weights: values.weights,
        weightShapes: shapes, outputs: values.outputs, wanted: wanted)
    }
    return (results[0], Array(results.dropFirst()))
  }

  /// The inputs with zeros for padding, if that holds infinities or NaN: a zero gradient times these would not be
  /// zero. Finite padding is harmless where it is.
  private func withoutHarmfulPadding(_ inputs: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let lengths = effective.lengths else { return inputs }
    let isFinite = inputs.withUnsafeScalars { Scalar.kernels.table.allFinite($0.baseAddress, $0.count) }
    return isFinite ? inputs : maskingPadding(inputs, lengths)
  }

  /// The numbers in one time step of the outputs and of the inputs.
  private var outputStride: Int { extent.batch * extent.hidden }
  private var inputStride: Int { extent.batch * extent.input }

  /// Calls `body` with the kernel's description of a segment.
  private func withSequence<Result>(_ segment: Range<Int>, _ body: (rk_sequence) -> Result) -> Result {
    var part = extent
    part.time = segment.count
    guard let lengths = effective.lengths(in: segment) else { return body(part.with(lengths: nil)) }
    return lengths.map(Int32.init).withUnsafeBufferPointer { body(part.with(lengths: $0.baseAddress)) }
  }

  /// Runs a segment forward, its outputs going to `outputs`.
  private func forward(
    _ segment: Range<Int>, _ packed: Tensor<Scalar>, _ inputs: Tensor<Scalar>, _ initial: [Tensor<Scalar>]?,
    into outputs: UnsafeMutablePointer<Scalar>?, saving: Bool
  ) -> (state: [Tensor<Scalar>], saved: Tensor<Scalar>?) {
    let stateShape: Shape = [extent.batch, extent.hidden]
    var state = (0..<kind.stateCount).map { _ in Tensor<Scalar>.unwritten(stateShape) }
    let targets = state.indices.map { state[$0].writing }
    var saved: Tensor<Scalar>?
    if saving {
      let count = kind.savedCount(
        Scalar.self, time: segment.count, batch: extent.batch, hidden: extent.hidden)
      saved = .unwritten([count])
    }
    let savedTarget = saved?.writing
    withExtendedLifetime((packed, inputs, initial)) {
      withSequence(segment) { sequence in
        kind.forward(
          sequence, packed: packed.reading,
          inputs: inputs.reading?.advanced(by: segment.lowerBound * inputStride),
          initial: initial?.map(\.reading) ?? [nil, nil], outputs: outputs, last: targets, saved: savedTarget)
      }
    }
    return (state, saved)
  }

  /// The cotangents of inputs, weights, biases and initial state (where wanted) from those of outputs and last state.
  private func backward(
    _ cotangents: [Tensor<Scalar>?], kept: [Kept], packed: Tensor<Scalar>?, inputs: Tensor<Scalar>,
    weights: [Tensor<Scalar>], weightShapes: [Shape], outputs: Tensor<Scalar>, wanted: [Bool]
  ) -> [Tensor<Scalar>?] {
    let isPadded = effective.time < extent.time
    var inputCotangent: Tensor<Scalar>?
    if wanted[0] { inputCotangent = isPadded ? Tensor(zeros: inputs.shape) : .unwritten(inputs.shape) }
    let inputTarget = inputCotangent?.writing
    var stateCotangents = Array(cotangents.dropFirst())
    var totals = [Tensor<Scalar>?](repeating: nil, count: 4)

    for (position, kept) in kept.enumerated().reversed() {
      let segment = kept.segment
      let (from, inputsFrom) = (segment.lowerBound * outputStride, segment.lowerBound * inputStride)
      let saved = kept.saved ?? packed.flatMap { restore(kept, packed: $0, inputs: inputs) }
      var parts = (0..<4).map { wanted[1 + $0] ? Tensor<Scalar>.unwritten(weightShapes[$0]) : nil }
      let partTargets = parts.indices.map { parts[$0]?.writing }
      // Before the first segment read lies the initial state, whose cotangent may not be wanted.
      let passesOn = (0..<kind.stateCount).map { position > 0 || (wanted.count > 5 && wanted[5 + $0]) }
      var before = passesOn.map { $0 ? Tensor<Scalar>.unwritten([extent.batch, extent.hidden]) : nil }
      let beforeTargets = before.indices.map { before[$0]?.writing }

      withExtendedLifetime((weights, inputs, kept, outputs, saved, cotangents, stateCotangents)) {
        withSequence(segment) { sequence in
          kind.backward(
            sequence, weights: weights.map(\.reading), inputs: inputs.reading?.advanced(by: inputsFrom),
            initial: kept.initial?.map(\.reading) ?? [nil, nil],
            outputs: outputs.reading?.advanced(by: from), saved: saved?.reading,
            outputCotangent: cotangents[0]?.reading?.advanced(by: from),
            lastCotangent: stateCotangents.map { $0?.reading },
            inputCotangent: inputTarget?.advanced(by: inputsFrom), initialCotangent: beforeTargets,
            weightCotangents: partTargets)
        }
      }
      stateCotangents = before
      for index in totals.indices {
        guard let part = parts[index] else { continue }
        parts[index] = nil
        totals[index] = totals[index].map { $0 + part } ?? part
      }
    }
    return [inputCotangent] + totals + (wanted.count > 5 ? stateCotangents : [])
  }

  /// The activations of a segment, made again from the state before it.
  private func restore(_ kept: Kept, packed: Tensor<Scalar>, inputs: Tensor<Scalar>) -> Tensor<Scalar>? {
    var outputs = Tensor<Scalar>.unwritten([kept.segment.count, extent.batch, extent.hidden])
    return forward(kept.segment, packed, inputs, kept.initial, into: outputs.writing, saving: true).saved
  }
}
