import RecurrentLayers
import RecurrentTensors
import Testing

/// What must hold of every cell's run, fused or stepped, whatever its equations.
@Suite struct SequencePropertyTests {
  typealias Way = Evaluation<Float>.Way

  static let hidden = 9

  private func cell(_ kind: CellKind) -> AnyCell<Float> {
    randomCell(kind, inputSize: 3, hiddenSize: Self.hidden)
  }

  @Test(arguments: CellKind.ofPackage, [false, true])
  func missingStateIsZeroStateBitForBit(_ kind: CellKind, isStepwise: Bool) {
    let cell = cell(kind)
    let inputs: Tensor<Float> = random([5, 3, 3], seed: 2)
    for direction in Direction.allCases {
      let way = Way(lengths: [5, 0, 2], direction: direction, isStepwise: isStepwise)
      let missing = Evaluation(cell, inputs, from: nil, way)
      let zero = Evaluation(cell, inputs, from: cell.initialState(batchSize: 3), way)
      for (a, b) in zip(missing.all, zero.all) {
        #expect(a.name == b.name)
        #expect(a.tensor.isBitwiseEqual(to: b.tensor), "\(kind.rawValue) \(way.testDescription) \(a.name)")
      }
    }
  }

  @Test(arguments: CellKind.ofPackage, Direction.allCases)
  func paddingNeverMatters(_ kind: CellKind, direction: Direction) {
    let cell = cell(kind)
    let lengths = [4, 0, 6, 1]
    let clean: Tensor<Float> = random([6, 4, 3], seed: 2)
    var dirty = clean
    dirty.withUnsafeMutableScalars { scalars in
      for t in 0..<6 {
        for row in 0..<4 where t >= lengths[row] {
          for feature in 0..<3 { scalars[(t * 4 + row) * 3 + feature] = .nan }
        }
      }
    }
    // More padding at the end, of anything.
    let longer = clean.concatenated(with: Tensor(repeating: .infinity, shape: [3, 4, 3]))
    let state = randomState(cell, batch: 4)
    for isStepwise in [false, true] {
      let way = Way(lengths: lengths, direction: direction, isStepwise: isStepwise)
      let expected = Evaluation(cell, clean, from: state, way)
      Evaluation(cell, dirty, from: state, way).expectSameBits(as: expected, kind.rawValue)

      let (outputs, last) =
        isStepwise
        ? cell.runStepwise(longer, from: state, lengths: lengths, direction: direction)
        : cell.run(longer, from: state, lengths: lengths, direction: direction)
      #expect(outputs.sliced(0..<6).isBitwiseEqual(to: expected.outputs))
      #expect(outputs.sliced(6..<9).isBitwiseEqual(to: Tensor(zeros: [3, 4, Self.hidden])))
      for (a, b) in zip(last.tensors, expected.state) { #expect(a.isBitwiseEqual(to: b)) }

      // Zero outputs past the end, nothing flowing to the inputs there, length 0 leaving the initial state.
      let inputGradient = expected.gradients.first { $0.name == "inputs" }!.tensor.scalars
      for t in 0..<6 {
        for row in 0..<4 where t >= lengths[row] {
          #expect(expected.outputs.index(t).index(row).scalars.allSatisfy { $0 == 0 })
          #expect((0..<3).allSatisfy { inputGradient[(t * 4 + row) * 3 + $0] == 0 })
        }
      }
      for (a, b) in zip(expected.state, state.tensors) { #expect(a.index(1).isBitwiseEqual(to: b.index(1))) }
    }
  }

  @Test(arguments: CellKind.ofPackage, Direction.allCases)
  func permutedBatchPermutesResults(_ kind: CellKind, direction: Direction) {
    let cell = cell(kind)
    let (lengths, order) = ([3, 7, 0, 5, 7], [4, 2, 0, 1, 3])
    let rows = IndexTensor(shape: [5], scalars: order.map(Int32.init))
    let inputs: Tensor<Float> = random([7, 5, 3], seed: 2)
    let state = randomState(cell, batch: 5)
    let permuted = Tensor(stacking: order.map { inputs.index($0, alongAxis: 1) }, alongAxis: 1)
    let (outputs, last) = cell.run(inputs, from: state, lengths: lengths, direction: direction)
    let (others, otherLast) = cell.run(
      permuted, from: state.map { $0.gatheringRows(at: rows) }, lengths: order.map { lengths[$0] },
      direction: direction)
    let expected = Tensor(stacking: order.map { outputs.index($0, alongAxis: 1) }, alongAxis: 1)
    #expect(others.isBitwiseEqual(to: expected))
    for (a, b) in zip(otherLast.tensors, last.tensors) {
      #expect(a.isBitwiseEqual(to: b.gatheringRows(at: rows)))
    }
  }

  @Test(arguments: CellKind.ofPackage)
  func aSequenceIsTheSameAloneAndInABatch(_ kind: CellKind) {
    let cell = cell(kind)
    let inputs: Tensor<Float> = random([7, 5, 3], seed: 2)
    let (outputs, _) = cell.run(inputs, lengths: [3, 7, 0, 5, 7])
    for row in 0..<5 {
      let (alone, _) = cell.run(inputs.sliced(row..<(row + 1), alongAxis: 1), lengths: [[3, 7, 0, 5, 7][row]])
      #expect(relativeDifference(alone, outputs.sliced(row..<(row + 1), alongAxis: 1)) < 1e-6)
    }
  }

  @Test(arguments: CellKind.ofPackage)
  func chunksWithCarriedStateEqualTheWhole(_ kind: CellKind) {
    let cell = cell(kind)
    let inputs: Tensor<Float> = random([9, 4, 3], seed: 2)
    let start = randomState(cell, batch: 4)
    let (whole, last) = cell.run(inputs, from: start)
    var state = start
    var parts: [Tensor<Float>] = []
    for range in [0..<2, 2..<3, 3..<9] {
      let part = cell.run(inputs.sliced(range), from: state)
      parts.append(part.outputs)
      state = part.state
    }
    #expect(Tensor(concatenating: parts).isBitwiseEqual(to: whole))
    for (a, b) in zip(state.tensors, last.tensors) { #expect(a.isBitwiseEqual(to: b)) }
  }

  @Test(arguments: CellKind.ofPackage)
  func chunksWithCarriedStateHaveTheGradientOfTheWhole(_ kind: CellKind) {
    let cell: AnyCell<Double> = randomCell(kind)
    let inputs: Tensor<Double> = random([6, 2, 3], seed: 2)
    let weights: Tensor<Double> = random([6, 2, 4], seed: 3)
    let whole = valueAndGradient(at: cell) { ($0.run(inputs).outputs * weights).sum() }.gradient
    let chunked = valueAndGradient(at: cell) { cell in
      let first = cell.run(inputs.sliced(0..<4))
      let second = cell.run(inputs.sliced(4..<6), from: first.state)
      return (first.outputs.concatenated(with: second.outputs) * weights).sum()
    }.gradient
    for (a, b) in zip(whole.parameters, chunked.parameters) {
      #expect(relativeDifference(a.tensor, b.tensor) < 1e-12, "\(kind.rawValue) \(a.path)")
    }
  }

  @Test(arguments: CellKind.ofPackage)
  func reverseIsForwardOnTheReversedSequence(_ kind: CellKind) {
    let cell = cell(kind)
    let lengths = [4, 0, 6, 1]
    let inputs: Tensor<Float> = random([6, 4, 3], seed: 2)
    let state = randomState(cell, batch: 4)
    let (outputs, last) = cell.run(inputs, from: state, lengths: lengths, direction: .reverse)
    for (row, length) in lengths.enumerated() {
      let sequence = inputs.sliced(row..<(row + 1), alongAxis: 1).sliced(0..<length).reversed(alongAxis: 0)
      let (forward, end) = cell.run(sequence, from: state.map { $0.sliced(row..<(row + 1)) })
      #expect(
        relativeDifference(
          forward.reversed(alongAxis: 0), outputs.sliced(row..<(row + 1), alongAxis: 1).sliced(0..<length)) < 1e-6)
      for (a, b) in zip(end.tensors, last.tensors) { #expect(relativeDifference(a.index(0), b.index(row)) < 1e-6) }
    }
  }

  @Test(arguments: CellKind.ofPackage)
  func emptySequencesAreDefined(_ kind: CellKind) {
    let cell = cell(kind)
    let state = randomState(cell, batch: 2)
    let (outputs, last) = cell.run(Tensor(zeros: [0, 2, 3]), from: state)
    #expect(outputs.shape == [0, 2, Self.hidden])
    for (a, b) in zip(last.tensors, state.tensors) { #expect(a.isBitwiseEqual(to: b)) }
    let (nothing, _) = cell.run(Tensor(zeros: [4, 0, 3]))
    #expect(nothing.shape == [4, 0, Self.hidden])
    let (zeros, unchanged) = cell.run(random([4, 2, 3], seed: 1), from: state, lengths: [0, 0])
    #expect(zeros.isBitwiseEqual(to: Tensor(zeros: [4, 2, Self.hidden])))
    for (a, b) in zip(unchanged.tensors, state.tensors) { #expect(a.isBitwiseEqual(to: b)) }
  }

  @Test(arguments: CellKind.ofPackage)
  func trackedRunGivesTheBitsOfTheUntracked(_ kind: CellKind) {
    let cell = cell(kind)
    let inputs: Tensor<Float> = random([70, 4, 3], seed: 2)
    let tracked = Evaluation(cell, inputs, from: nil)
    #expect(cell.run(inputs).outputs.isBitwiseEqual(to: tracked.outputs))
  }
}
