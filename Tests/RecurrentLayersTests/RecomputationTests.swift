import RecurrentLayers
import RecurrentTensors
import Testing

/// Recomputation in the backward pass: the same bits in less memory.
@Suite struct RecomputationTests {
  typealias Way = Evaluation<Float>.Way

  @Test(arguments: CellKind.ofPackage, Direction.allCases)
  func givesTheSameBits(_ kind: CellKind, direction: Direction) {
    let cell: AnyCell<Float> = randomCell(kind, inputSize: 3, hiddenSize: 9)
    for (time, lengths) in [
      (1, nil), (40, nil), (128, [128, 3]), (129, nil), (200, nil), (200, [130, 200]), (200, [10, 70]), (130, [0, 0]),
    ] {
      let inputs: Tensor<Float> = random([time, 2, 3], seed: 2)
      for state in [nil, randomState(cell, batch: 2)] {
        for isStepwise in [false, true] {
          for isLastStepOnly in [false, true] {
            var way = Way(
              lengths: lengths, direction: direction, isStepwise: isStepwise, isLastStepOnly: isLastStepOnly)
            let kept = Evaluation(cell, inputs, from: state, way)
            way.retention = .segmentStates
            Evaluation(cell, inputs, from: state, way)
              .expectSameBits(as: kept, "\(kind.rawValue), \(time) steps, \(way.testDescription)")
          }
        }
      }
    }
  }

  /// A parameter that is used elsewhere too, a state used twice: sums that could be made in another order.
  @Test(arguments: CellKind.ofPackage)
  func givesTheSameBitsInsideALargerGraph(_ kind: CellKind) {
    let stack: Stacked<AnyCell<Float>> = Stacked([
      randomCell(kind, inputSize: 3, hiddenSize: 5), randomCell(kind, inputSize: 5, hiddenSize: 5, seed: 14),
    ])
    let inputs: Tensor<Float> = random([150, 2, 3], seed: 2)
    func gradient(_ retention: Retention) -> [Tensor<Float>] {
      valueAndGradient(at: stack) { stack in
        let (outputs, state) = stack(inputs, keeping: retention)
        let (more, _) = stack(inputs.sliced(0..<70), from: state, lengths: [70, 20], keeping: retention)
        let hidden = state.layers[1].hidden
        return (outputs.squared()).sum() + (more * 0.3).sum() + (hidden * hidden.tanh()).sum()
      }.gradient.parameters.map(\.tensor)
    }
    for (a, b) in zip(gradient(.activations), gradient(.segmentStates)) { #expect(a.isBitwiseEqual(to: b)) }
  }

  @Test func segmentsCoverTheSequence() {
    for time in [0, 1, 127, 128, 129, 256, 257, 1000, 16384, 16385, 100_000] {
      let segments = Segmentation.segments(time: time)
      #expect(segments.flatMap(Array.init) == Array(0..<time))
      let longest = max(128, Double(time).squareRoot().rounded(.up))
      #expect(segments.allSatisfy { !$0.isEmpty && Double($0.count) <= longest })
    }
  }

  // Memory is measured in processes of their own: the pool counts what all threads hold.

  /// The fused Elman network keeps nothing besides its outputs, with or without recomputation.
  @Test func keepsLittle() async {
    await #expect(processExitsWith: .success) {
      for kind in CellKind.ofPackage where kind != .elman && kind != .elmanRelu {
        let everything = MemoryUse(kind, time: 4096, .activations)
        let little = MemoryUse(kind, time: 4096, .segmentStates)
        #expect(little.kept * 50 < everything.kept, "\(kind.rawValue): \(little) of \(everything)")
        // At the peak a stepped run holds the outputs twice, as they are joined.
        #expect(little.peak * 2 < everything.peak, "\(kind.rawValue): \(little) of \(everything)")
      }
    }
  }

  /// Four times the length, twice the memory.
  @Test func growsWithTheSquareRoot() async {
    await #expect(processExitsWith: .success) {
      for kind in [CellKind.lstm, .gru] {
        let whole = MemoryUse(kind, time: 65536, .segmentStates)
        let quarter = MemoryUse(kind, time: 16384, .segmentStates)
        #expect(whole.kept < 5 * quarter.kept / 2, "\(kind.rawValue): \(whole) after \(quarter)")
        #expect(whole.peak < 5 * quarter.peak / 2, "\(kind.rawValue): \(whole) after \(quarter)")
      }
    }
  }
}

/// What a forward pass leaves in memory until the backward pass, and the peak of both, in bytes, without inputs and
/// outputs.
private struct MemoryUse {
  let kept: Int
  let peak: Int

  init(_ kind: CellKind, time: Int, _ retention: Retention) {
    let cell: AnyCell<Float> = randomCell(kind, inputSize: 3, hiddenSize: 32)
    let inputs: Tensor<Float> = random([time, 2, 3], seed: 2)
    let tape = Tape<Float>()
    let watched = cell.mapParameters { tape.watch($0) }
    let before = MemoryPool.bytesInUse
    MemoryPool.resetPeak()
    let (outputs, state) = watched.run(
      inputs, from: nil, lengths: nil, direction: .forward, keeping: retention)
    let outputBytes = outputs.count * MemoryLayout<Float>.stride
    kept = MemoryPool.bytesInUse - before - outputBytes
    _ = tape.gradients(of: state.hidden.sum(), at: watched.parameters.map(\.tensor))
    peak = MemoryPool.peakBytesInUse - before - outputBytes
    withExtendedLifetime(outputs) {}
  }
}
