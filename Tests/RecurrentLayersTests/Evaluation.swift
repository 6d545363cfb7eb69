import RecurrentLayers
import RecurrentTensors
import Testing

/// Numbers between -1 and 1 that depend on shape and seed alone.
func random<Scalar: TensorScalar>(_ shape: Shape, seed: UInt64, bound: Scalar = 1) -> Tensor<Scalar> {
  var generator = RandomGenerator(seed: seed)
  return Tensor(uniform: -bound...bound, shape: shape, using: &generator)
}

/// A cell of the given kind with every parameter drawn anew: biases and gains that are not 0 and 1 can be wrong.
func randomCell<Scalar: TensorScalar>(
  _ kind: CellKind, inputSize: Int = 3, hiddenSize: Int = 4, transitionDepth: Int = 3, seed: UInt64 = 11,
  bound: Scalar = 0.7
) -> AnyCell<Scalar> {
  var generator = RandomGenerator(seed: seed)
  let cell: AnyCell<Scalar> = kind.makeCell(
    inputSize: inputSize, hiddenSize: hiddenSize, transitionDepth: transitionDepth, using: &generator)
  return cell.mapParameters { Tensor(uniform: -bound...bound, shape: $0.shape, using: &generator) }
}

/// A state with every tensor drawn.
func randomState<Cell: RecurrentCell>(_ cell: Cell, batch: Int, seed: UInt64 = 12) -> Cell.State {
  var generator = RandomGenerator(seed: seed)
  return cell.initialState(batchSize: batch).map {
    Tensor(uniform: -0.8...0.8, shape: $0.shape, using: &generator)
  }
}

/// One run of a cell over a sequence with everything that comes out of it, gradients included.
struct Evaluation<Scalar: TensorScalar> {
  let outputs: Tensor<Scalar>
  let state: [Tensor<Scalar>]
  /// Of the parameters by name, then of the inputs, then of the tensors of the initial state.
  let gradients: [(name: String, tensor: Tensor<Scalar>)]

  /// How the run is made.
  struct Way: Sendable, CustomTestStringConvertible {
    var lengths: [Int]? = nil
    var direction = Direction.forward
    var retention = Retention.activations
    var isStepwise = false
    /// Whether outputs before the last have no part in the loss.
    var isLastStepOnly = false

    var testDescription: String {
      "\(direction)\(lengths.map { ", lengths \($0)" } ?? "")\(isStepwise ? ", stepwise" : "")"
        + "\(retention == .activations ? "" : ", recomputing")\(isLastStepOnly ? ", last step only" : "")"
    }
  }

  /// The loss is a sum of outputs and last state with fixed random weights.
  init<Cell: RecurrentCell<Scalar>>(
    _ cell: Cell, _ inputs: Tensor<Scalar>, from state: Cell.State?, _ way: Way = Way()
  ) {
    let tape = Tape<Scalar>()
    let watchedCell = cell.mapParameters { tape.watch($0) }
    let watchedInputs = tape.watch(inputs)
    let watchedState = state.map { $0.map { tape.watch($0) } }
    let result =
      way.isStepwise
      ? watchedCell.runStepwise(
        watchedInputs, from: watchedState, lengths: way.lengths, direction: way.direction, keeping: way.retention)
      : watchedCell.run(
        watchedInputs, from: watchedState, lengths: way.lengths, direction: way.direction, keeping: way.retention)
    var loss = Tensor<Scalar>(0)
    if !way.isLastStepOnly {
      loss += (result.outputs * random(result.outputs.shape, seed: 21)).sum()
    }
    for (index, tensor) in result.state.tensors.enumerated() {
      loss += (tensor * random(tensor.shape, seed: 22 + UInt64(index))).sum()
    }
    let names = cell.parameterPaths + ["inputs"] + (state?.tensors.indices.map { "state \($0)" } ?? [])
    let variables = watchedCell.parameters.map(\.tensor) + [watchedInputs] + (watchedState?.tensors ?? [])
    outputs = result.outputs.detached()
    self.state = result.state.tensors.map { $0.detached() }
    gradients = zip(names, tape.gradients(of: loss, at: variables)).map { ($0, $1) }
  }

  /// Everything by name.
  var all: [(name: String, tensor: Tensor<Scalar>)] {
    [("outputs", outputs)] + state.enumerated().map { ("last state \($0)", $1) }
      + gradients.map { ("gradient of \($0)", $1) }
  }

  /// Checks that everything has the same bits.
  func expectSameBits(as other: Evaluation, _ comment: String = "", location: SourceLocation = #_sourceLocation) {
    #expect(all.map(\.name) == other.all.map(\.name), sourceLocation: location)
    for (mine, theirs) in zip(all, other.all) {
      #expect(
        mine.tensor.isBitwiseEqual(to: theirs.tensor), "\(comment) \(mine.name): \(mine.tensor) \(theirs.tensor)",
        sourceLocation: location)
    }
  }

  /// Checks that everything agrees to `tolerance`, relative to the largest number of each tensor (or to 1).
  func expectAgreement(
    with other: Evaluation, to tolerance: Double, _ comment: String = "",
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(all.map(\.name) == other.all.map(\.name), sourceLocation: location)
    for (mine, theirs) in zip(all, other.all) {
      let difference = relativeDifference(mine.tensor, theirs.tensor)
      #expect(difference < tolerance, "\(comment) \(mine.name) differs by \(difference)", sourceLocation: location)
    }
  }
}

/// The largest difference of two tensors, relative to the largest number in them (or to 1); infinite where shapes
/// differ or a number is not finite.
func relativeDifference<Scalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) -> Double {
  guard a.shape == b.shape else { return .infinity }
  var (worst, largest) = (0.0, 1.0)
  for (x, y) in zip(a.scalars, b.scalars) {
    guard x.isFinite, y.isFinite else { return .infinity }
    worst = max(worst, abs(Double(x) - Double(y)))
    largest = max(largest, abs(Double(x)))
  }
  return worst / largest
}
