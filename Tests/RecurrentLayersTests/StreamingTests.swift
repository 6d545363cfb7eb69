import AllocationCounter
import RecurrentLayers
import RecurrentTensors
import Testing

/// Stacks that read a stream step by step.
@Suite struct StreamingTests {
  private func stack<Scalar: TensorScalar>(
    _ kind: CellKind, input: Int = 5, hidden: Int = 17, layerCount: Int = 2, isResidual: Bool = false, _: Scalar.Type
  ) -> Stacked<AnyCell<Scalar>> {
    // Gains small enough that rounding errors do not grow from layer to layer.
    let bound = Scalar(min(0.7, 2 / Double(hidden).squareRoot()))
    return Stacked(
      (0..<layerCount).map {
        randomCell(
          kind, inputSize: $0 == 0 ? input : hidden, hiddenSize: hidden, transitionDepth: 2, seed: 11 + UInt64($0),
          bound: bound)
      }, isResidual: isResidual)
  }

  private func compareWithRun<Scalar: TensorScalar>(
    _ stack: Stacked<AnyCell<Scalar>>, batch: Int, to tolerance: Double, _ comment: String
  ) {
    let inputs: Tensor<Scalar> = random([4, batch, stack.inputSize], seed: 1)
    let start = StackedState(layers: stack.layers.map { randomState($0, batch: batch) })
    let (outputs, last) = stack(inputs, from: start)
    var stream = stack.streaming(batchSize: batch)
    stream.state = start
    for t in 0..<4 {
      let difference = relativeDifference(stream.step(inputs.index(t)), outputs.index(t))
      #expect(difference < tolerance, "\(comment): step \(t) differs by \(difference)")
    }
    for (a, b) in zip(stream.state.tensors, last.tensors) {
      #expect(relativeDifference(a, b) < tolerance, "\(comment): last state")
    }
  }

  @Test(arguments: CellKind.ofPackage, [1, 3, 17, 100])
  func stepsEqualTheRun(_ kind: CellKind, hidden: Int) {
    for batch in 1...8 {
      let layerCount = 1 + batch % 3
      let comment = "\(kind.rawValue), hidden \(hidden), batch \(batch), \(layerCount) layers"
      for isResidual in [false, true] {
        let floats = stack(kind, hidden: hidden, layerCount: layerCount, isResidual: isResidual, Float.self)
        compareWithRun(floats, batch: batch, to: 2e-5, comment)
      }
      compareWithRun(stack(kind, hidden: hidden, layerCount: layerCount, Double.self), batch: batch, to: 1e-12, comment)
    }
  }

  @Test(arguments: CellKind.ofPackage)
  func roundedWeightsAreThoseOfARoundedStack(_ kind: CellKind) {
    func check<Scalar: TensorScalar>(_: Scalar.Type) {
      let stack = stack(kind, isResidual: true, Scalar.self)
      let rounded = stack.mapParameters { $0.rank == 2 ? nearestBFloat16($0) : $0 }
      let inputs: Tensor<Scalar> = random([4, 3, 5], seed: 1)
      var stream = stack.streaming(batchSize: 3, weights: .bfloat16)
      var expected = rounded.streaming(batchSize: 3)
      var whole = stack.streaming(batchSize: 3)
      for t in 0..<4 {
        let output = stream.step(inputs.index(t))
        #expect(output.isBitwiseEqual(to: expected.step(inputs.index(t))), "\(kind.rawValue), step \(t)")
        let difference = relativeDifference(output, whole.step(inputs.index(t)))
        #expect(difference > 0 && difference < 0.1, "\(kind.rawValue) is off by \(difference)")
      }
    }
    check(Float.self)
    check(Double.self)
  }

  /// The number with eight significant bits that is nearest to each.
  private func nearestBFloat16<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) -> Tensor<Scalar> {
    Tensor(
      shape: tensor.shape,
      scalars: tensor.scalars.map { x in
        guard x != 0 else { return x }
        let place = Scalar(sign: .plus, exponent: x.exponent - 7, significand: 1)
        return (x / place).rounded(.toNearestOrEven) * place
      })
  }

  @Test(arguments: CellKind.ofPackage)
  func aSavedStateGoesOnAsItWas(_ kind: CellKind) {
    let stack = stack(kind, Float.self)
    let inputs: Tensor<Float> = random([6, 2, 5], seed: 1)
    var stream = stack.streaming(batchSize: 2)
    for t in 0..<3 { stream.step(inputs.index(t)) }
    let saved = stream.state
    let copy = stream.copy()
    let expected = (3..<6).map { stream.step(inputs.index($0)) }

    stream.state = saved
    var other = stack.streaming(batchSize: 2)
    other.state = stack.initialState(batchSize: 2).replacingTensors(with: saved.tensors)
    var copied = copy.copy()
    for (t, output) in zip(3..<6, expected) {
      #expect(stream.step(inputs.index(t)).isBitwiseEqual(to: output), "set again")
      #expect(other.step(inputs.index(t)).isBitwiseEqual(to: output), "set in another stream")
      #expect(copied.step(inputs.index(t)).isBitwiseEqual(to: output), "copied")
    }
    for (a, b) in zip(copy.state.tensors, saved.tensors) {
      #expect(a.isBitwiseEqual(to: b), "a copy does not follow the others")
    }

    var fresh = stack.streaming(batchSize: 2)
    let first = fresh.step(inputs.index(0))
    stream.reset()
    #expect(stream.step(inputs.index(0)).isBitwiseEqual(to: first), "reset")
    #expect(!first.isBitwiseEqual(to: expected[0]))
  }

  @Test(arguments: CellKind.ofPackage)
  func rowsGoOnFromOthersStates(_ kind: CellKind) {
    let stack = stack(kind, Float.self)
    var stream = stack.streaming(batchSize: 4)
    stream.step(random([4, 5], seed: 1))
    let before = stream.state
    let rows = [2, 2, 0, 3]
    stream.reorder(rows: rows)
    for (new, old) in zip(stream.state.tensors, before.tensors) {
      for (row, source) in rows.enumerated() { #expect(new.index(row).isBitwiseEqual(to: old.index(source))) }
    }
    let next: Tensor<Float> = random([4, 5], seed: 2)
    let output = stream.step(next)
    var expected = stack.streaming(batchSize: 4)
    expected.state = before.map { $0.gatheringRows(at: IndexTensor(shape: [4], scalars: rows.map(Int32.init))) }
    #expect(output.isBitwiseEqual(to: expected.step(next)))
  }

  @Test func theBodyReadsWhatATensorHolds() throws {
    let stack = stack(.lstm, Float.self)
    var stream = stack.streaming(batchSize: 2)
    var tensors = stack.streaming(batchSize: 2)
    let input: Tensor<Float> = random([2, 5], seed: 1)
    let output = tensors.step(input)
    let scalars = input.scalars
    #expect(stream.step(scalars.span) { span in span.indices.map { span[$0] } } == output.scalars)

    struct Stopped: Error {}
    #expect(throws: Stopped.self) { try stream.step(scalars.span) { _ throws(Stopped) in throw Stopped() } }
    tensors.step(input)
    // The step had been made when the body threw.
    #expect(stream.state.tensors == tensors.state.tensors)
  }

  @Test func oneCellIsAStackOfOne() {
    let cell: AnyCell<Float> = randomCell(.gru, inputSize: 5, hiddenSize: 9)
    var stream = cell.streaming()
    var stack = Stacked([cell]).streaming()
    let input: Tensor<Float> = random([1, 5], seed: 1)
    #expect(stream.step(input).isBitwiseEqual(to: stack.step(input)))
  }

  /// A cell without a kernel in a stack makes all of it run step by step.
  @Test func cellsOfDifferentKindsMakeAStack() {
    let stack = Stacked([
      randomCell(.lstm, inputSize: 5, hiddenSize: 9), randomCell(.peepholeLSTM, inputSize: 9, hiddenSize: 7),
      randomCell(.gru, inputSize: 7, hiddenSize: 8) as AnyCell<Float>,
    ])
    compareWithRun(stack, batch: 2, to: 2e-5, "lstm, peephole-lstm, gru")
    compareWithRun(Stacked([stack.layers[0], randomCell(.elman, inputSize: 9)]), batch: 2, to: 2e-5, "lstm, elman")
  }

  @Test func streamsOfManyThreadsDoNotDisturbEachOther() async {
    let stack = stack(.lstm, hidden: 150, Float.self)
    let inputs: Tensor<Float> = random([30, 2, 5], seed: 1)
    let expected = stack(inputs).outputs
    await withTaskGroup(of: Double.self) { group in
      for _ in 0..<4 {
        group.addTask {
          var stream = stack.streaming(batchSize: 2)
          return (0..<30).map { relativeDifference(stream.step(inputs.index($0)), expected.index($0)) }.max()!
        }
      }
      for await difference in group { #expect(difference < 2e-5) }
    }
  }

  /// In a process of its own: the number of threads must not change while other tests compute.
  @Test func oneThreadEqualsMany() async {
    await #expect(processExitsWith: .success) {
      for kind in [CellKind.lstm, .gru, .elman] {
        let stack = Stacked([
          randomCell(kind, inputSize: 33, hiddenSize: 200, bound: 0.1) as AnyCell<Float>,
          randomCell(kind, inputSize: 200, hiddenSize: 200, bound: 0.1),
        ])
        let inputs: Tensor<Float> = random([20, 3, 33], seed: 2)
        for weights in WeightPrecision.allCases {
          func outputs(threads: Int) -> [Tensor<Float>] {
            Threads.count = threads
            var stream = stack.streaming(batchSize: 3, weights: weights)
            return (0..<20).map { stream.step(inputs.index($0)) } + stream.state.tensors
          }
          let one = outputs(threads: 1)
          for count in [2, 3] {
            #expect(
              zip(one, outputs(threads: count)).allSatisfy { $0.isBitwiseEqual(to: $1) },
              "\(kind.rawValue), \(weights), \(count) threads")
          }
        }
      }
    }
  }

  /// In a process of its own: other tests allocate at the same time.
  @Test(.enabled(if: allocation_counter_is_available()))
  func aStepAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      for kind in [CellKind.lstm, .gru, .elman] {
        for weights in WeightPrecision.allCases {
          let stack = Stacked(
            [
              randomCell(kind, inputSize: 30, hiddenSize: 150) as AnyCell<Float>,
              randomCell(kind, inputSize: 150, hiddenSize: 150),
            ], isResidual: true)
          var stream = stack.streaming(batchSize: 3, weights: weights)
          let input = random([3, 30], seed: 1).scalars as [Float]
          var total: Float = 0
          func step() { stream.step(input.span) { output in total += output[0] } }
          step()  // the first makes the thread pool

          let (allocations, pooled) = (allocation_count(), MemoryPool.bytesInUse)
          MemoryPool.resetPeak()
          for _ in 0..<100 { step() }
          stream.reset()
          let made = allocation_count() - allocations
          #expect(made == 0, "\(kind.rawValue), \(weights): \(made) allocations in 100 steps")
          #expect(MemoryPool.peakBytesInUse == pooled)

          let before = allocation_count()
          stream.step(Tensor(shape: [3, 30], scalars: input))
          #expect(allocation_count() > before, "the counter does not count")
        }
      }
    }
  }
}
