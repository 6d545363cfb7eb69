public import RecurrentTensors

/// A recurrent network from vectors to vectors in any of the five arrangements: the same layers, and one value that says where inputs
/// enter and answers are read.
///
///     h[t] = encoder(x[t])           x[t] = (input, 1) while inputs last, then zeros
///     y[k] = output(h[first + k])
///
/// The 1 beside an input tells a measured zero from none; it is there only in arrangements with steps without an input.
///
/// - Parameters: `encoder.*`, those of `SequenceEncoder`; `output.weight` `[output, features]`, `output.bias` `[output]`.
///
/// ```swift
/// import RecurrentLayers
/// import RecurrentTensors
///
/// var generator = RandomGenerator(seed: 1)
/// let network = ArrangedNetwork<LSTMCell<Float>>(
///   .oneToMany, inputSize: 3, outputSize: 1, hiddenSize: 16, layerCount: 1, using: &generator
/// ) { inputSize, generator in LSTMCell(inputSize: inputSize, hiddenSize: 16, using: &generator) }
/// let curves = network(Tensor(ones: [1, 2, 3]), outputCounts: [40, 25])  // [40, 2, 1], the second zero from step 25 on
/// ```
public struct ArrangedNetwork<Cell: RecurrentCell>: Module {
  public typealias Scalar = Cell.Scalar

  /// Where inputs enter and answers are read.
  public let arrangement: Arrangement
  /// Numbers of an input.
  public let inputSize: Int
  /// The recurrent layers.
  public var encoder: SequenceEncoder<Cell>
  /// What makes an answer of a state.
  public var output: Linear<Scalar>

  /// A network of `layerCount` layers of `hiddenSize` units, in each direction where it is bidirectional.
  ///
  /// - Parameter makeCell: A cell of a number of inputs; called layer by layer.
  public init(
    _ arrangement: Arrangement, inputSize: Int, outputSize: Int, hiddenSize: Int, layerCount: Int, isBidirectional: Bool = false,
    using generator: inout RandomGenerator, makeCell: (_ inputSize: Int, _ generator: inout RandomGenerator) -> Cell
  ) {
    self.arrangement = arrangement
    self.inputSize = inputSize
    encoder = SequenceEncoder(
      inputSize: inputSize + (arrangement.hasEmptySteps ? 1 : 0), hiddenSize: hiddenSize, layerCount: layerCount,
      isBidirectional: isBidirectional
    ) { makeCell($0, &generator) }
    output = Linear(inputSize: encoder.outputSize, outputSize: outputSize, using: &generator)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor<Scalar>) {
    visitor.visit(&encoder, "encoder")
    visitor.visit(&output, "output")
  }

  /// The answers to a batch.
  ///
  /// - Parameters:
  ///   - inputs: `[time, batch, input]`.
  ///   - lengths: How many inputs each has; nil: as many as the batch.
  ///   - outputCounts: How many answers each is asked for; nil: as many as follow from its inputs.
  ///   - between: What becomes of the features that pass from layer to layer, and then of those that the output layer reads, such
  ///     as dropout.
  /// - Returns: `[answers, batch, output]`, zero past the last answer of each.
  /// - Precondition: the arrangement accepts each number of inputs with its number of answers.
  public func callAsFunction(
    _ inputs: Tensor<Scalar>, lengths: [Int]? = nil, outputCounts: [Int]? = nil,
    between: (Tensor<Scalar>) -> Tensor<Scalar> = { $0 }
  ) -> Tensor<Scalar> {
    check(
      inputs.rank == 3 && inputs.shape[2] == inputSize,
      "ArrangedNetwork: inputs of the shape \(inputs.shape), and it reads [time, batch, \(inputSize)]")
    let batch = inputs.shape[1]
    let lengths = lengths ?? [Int](repeating: inputs.shape[0], count: batch)
    let counts = outputCounts ?? lengths.map { arrangement.outputCount(inputCount: $0) ?? 0 }
    check(
      lengths.count == batch && counts.count == batch
        && zip(lengths, counts).allSatisfy { arrangement.accepts(inputCount: $0, outputCount: $1) },
      "ArrangedNetwork: \(arrangement.rawValue) of \(lengths) inputs and \(counts) answers")
    let steps = zip(lengths, counts).map { arrangement.stepCount(inputCount: $0, outputCount: $1) }
    let (outputs, _) = encoder(
      padded(inputs, lengths: lengths, to: steps.max() ?? 0), lengths: steps, between: between)
    let read = answers(outputs, lengths: lengths, counts: counts)
    return masked(output(between(read)), counts: counts)
  }

  /// What the layers read: `[steps, batch, features]`, with the mark of an input beside it where some steps have none.
  ///
  /// - Parameters:
  ///   - inputs: `[time, batch, input]`.
  ///   - lengths: How many inputs each has.
  ///   - stepCount: The steps of the longest run, as `Arrangement.stepCount` has them.
  public func padded(_ inputs: Tensor<Scalar>, lengths: [Int], to stepCount: Int) -> Tensor<Scalar> {
    guard arrangement.hasEmptySteps else { return inputs.sliced(0..<stepCount) }
    let (time, batch) = (inputs.shape[0], inputs.shape[1])
    let marks = Tensor<Scalar>(
      shape: [time, batch, 1], scalars: (0..<time).flatMap { step in lengths.map { step < $0 ? 1 : 0 } })
    // What stands past an end may be anything; an empty step has zeros.
    let known = Tensor(zeros: inputs.shape).replacing(with: inputs, where: marks.broadcast(to: inputs.shape))
    let marked = known.concatenated(with: marks, alongAxis: 2)
    if stepCount <= time { return marked.sliced(0..<stepCount) }
    return Tensor(concatenating: [marked, Tensor(zeros: [stepCount - time, batch, inputSize + 1])])
  }

  /// The states that answers are made of, `[answers, batch, features]`; past the last of each stand others, which `masked` takes away.
  private func answers(_ outputs: Tensor<Scalar>, lengths: [Int], counts: [Int]) -> Tensor<Scalar> {
    let (time, batch, features) = (outputs.shape[0], outputs.shape[1], outputs.shape[2])
    let first = lengths.map { arrangement.firstOutput(inputCount: $0) }
    let longest = counts.max() ?? 0
    // The usual case: all begin together, and a slice will do.
    if Set(first).count == 1 { return outputs.sliced(first[0]..<first[0] + longest) }
    let rows = (0..<longest).flatMap { answer in
      (0..<batch).map { Int32(min(first[$0] + answer, time - 1) * batch + $0) }
    }
    return outputs.reshaped(to: [time * batch, features]).gatheringRows(at: IndexTensor(shape: [rows.count], scalars: rows))
      .reshaped(to: [longest, batch, features])
  }

  private func masked(_ answers: Tensor<Scalar>, counts: [Int]) -> Tensor<Scalar> {
    if counts.allSatisfy({ $0 == answers.shape[0] }) { return answers }
    let mask = Tensor<Scalar>(
      shape: [answers.shape[0], counts.count, 1],
      scalars: (0..<answers.shape[0]).flatMap { step in counts.map { step < $0 ? 1 : 0 } })
    return answers * mask
  }
}
