import RecurrentLayers
import RecurrentTensors
import Testing

/// The fused kernels against the same cell stepped with tensor operations: outputs, last state, all gradients.
@Suite struct FusedSequenceTests {
  static let fused: [CellKind] = [.lstm, .gru, .elman, .elmanRelu]

  /// Sizes on both sides of the kernels' vector widths.
  struct Sizes: Sendable, CustomTestStringConvertible {
    let time: Int
    let batch: Int
    let input: Int
    let hidden: Int
    var testDescription: String { "\(time) x \(batch) x \(input) x \(hidden)" }
  }

  static let sizes = [
    Sizes(time: 1, batch: 1, input: 1, hidden: 1), Sizes(time: 5, batch: 3, input: 2, hidden: 7),
    Sizes(time: 6, batch: 7, input: 5, hidden: 16), Sizes(time: 4, batch: 13, input: 33, hidden: 17),
    Sizes(time: 3, batch: 2, input: 9, hidden: 65), Sizes(time: 150, batch: 4, input: 3, hidden: 5),
  ]

  private func compare<Scalar: TensorScalar>(_ kind: CellKind, _ sizes: Sizes, _: Scalar.Type, to tolerance: Double) {
    let cell: AnyCell<Scalar> = randomCell(
      kind, inputSize: sizes.input, hiddenSize: sizes.hidden, bound: 1 / Scalar(sizes.hidden).squareRoot())
    let inputs: Tensor<Scalar> = random([sizes.time, sizes.batch, sizes.input], seed: 3)
    let state = randomState(cell, batch: sizes.batch)
    let unequal = (0..<sizes.batch).map { ($0 * 5 + 3) % (sizes.time + 1) }
    for lengths in [nil, unequal] {
      for direction in Direction.allCases {
        for state in [nil, state] {
          for isLastStepOnly in [false, true] {
            var way = Evaluation<Scalar>.Way(
              lengths: lengths, direction: direction, isLastStepOnly: isLastStepOnly)
            let fused = Evaluation(cell, inputs, from: state, way)
            way.isStepwise = true
            fused.expectAgreement(
              with: Evaluation(cell, inputs, from: state, way), to: tolerance,
              "\(kind.rawValue) \(sizes.testDescription) \(way.testDescription)")
          }
        }
      }
    }
  }

  @Test(arguments: fused, sizes)
  func equalsSteppedInDouble(_ kind: CellKind, _ sizes: Sizes) { compare(kind, sizes, Double.self, to: 1e-11) }

  @Test(arguments: fused, sizes)
  func equalsSteppedInFloat(_ kind: CellKind, _ sizes: Sizes) { compare(kind, sizes, Float.self, to: 2e-5) }

  @Test(arguments: fused)
  func isOneRecord(_ kind: CellKind) {
    let tape = Tape<Float>()
    let base: AnyCell<Float> = randomCell(kind)
    let cell = base.mapParameters { tape.watch($0) }
    let before = tape.count
    let (_, state) = cell.run(random([50, 2, 3], seed: 1))
    // A record a result: outputs and the tensors of the state.
    #expect(tape.count - before == 1 + state.tensors.count)
  }
}
