import RecurrentLayers
import RecurrentTensors
import RecurrentTestSupport
import Testing

/// The gradient of every cell against central differences in `Double`: with respect to inputs, parameters and initial
/// state.
@Suite struct CellGradientTests {
  typealias Way = Evaluation<Double>.Way

  static let ways: [Way] = [
    Way(), Way(direction: .reverse), Way(isLastStepOnly: true), Way(direction: .reverse, isLastStepOnly: true),
    Way(isStepwise: true), Way(direction: .reverse, isStepwise: true),
  ]

  /// Outputs and last state as one vector, or the last state alone.
  private func results(
    of cell: AnyCell<Double>, _ inputs: Tensor<Double>, _ state: AnyState<Double>, _ way: Way
  ) -> Tensor<Double> {
    let (outputs, last) =
      way.isStepwise
      ? cell.runStepwise(
        inputs, from: state, lengths: way.lengths, direction: way.direction, keeping: way.retention)
      : cell.run(inputs, from: state, lengths: way.lengths, direction: way.direction, keeping: way.retention)
    let parts = way.isLastStepOnly ? last.tensors : [outputs] + last.tensors
    return Tensor(concatenating: parts.map { $0.reshaped(to: [$0.count]) })
  }

  private func check(_ kind: CellKind, time: Int, batch: Int, _ way: Way) {
    let cell: AnyCell<Double> = randomCell(kind)
    let inputs: Tensor<Double> = random([time, batch, 3], seed: 1)
    let state = randomState(cell, batch: batch)
    let error = gradientError(at: cell, [inputs] + state.tensors) { cell, arguments in
      results(of: cell, arguments[0], state.replacingTensors(with: Array(arguments.dropFirst())), way)
    }
    #expect(error < 1e-6, "\(kind.rawValue), \(time) steps, \(way.testDescription): \(error)")
  }

  @Test(arguments: CellKind.ofPackage, [1, 3, 6])
  func equalLengths(_ kind: CellKind, time: Int) {
    for way in Self.ways { check(kind, time: time, batch: 2, way) }
  }

  @Test(arguments: CellKind.ofPackage, Direction.allCases)
  func unequalLengths(_ kind: CellKind, direction: Direction) {
    for lengths in [[4, 0, 6, 1], [2, 3, 0, 3]] {
      for isStepwise in [false, true] {
        for isLastStepOnly in [false, true] {
          check(
            kind, time: 6, batch: 4,
            Way(
              lengths: lengths, direction: direction, isStepwise: isStepwise, isLastStepOnly: isLastStepOnly))
        }
      }
    }
  }

  @Test(arguments: CellKind.ofPackage)
  func recomputation(_ kind: CellKind) {
    check(kind, time: 3, batch: 2, Way(lengths: [3, 1], retention: .segmentStates))
    check(kind, time: 3, batch: 2, Way(direction: .reverse, retention: .segmentStates, isStepwise: true))
  }

  @Test(arguments: CellKind.ofPackage)
  func droppedConnections(_ kind: CellKind) {
    let cell: AnyCell<Double> = randomCell(kind)
    let inputs: Tensor<Double> = random([3, 2, 3], seed: 1)
    let error = gradientError(at: cell, [inputs]) { cell, arguments in
      var generator = RandomGenerator(seed: 5)
      return cell.droppingConnections(rate: 0.4, using: &generator).run(arguments[0]).outputs
    }
    #expect(error < 1e-6)
  }

  @Test(arguments: CellKind.ofPackage)
  func oneStep(_ kind: CellKind) {
    let cell: AnyCell<Double> = randomCell(kind)
    let state = randomState(cell, batch: 2)
    let error = gradientError(at: cell, [random([2, 3], seed: 1)] + state.tensors) { cell, arguments in
      let next = cell.step(arguments[0], from: state.replacingTensors(with: Array(arguments.dropFirst())))
      return Tensor(concatenating: next.tensors)
    }
    #expect(error < 1e-6)
  }
}
