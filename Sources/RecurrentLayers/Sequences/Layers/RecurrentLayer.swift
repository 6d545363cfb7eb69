public import RecurrentTensors

/// What stands in a stack: a cell, two cells that read in opposite directions, or anything else that runs cells over a sequence.
///
/// A layer says which cells read what, and leaves how they are run to a ``CellRunner``: plainly, with everything recorded, or with the
/// gradient looked at. Every ``RecurrentCell`` is a layer.
public protocol RecurrentLayer<Scalar>: Module {
  /// What the layer carries from one time step to the next.
  associatedtype State: RecurrentState where State.Scalar == Scalar

  /// The number of features of an input: its second axis, behind the batch.
  var inputSize: Int { get }

  /// What stands side by side in an output: how many features each cell puts out, and the way that it reads.
  var outputParts: [(size: Int, direction: Direction)] { get }

  /// The state before the first step: zeros.
  func initialState(batchSize: Int) -> State

  /// Visits the parameters under the names that they have in layer `index` of a stack: `weight_ih_l1`, `weight_ih_l1_reverse`.
  mutating func visitParameters(inLayer index: Int, by visitor: inout some ParameterVisitor<Scalar>)

  /// Runs over a sequence; see ``RecurrentCell/run(_:from:lengths:direction:keeping:)`` for the rules of lengths and directions.
  ///
  /// - Parameter runner: What runs the cells.
  /// - Returns: the outputs `[time, batch, output]`, and the state after each sequence's last step.
  func run(
    _ inputs: Tensor<Scalar>, from state: State?, lengths: [Int]?, direction: Direction,
    by runner: inout some CellRunner<Scalar>
  ) -> (outputs: Tensor<Scalar>, state: State)
}

extension RecurrentLayer {
  /// The number of features of an output.
  public var outputSize: Int { outputParts.reduce(0) { $0 + $1.size } }
}

/// How the cells of layers are run over a sequence.
public protocol CellRunner<Scalar> {
  /// The kind of number of the cells.
  associatedtype Scalar: TensorScalar

  /// The layer whose cells are run; the lowest is 0.
  var layer: Int { get set }

  /// Runs a cell; see ``RecurrentCell/run(_:from:lengths:direction:keeping:)``.
  mutating func run<Cell: RecurrentCell<Scalar>>(
    _ cell: Cell, _ inputs: Tensor<Scalar>, from state: Cell.State?, lengths: [Int]?, direction: Direction
  ) -> (outputs: Tensor<Scalar>, state: Cell.State)
}

extension RecurrentCell {
  public var outputParts: [(size: Int, direction: Direction)] { [(hiddenSize, .forward)] }

  public mutating func visitParameters(inLayer index: Int, by visitor: inout some ParameterVisitor<Scalar>) {
    LayerNamingVisitor.visit(&self, layer: index, by: &visitor)
  }

  public func run(
    _ inputs: Tensor<Scalar>, from state: State?, lengths: [Int]?, direction: Direction,
    by runner: inout some CellRunner<Scalar>
  ) -> (outputs: Tensor<Scalar>, state: State) {
    runner.run(self, inputs, from: state, lengths: lengths, direction: direction)
  }
}

/// Runs cells as they are.
struct PlainRunner<Scalar: TensorScalar>: CellRunner {
  let retention: Retention
  var layer = 0

  init(keeping retention: Retention) { self.retention = retention }

  mutating func run<Cell: RecurrentCell<Scalar>>(
    _ cell: Cell, _ inputs: Tensor<Scalar>, from state: Cell.State?, lengths: [Int]?, direction: Direction
  ) -> (outputs: Tensor<Scalar>, state: Cell.State) {
    cell.run(inputs, from: state, lengths: lengths, direction: direction, keeping: retention)
  }
}

/// Runs cells piece by piece, with a probe that looks on at the gradient; see `GradientReach`.
struct ProbedRunner<Scalar: TensorScalar>: CellRunner {
  let probe: GradientProbe<Scalar>
  let retention: Retention
  var layer = 0

  init(_ probe: GradientProbe<Scalar>, keeping retention: Retention) {
    self.probe = probe
    self.retention = retention
  }

  mutating func run<Cell: RecurrentCell<Scalar>>(
    _ cell: Cell, _ inputs: Tensor<Scalar>, from state: Cell.State?, lengths: [Int]?, direction: Direction
  ) -> (outputs: Tensor<Scalar>, state: Cell.State) {
    probe.run(layer: layer, direction, inputs, state, lengths) { [retention] in
      cell.run($0, from: $1, lengths: $2, direction: direction, keeping: retention)
    }
  }
}

/// Runs cells step by step and keeps what they compute.
struct RecordingRunner<Scalar: TensorScalar>: CellRunner {
  var layer = 0
  private(set) var cells: [CellRecording<Scalar>] = []

  mutating func run<Cell: RecurrentCell<Scalar>>(
    _ cell: Cell, _ inputs: Tensor<Scalar>, from state: Cell.State?, lengths: [Int]?, direction: Direction
  ) -> (outputs: Tensor<Scalar>, state: Cell.State) {
    let recording = cell.record(inputs, from: state, lengths: lengths, direction: direction)
    cells += recording.cells.map { $0.at(layer: layer) }
    return (recording.outputs, recording.state)
  }
}
