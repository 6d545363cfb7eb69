import RecurrentKernels
public import RecurrentTensors

/// A cell for a loop whose inputs depend on what came out of the step before, such as a decoder with attention.
///
/// A fused cell makes each step with its kernel, from weights that are packed once for the loop; the gradients of the weights are
/// one product over the rows of all steps, made when the sweep has passed them. Any other cell steps as it always does.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let cell = LSTMCell<Float>(inputSize: 5, hiddenSize: 5, using: &generator)
/// let stepped = SteppedCell(cell)
/// var state = cell.initialState(batchSize: 2)
/// for _ in 0..<3 { state = stepped.step(state.hidden, from: state) }
/// ```
public struct SteppedCell<Cell: RecurrentCell>: Sendable {
  private let cell: Cell
  private let fused: FusedSteps<Cell.Scalar>?

  /// The cell, for many steps.
  public init(_ cell: Cell) {
    self.cell = cell
    fused = fusedCell(cell).map { FusedSteps($0) }
  }

  /// The state after one time step; see `RecurrentCell.step`.
  public func step(_ input: Tensor<Cell.Scalar>, from state: Cell.State) -> Cell.State {
    guard let fused, input.rank == 2, input.shape[0] > 0 else { return cell.step(input, from: state) }
    cell.checkStep(input, state)
    return state.replacingTensors(with: fused.step(input, from: state.tensors))
  }
}

/// Single steps of a fused cell.
private struct FusedSteps<Scalar: TensorScalar>: Sendable {
  private let kind: FusedKind
  private let input: Int
  private let hidden: Int
  private let packed: Tensor<Scalar>
  private let weights: [Tensor<Scalar>]
  private let shared: DeferredGradient<Scalar, Sweep>

  /// What the backward sweep has found so far.
  private struct Sweep: Sendable {
    /// The steps that it has passed, the last one first.
    var steps: [Step] = []
    /// The weights as its products take them, from the first step on.
    var packed: Tensor<Scalar>?
  }

  /// A step that was made, and the cotangents of the state after it.
  private struct Step: Sendable {
    let input: Tensor<Scalar>
    let state: [Tensor<Scalar>]
    let outputs: Tensor<Scalar>
    let saved: Tensor<Scalar>
    let cotangents: [Tensor<Scalar>?]
  }

  init(_ cell: some FusedCell<Scalar>) {
    let (kind, input, hidden) = (cell.fusedKind, cell.inputSize, cell.hiddenSize)
    let parameters = cell.kernelWeights()
    let (shapes, wanted) = (parameters.map(\.shape), parameters.map(\.isTracked))
    let weights = parameters.map { $0.detached() }
    packed = PackedWeights(cell).packed
    shared = DeferredGradient(of: parameters, pending: Sweep()) { sweep in
      defer { sweep = Sweep() }
      return Self.weightGradients(kind, input: input, hidden: hidden, weights: weights, shapes: shapes, wanted: wanted, &sweep)
    }
    (self.kind, self.input, self.hidden, self.weights) = (kind, input, hidden, weights)
  }

  func step(_ x: Tensor<Scalar>, from state: [Tensor<Scalar>]) -> [Tensor<Scalar>] {
    let batch = x.shape[0]
    let (kind, input, hidden, weights) = (kind, input, hidden, weights)
    check(state.count == kind.stateCount, "SteppedCell: a state of \(state.count) tensors, not \(kind.stateCount)")
    let isTracked = shared.isTracked || x.isTracked || state.contains(where: \.isTracked)
    let (values, before) = (x.detached(), state.map { $0.detached() })
    var next = state.map { Tensor<Scalar>.unwritten($0.shape) }
    var outputs = Tensor<Scalar>.unwritten([batch, hidden])
    let savedCount = kind.savedCount(Scalar.self, time: 1, batch: batch, hidden: hidden)
    var saved = isTracked ? Tensor<Scalar>.unwritten([savedCount]) : nil
    let (last, target, kept) = (next.indices.map { next[$0].writing }, outputs.writing, saved?.writing)
    withExtendedLifetime((packed, values, before)) {
      kind.forward(
        Self.extent(batch, input, hidden), packed: packed.reading, inputs: values.reading,
        initial: Self.pointers(before), outputs: target, last: last, saved: kept)
    }
    guard let saved else { return next }
    return shared.record(results: next, inputs: [x] + state) { [outputs] cotangents, sweep in
      let step = Step(input: values, state: before, outputs: outputs, saved: saved, cotangents: cotangents)
      sweep.steps.append(step)
      var ofInput = Tensor<Scalar>.unwritten(values.shape)
      var ofState = before.map { Tensor<Scalar>.unwritten($0.shape) }
      Self.backward(
        kind, Self.extent(batch, input, hidden), weights, packed: &sweep.packed, step, ofInput: ofInput.writing,
        ofState: ofState.indices.map { ofState[$0].writing }, ofWeights: [nil, nil, nil, nil])
      return [ofInput] + ofState
    }
  }

  /// The gradients of weights and biases (where wanted). For the kernel the steps are sequences of one step side by side, whose last
  /// states have known cotangents.
  private static func weightGradients(
    _ kind: FusedKind, input: Int, hidden: Int, weights: [Tensor<Scalar>], shapes: [Shape], wanted: [Bool], _ sweep: inout Sweep
  ) -> [Tensor<Scalar>?] {
    let steps = Array(sweep.steps.reversed())
    func joined(_ part: (Step) -> Tensor<Scalar>) -> Tensor<Scalar> { Tensor(concatenating: steps.map(part)) }
    let all = Step(
      input: joined(\.input), state: steps[0].state.indices.map { index in joined { $0.state[index] } },
      outputs: joined(\.outputs), saved: joined(\.saved),
      cotangents: steps[0].state.indices.map { index in
        joined { $0.cotangents[index] ?? Tensor(zeros: $0.state[index].shape) }
      })
    var gradients = zip(shapes, wanted).map { $1 ? Tensor<Scalar>.unwritten($0) : nil }
    backward(
      kind, extent(all.input.shape[0], input, hidden), weights, packed: &sweep.packed, all, ofInput: nil,
      ofState: all.state.map { _ in nil }, ofWeights: gradients.indices.map { gradients[$0]?.writing })
    return gradients
  }

  /// - Parameter packed: The weights as the products take them, which the first call makes for all that follow.
  private static func backward(
    _ kind: FusedKind, _ extent: rk_sequence, _ weights: [Tensor<Scalar>], packed: inout Tensor<Scalar>?, _ step: Step,
    ofInput: UnsafeMutablePointer<Scalar>?, ofState: [UnsafeMutablePointer<Scalar>?],
    ofWeights: [UnsafeMutablePointer<Scalar>?]
  ) {
    var extent = extent
    extent.has_backward_weights = packed != nil
    var kept = packed.take() ?? Tensor.unwritten([kind.backwardPackedCount(Scalar.self, input: extent.input, hidden: extent.hidden)])
    extent.backward_weights = kept.writing.map { UnsafeMutableRawPointer($0) }
    defer { packed = kept }
    withExtendedLifetime((weights, step)) {
      kind.backward(
        extent, weights: weights.map(\.reading), inputs: step.input.reading, initial: pointers(step.state),
        outputs: step.outputs.reading, saved: step.saved.reading, outputCotangent: nil,
        lastCotangent: step.cotangents.map { $0?.reading } + [nil], inputCotangent: ofInput,
        initialCotangent: ofState + [nil], weightCotangents: ofWeights)
    }
  }

  /// Pointers to the tensors of a state: two in any case, as `FusedKind` wants them.
  private static func pointers(_ state: [Tensor<Scalar>]) -> [UnsafePointer<Scalar>?] { state.map(\.reading) + [nil] }

  private static func extent(_ batch: Int, _ input: Int, _ hidden: Int) -> rk_sequence {
    rk_sequence(time: 1, batch: batch, input: input, hidden: hidden, lengths: nil, reverse: false, backward_weights: nil, has_backward_weights: false)
  }
}
