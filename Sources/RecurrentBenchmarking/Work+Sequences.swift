extension BenchmarkCase.Cell {
  /// The gates of a unit, each with weights of its own.
  public var gateCount: Int {
    switch self {
    case .rnn: 1
    case .lstm: 4
    case .gru: 3
    }
  }

  /// The numbers of a unit that the forward pass leaves for the backward pass beside the output: the LSTM's four gates and
  /// its cell, the GRU's three gates and the part of the third that the reset gate multiplies, nothing of a plain network.
  var savedCount: Int {
    switch self {
    case .rnn: 0
    case .lstm: 5
    case .gru: 4
    }
  }
}

/// One layer over a sequence of `[time, batch, input]`.
public struct SequenceExtent: Equatable, Sendable {
  public var cell: BenchmarkCase.Cell
  public var time: Int
  public var batch: Int
  public var input: Int
  public var hidden: Int

  public init(cell: BenchmarkCase.Cell, time: Int, batch: Int, input: Int, hidden: Int) {
    self.cell = cell
    self.time = time
    self.batch = batch
    self.input = input
    self.hidden = hidden
  }

  /// The numbers in the weights that multiply the input, and in both biases.
  var inputWeightCount: Int { cell.gateCount * hidden * (input + 2) }
  /// The numbers in the weights that multiply the state.
  var recurrentWeightCount: Int { cell.gateCount * hidden * hidden }
  /// The numbers in the weights of all products, without biases.
  var productWeightCount: Int { cell.gateCount * hidden * (input + hidden) }
  /// The numbers in all parameters.
  public var parameterCount: Int { inputWeightCount + recurrentWeightCount }
  /// The numbers in the input and in the output.
  var inputCount: Int { time * batch * input }
  var outputCount: Int { time * batch * hidden }

  /// The operations of the products of all gates with input and state, at all steps.
  var productOperations: Int { 2 * time * batch * productWeightCount }
}

extension Work {
  /// The forward pass over a sequence. No step can begin before the one before it has ended, so the recurrent weights are
  /// read once a step; input weights and biases, input and output, and what is kept for a backward pass, once.
  public static func sequenceForward(_ extent: SequenceExtent, saving: Bool) -> Work {
    let saved = saving ? extent.outputCount * extent.cell.savedCount : 0
    return sequence(
      extent, operations: extent.productOperations,
      once: extent.inputWeightCount + extent.inputCount + extent.outputCount + saved)
  }

  /// The backward pass, to the input and every parameter: a product with the weights for the gradient of input and state,
  /// and one with input and state for the gradient of the weights. The recurrent weights are read once a step. Once: input
  /// weights, input, output, what was kept and the gradient of the output are read; the gradients of the gates are written
  /// and read; the gradients of input and parameters are written.
  public static func sequenceBackward(_ extent: SequenceExtent) -> Work {
    let (x, y) = (extent.inputCount, extent.outputCount)
    let gates = y * extent.cell.gateCount
    let read = extent.inputWeightCount + x + 2 * y + y * extent.cell.savedCount + gates
    let written = gates + x + extent.parameterCount
    return sequence(extent, operations: 2 * extent.productOperations, once: read + written)
  }

  /// So many operations, the recurrent weights once a step, and `once` other numbers.
  private static func sequence(_ extent: SequenceExtent, operations: Int, once: Int) -> Work {
    let weights = pass(reading: extent.recurrentWeightCount, writing: 0) * extent.time
    let rest = pass(reading: once, writing: 0, footprint: once + extent.recurrentWeightCount)
    return Work(operations: operations, traffic: weights.traffic + rest.traffic)
  }
}
