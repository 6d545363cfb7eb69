import RecurrentLayers
import RecurrentTensors

/// The LSTM as it was in 1997: no forget gate, and blocks of cells that share their gates (Hochreiter and Schmidhuber
/// 1997, "Long short-term memory").
///
///     i = sigmoid(W_i x + V_i y + b_i)      o = sigmoid(W_o x + V_o y + b_o)     one of each a block
///     g = 4 sigmoid(W_g x + V_g y + b_g) - 2                                     one a cell, in -2 ... 2
///     c' = c + i g                          what is written stays for ever
///     y' = o (2 sigmoid(c') - 1)
///
/// Since `4 sigmoid(x) - 2 = 2 tanh(x / 2)` and `2 sigmoid(c) - 1 = tanh(c / 2)`, it is today's LSTM with a forget gate that
/// is 1 and half the cell: it runs on that one's kernel. What the paper does besides, cutting the gradient off where it
/// would leave a cell through its gates, is not done: the gradient is exact.
///
/// - Parameters: `weight_input`, `weight_output` `[blocks, input + hidden]`, `weight_candidate` `[hidden, input + hidden]`, and
///   their biases.
struct OriginalLSTMCell<Scalar: TensorScalar>: RecurrentlyWeightedCell {
  typealias State = LSTMState<Scalar>

  let inputSize: Int
  let hiddenSize: Int
  /// Cells that share their gates.
  let blockSize: Int

  /// Rows: the input gates of the blocks, the candidates of the cells, the output gates of the blocks.
  var inputWeight: Tensor<Scalar>
  /// Rows as in `inputWeight`.
  var recurrentWeight: Tensor<Scalar>
  /// As the rows of `inputWeight`.
  var bias: Tensor<Scalar>

  /// A cell of today's kind, whose parameters are replaced at each run.
  private let today: LSTMCell<Scalar>
  /// Which row each row of today's gates i f g o is made of; those of gates that are not there are zeros behind the last.
  private let rows: IndexTensor
  /// What each row is multiplied by: the candidate's by a half.
  private let scales: Tensor<Scalar>
  /// What is added to each bias: to those of gates that are not there so much that they are 1 to the last bit.
  private let shifts: Tensor<Scalar>

  /// A cell of `blockCount` blocks, weights evenly within `±range`.
  ///
  /// - Parameters:
  ///   - inputGateBiases: Of each block; the paper begins with growing negative ones, so that blocks come into use one by
  ///     one. Those that are missing are 0.
  ///   - outputGateBiases: Likewise.
  ///   - hasOutputGates: Whether there are any; without, all of the cell is shown.
  init(
    inputSize: Int, blockCount: Int, blockSize: Int, range: Double, inputGateBiases: [Double] = [],
    outputGateBiases: [Double] = [], hasOutputGates: Bool = true, using generator: inout RandomGenerator
  ) {
    let hidden = blockCount * blockSize
    let rowCount = (hasOutputGates ? 2 : 1) * blockCount + hidden
    self.inputSize = inputSize
    hiddenSize = hidden
    self.blockSize = blockSize
    let even = Initializer.uniform(bound: range)
    inputWeight = even.matrix(rows: rowCount, columns: inputSize, using: &generator)
    recurrentWeight = even.matrix(rows: rowCount, columns: hidden, using: &generator)
    var biases = [Scalar](repeating: 0, count: rowCount)
    for (block, value) in inputGateBiases.prefix(blockCount).enumerated() { biases[block] = Scalar(value) }
    for (block, value) in outputGateBiases.prefix(hasOutputGates ? blockCount : 0).enumerated() {
      biases[blockCount + hidden + block] = Scalar(value)
    }
    bias = Tensor(shape: [rowCount], scalars: biases)

    today = LSTMCell(inputSize: inputSize, hiddenSize: hidden, using: &generator)
    let cells = 0..<hidden
    rows = IndexTensor(
      shape: [4 * hidden],
      scalars: cells.map { Int32($0 / blockSize) } + cells.map { _ in Int32(rowCount) }
        + cells.map { Int32(blockCount + $0) }
        + cells.map { Int32(hasOutputGates ? blockCount + hidden + $0 / blockSize : rowCount) })
    func perGate(_ values: [Scalar]) -> [Scalar] { values.flatMap { Array(repeating: $0, count: hidden) } }
    scales = Tensor(shape: [4 * hidden, 1], scalars: perGate([1, 1, 0.5, 1]))
    shifts = Tensor(shape: [4 * hidden], scalars: perGate([0, 100, 0, hasOutputGates ? 0 : 100]))
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&inputWeight, "weight_ih")
    visitor.visit(&recurrentWeight, "weight_hh")
    visitor.visit(&bias, "bias")
  }

  func step(_ input: Tensor<Scalar>, from state: LSTMState<Scalar>) -> LSTMState<Scalar> {
    asToday.step(input, from: state)
  }

  func run(
    _ inputs: Tensor<Scalar>, from state: LSTMState<Scalar>?, lengths: [Int]?, direction: Direction,
    keeping retention: Retention
  ) -> (outputs: Tensor<Scalar>, state: LSTMState<Scalar>) {
    asToday.run(inputs, from: state, lengths: lengths, direction: direction, keeping: retention)
  }

  /// The same function as a cell of today's kind; the gradient passes through to the parameters here.
  private var asToday: LSTMCell<Scalar> {
    func gates(_ weight: Tensor<Scalar>) -> Tensor<Scalar> {
      weight.concatenated(with: Tensor(zeros: [1, weight.shape[1]])).gatheringRows(at: rows) * scales
    }
    var cell = today
    cell.inputWeight = gates(inputWeight)
    cell.recurrentWeight = gates(recurrentWeight)
    cell.inputBias = gates(bias.reshaped(to: [bias.count, 1])).reshaped(to: [4 * hiddenSize]) + shifts
    cell.recurrentBias = Tensor(zeros: [4 * hiddenSize])
    return cell
  }
}
