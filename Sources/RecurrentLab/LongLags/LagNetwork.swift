import RecurrentLayers
import RecurrentTensors

/// A recurrent layer with an output layer, as all problems have it.
struct LagNetwork: Module {
  typealias Scalar = Float

  var rnn: AnyCell<Float>
  var output: Linear<Float>
  /// From the inputs to the outputs, past the recurrent layer, where the problem's network has that.
  var direct: Linear<Float>?

  mutating func visitParameters(_ visitor: inout some ParameterVisitor<Float>) {
    visitor.visit(&rnn, "rnn")
    visitor.visit(&output, "output")
    visitor.visit(&direct, "direct")
  }

  /// The network of a kind for a problem: of the paper's size, the original cell; of `units` units, the others.
  init(_ kind: NetworkKind, for problem: any LagProblem, units: Int, using generator: inout RandomGenerator) {
    if kind == .original {
      let paper = problem.paperNetwork
      rnn = AnyCell(
        OriginalLSTMCell(
          inputSize: problem.inputSize, blockCount: paper.blocks, blockSize: paper.blockSize, range: paper.range,
          inputGateBiases: paper.inputGateBiases, outputGateBiases: paper.outputGateBiases, hasOutputGates: paper.hasOutputGates, using: &generator))
    } else {
      rnn = kind.makeCell(inputSize: problem.inputSize, units: units, lag: problem.lag, using: &generator)
    }
    output = Linear(inputSize: rnn.hiddenSize, outputSize: problem.outputSize, using: &generator)
    if problem.isDirect {
      direct = Linear(inputSize: problem.inputSize, outputSize: problem.outputSize, hasBias: false, using: &generator)
    }
  }

  /// The loss to learn from, and the error of each sequence, by which it is judged: the largest distance of an output from
  /// what it should be, where that is asked.
  func loss(_ batch: LagBatch) -> (loss: Tensor<Float>, errors: [Double]) {
    let (outputs, state) = rnn.run(batch.inputs, lengths: batch.lengths)
    switch batch.targets {
    case .number(let targets):
      let answers = last(batch, state).reshaped(to: [targets.count])
      let distances = answers - Tensor(shape: [targets.count], scalars: targets)
      return (distances.squared().mean(), distances.detached().scalars.map { abs(Double($0)) })
    case .label(let targets):
      let scores = last(batch, state)
      let indices = IndexTensor(shape: [targets.count], scalars: targets)
      return (crossEntropy(logits: scores, targets: indices), Self.errors(scores, targets))
    case .labels(let targets):
      let scores = all(batch, outputs)  // [time, batch, classes]
      let flat = Self.errors(scores, targets.scalars)
      let sequences = targets.shape[1]
      let errors = (0..<sequences).map { sequence in
        stride(from: sequence, to: flat.count, by: sequences).reduce(0.0) { max($0, flat[$1]) }
      }
      return (crossEntropy(logits: scores, targets: targets, ignoring: -1), errors)
    }
  }

  /// The probabilities of the classes after every step, `[time, batch, classes]`.
  func probabilities(_ batch: LagBatch) -> Tensor<Float> {
    all(batch, rnn.run(batch.inputs, lengths: batch.lengths).outputs).softmax()
  }

  /// The answers after every step.
  private func all(_ batch: LagBatch, _ outputs: Tensor<Float>) -> Tensor<Float> {
    direct.map { output(outputs) + $0(batch.inputs) } ?? output(outputs)
  }

  /// The answers after the last step.
  private func last(_ batch: LagBatch, _ state: AnyState<Float>) -> Tensor<Float> {
    guard let direct else { return output(state.hidden) }
    check(batch.lengths == nil, "a direct way to the outputs is for sequences of one length")
    return output(state.hidden) + direct(batch.inputs.index(batch.inputs.shape[0] - 1))
  }

  /// The largest distance of a probability from 1 at the target and 0 elsewhere, for each row; 0 where nothing is asked.
  private static func errors(_ scores: Tensor<Float>, _ targets: [Int32]) -> [Double] {
    let probabilities = scores.detached().softmax()
    let classes = scores.shape[scores.rank - 1]
    return probabilities.withUnsafeScalars { values in
      targets.enumerated().map { row, target in
        guard target >= 0 else { return 0 }
        // The others sum to 1 minus the target's, so none of them is farther from 0 than the target from 1.
        return 1 - Double(values[row * classes + Int(target)])
      }
    }
  }
}
