public import RecurrentTensors

/// What happened inside one cell over a sequence: every gate, the candidate and the states, step by step.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let rnn = LSTM<Float>(inputSize: 3, hiddenSize: 5, using: &generator)
/// let recording = rnn.record(Tensor(ones: [7, 2, 3]))
/// let names = recording.cells[0].quantities.map(\.name)  // input, forget, candidate, cell, output, hidden
/// let shape = recording.cells[0][.forget]?.shape         // [7, 2, 5]
/// ```
public struct CellRecording<Scalar: TensorScalar>: Sendable {
  /// The layer of its stack that the cell is, from 0.
  public let layer: Int
  /// The order in which it read the sequence. Values stand at the time of their input in both.
  public let direction: Direction
  /// The length of each sequence; nil: all have the full length. Values past it are zero.
  public let lengths: [Int]?
  /// What was recorded, in the order in which the cell computes it; the hidden state is the last.
  public let quantities: [CellQuantity]
  private let values: [CellQuantity: Tensor<Scalar>]

  init(
    layer: Int = 0, direction: Direction, lengths: [Int]?, quantities: [CellQuantity],
    values: [CellQuantity: Tensor<Scalar>]
  ) {
    self.layer = layer
    self.direction = direction
    self.lengths = lengths
    self.quantities = quantities
    self.values = values
  }

  /// The values of a quantity, `[time, batch, hidden]`; nil where the cell has no such quantity.
  public subscript(quantity: CellQuantity) -> Tensor<Scalar>? { values[quantity] }

  /// The hidden states, `[time, batch, hidden]`: the cell's outputs.
  public var hidden: Tensor<Scalar> { values[.hidden] ?? Tensor(zeros: [0, 0, 0]) }

  /// The number of hidden units.
  public var hiddenSize: Int { hidden.shape[2] }

  /// The gates among the quantities.
  public var gates: [CellQuantity] { quantities.filter { $0.kind == .gate } }

  /// The same cell over sequences one after the other, as if they were one: what it recorded of each, in the order in which they were read.
  ///
  /// - Precondition: At least one; all are of the same cell and the same batch, without lengths.
  public init(joining recordings: [CellRecording]) {
    guard let first = recordings.first else { fatalError("CellRecording: nothing to join") }
    check(
      recordings.allSatisfy {
        ($0.layer, $0.direction, $0.quantities) == (first.layer, first.direction, first.quantities) && $0.lengths == nil
      }, "CellRecording: recordings of different cells, or with lengths, cannot be joined")
    let values = first.quantities.map { quantity in
      (quantity, Tensor(concatenating: recordings.compactMap { $0[quantity] }))
    }
    self.init(
      layer: first.layer, direction: first.direction, lengths: nil, quantities: first.quantities,
      values: Dictionary(uniqueKeysWithValues: values))
  }

  /// The same recording as that of another layer.
  func at(layer: Int) -> CellRecording {
    CellRecording(layer: layer, direction: direction, lengths: lengths, quantities: quantities, values: values)
  }
}

/// A run of recurrent layers with what happened inside their cells.
public struct Recording<Scalar: TensorScalar, State: Sendable>: Sendable {
  /// The outputs, as those of the run: `[time, batch, hidden]`, both directions side by side where there are two.
  public let outputs: Tensor<Scalar>
  /// The state after each sequence's last step.
  public let state: State
  /// The cells, the lowest layer first; where a layer has two, the one that reads forward first.
  public let cells: [CellRecording<Scalar>]
}
