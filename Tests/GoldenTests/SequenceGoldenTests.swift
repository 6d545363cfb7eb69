import Recurrent
import Testing

/// Whole sequences agree with `torch.nn.RNN`, `LSTM` and `GRU`: outputs, final states and the gradients of the
/// inputs, the initial states and all parameters; 1 to 3 layers, one and both directions, equal and unequal
/// lengths, non-zero initial states, input size different from hidden size, in Float and in Double.
@Suite struct SequenceGoldenTests {
  enum Lengths: String, CaseIterable { case equal, unequal }

  struct Extent: Sendable, CustomTestStringConvertible {
    var layerCount: Int
    var isBidirectional: Bool
    var testDescription: String { "\(layerCount)-\(isBidirectional ? "bidirectional" : "forward")" }

    static let all = [1, 2, 3].flatMap { count in
      [false, true].map { Extent(layerCount: count, isBidirectional: $0) }
    }
  }

  @Test(arguments: Extent.all, Lengths.allCases)
  func elmanTanhAgrees(extent: Extent, lengths: Lengths) throws {
    try check("rnn-tanh", extent, lengths) {
      ElmanCell<Float>(inputSize: $0, hiddenSize: $1, activation: .tanh, using: &$2)
    }
    try check("rnn-tanh", extent, lengths) {
      ElmanCell<Double>(inputSize: $0, hiddenSize: $1, activation: .tanh, using: &$2)
    }
  }

  @Test(arguments: Extent.all, Lengths.allCases)
  func elmanReluAgrees(extent: Extent, lengths: Lengths) throws {
    try check("rnn-relu", extent, lengths) {
      ElmanCell<Float>(inputSize: $0, hiddenSize: $1, activation: .relu, using: &$2)
    }
    try check("rnn-relu", extent, lengths) {
      ElmanCell<Double>(inputSize: $0, hiddenSize: $1, activation: .relu, using: &$2)
    }
  }

  @Test(arguments: Extent.all, Lengths.allCases)
  func lstmAgrees(extent: Extent, lengths: Lengths) throws {
    try check("lstm", extent, lengths) { LSTMCell<Float>(inputSize: $0, hiddenSize: $1, using: &$2) }
    try check("lstm", extent, lengths) { LSTMCell<Double>(inputSize: $0, hiddenSize: $1, using: &$2) }
  }

  @Test(arguments: Extent.all, Lengths.allCases)
  func gruAgrees(extent: Extent, lengths: Lengths) throws {
    try check("gru", extent, lengths) { GRUCell<Float>(inputSize: $0, hiddenSize: $1, using: &$2) }
    try check("gru", extent, lengths) { GRUCell<Double>(inputSize: $0, hiddenSize: $1, using: &$2) }
  }

  /// Runs every network of the case's extent with the cells that `makeCell(inputSize, hiddenSize, &generator)` gives.
  private func check<Cell: RecurrentCell>(
    _ kind: String, _ extent: Extent, _ lengths: Lengths, makeCell: (Int, Int, inout RandomGenerator) -> Cell
  ) throws {
    let golden = try Golden(kind, case: "\(extent.testDescription)-\(lengths.rawValue)")
    let inputSize = try golden.tensor("input", as: Float.self).shape[2]
    let hiddenSize = try golden.tensor("parameter/weight_hh_l0", as: Float.self).shape[1]
    let directions = extent.isBidirectional ? 2 : 1
    var generator = RandomGenerator(seed: 1)
    func layer(_ index: Int) -> Cell {
      makeCell(index == 0 ? inputSize : directions * hiddenSize, hiddenSize, &generator)
    }
    let indices = 0..<extent.layerCount
    if extent.isBidirectional {
      try check(StackedBidirectional(indices.map { Bidirectional(forward: layer($0), reverse: layer($0)) }), golden)
      if extent.layerCount == 1 { try check(Bidirectional(forward: layer(0), reverse: layer(0)), golden) }
    } else {
      try check(Stacked(indices.map(layer)), golden)
      if extent.layerCount == 1 { try check(Unrolled(layer(0)), golden) }
    }
  }

  private func check<Network: GoldenNetwork>(_ network: Network, _ golden: Golden) throws {
    for retention in Retention.allCases { try check(network, golden, keeping: retention) }
  }

  private func check<Network: GoldenNetwork>(
    _ network: Network, _ golden: Golden, keeping retention: Retention
  ) throws {
    typealias Scalar = Network.Scalar
    let what = "\(Network.self), keeping \(retention)"
    let stateNames = golden.has("c0") ? ["h", "c"] : ["h"]
    let lengths = golden.has("lengths") ? try golden.indices("lengths").scalars.map(Int.init) : nil

    let tape = Tape<Scalar>()
    let tracked = try golden.parameters(for: network).mapParameters { tape.watch($0) }
    let inputs = tape.watch(try golden.tensor("input"))  // [time, batch, input]
    // [layers * directions, batch, hidden]
    let initial = try stateNames.map { tape.watch(try golden.tensor("\($0)0")) }

    // A cell's tensors (hidden, then cell state) stand together; cells as PyTorch's rows, forward before reverse.
    let rows = 0..<initial[0].shape[0]
    let (outputs, final) = tracked.run(
      inputs, from: rows.flatMap { row in initial.map { $0.index(row) } }, lengths: lengths, keeping: retention)
    #expect(final.count == rows.count * stateNames.count)
    let finals = stateNames.indices.map { part in
      Tensor(stacking: rows.map { final[$0 * stateNames.count + part] })
    }
    expect(outputs.detached(), agreesWith: try golden.tensor("output"), "\(what): output")
    for (name, tensor) in zip(stateNames, finals) {
      expect(tensor.detached(), agreesWith: try golden.tensor("\(name)n"), "\(what): \(name)n")
    }

    var loss = (outputs * (try golden.tensor("cotangent/output"))).sum()
    for (name, tensor) in zip(stateNames, finals) {
      loss = loss + (tensor * (try golden.tensor("cotangent/\(name)n"))).sum()
    }
    let variables =
      [("input", inputs)] + zip(stateNames.map { "\($0)0" }, initial) + tracked.parameters.map { ($0.path, $0.tensor) }
    let gradients = tape.gradients(of: loss, at: variables.map(\.1))
    for (variable, gradient) in zip(variables, gradients) {
      let name = "gradient/\(variable.0)"
      expect(gradient, agreesWith: try golden.tensor(name), "\(what): \(name)")
    }
  }
}

/// A recurrent network as PyTorch sees one: states as a list of `[batch, hidden]`.
private protocol GoldenNetwork: Module {
  func run(
    _ inputs: Tensor<Scalar>, from state: [Tensor<Scalar>], lengths: [Int]?, keeping retention: Retention
  ) -> (outputs: Tensor<Scalar>, state: [Tensor<Scalar>])
}

extension Unrolled: GoldenNetwork {
  func run(
    _ inputs: Tensor<Scalar>, from state: [Tensor<Scalar>], lengths: [Int]?, keeping retention: Retention
  ) -> (outputs: Tensor<Scalar>, state: [Tensor<Scalar>]) {
    let start = cell.initialState(batchSize: inputs.shape[1]).replacingTensors(with: state)
    let (outputs, last) = self(inputs, from: start, lengths: lengths, keeping: retention)
    return (outputs, last.tensors)
  }
}

extension Stacked: GoldenNetwork {
  func run(
    _ inputs: Tensor<Scalar>, from state: [Tensor<Scalar>], lengths: [Int]?, keeping retention: Retention
  ) -> (outputs: Tensor<Scalar>, state: [Tensor<Scalar>]) {
    let start = initialState(batchSize: inputs.shape[1]).replacingTensors(with: state)
    let (outputs, last) = self(inputs, from: start, lengths: lengths, keeping: retention)
    return (outputs, last.tensors)
  }
}

extension Bidirectional: GoldenNetwork {
  func run(
    _ inputs: Tensor<Scalar>, from state: [Tensor<Scalar>], lengths: [Int]?, keeping retention: Retention
  ) -> (outputs: Tensor<Scalar>, state: [Tensor<Scalar>]) {
    let start = initialState(batchSize: inputs.shape[1]).replacingTensors(with: state)
    let (outputs, last) = self(inputs, from: start, lengths: lengths, keeping: retention)
    return (outputs, last.tensors)
  }
}
