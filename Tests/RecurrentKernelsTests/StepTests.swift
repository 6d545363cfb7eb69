#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import RecurrentKernels
import Testing

/// Single steps of stacks against the naive form of each layer's sequence.
extension KernelTests {
  @Suite struct StepTests {
    static let weights = [rk_whole_weights, rk_bfloat16_weights]

    @Test(arguments: FusedCell.allCases, [1, 3, 17, 64, 65, 100])
    func equalsTheNaiveForm(cell: FusedCell, hidden: Int) {
      for (position, batch) in [1, 2, 3, 4, 5, 6, 7, 8, 30].enumerated() {
        for isRounded in [false, true] {
          let steps = Steps(
            cell: cell, time: 3, batch: batch, input: [1, 5, 64][(position + hidden) % 3], hidden: hidden,
            layerCount: 1 + position % 3, addsInput: position % 2 == 1, isRounded: isRounded)
          expectNaiveResults(steps, Float.self)
          expectNaiveResults(steps, Double.self)
        }
      }
    }

    /// Large enough that threads share it; every cell's panels are divided unevenly.
    @Test(arguments: FusedCell.allCases)
    func largeStepsEqualTheNaiveForm(cell: FusedCell) {
      for (batch, hidden) in [(1, 250), (2, 330), (7, 200), (25, 140)] {
        for isRounded in [false, true] {
          let steps = Steps(
            cell: cell, time: 2, batch: batch, input: 131, hidden: hidden, layerCount: 2, addsInput: true,
            isRounded: isRounded)
          expectNaiveResults(steps, Float.self)
        }
      }
    }

    /// Between the steps the workers fall asleep, and are not woken for so little.
    @Test func stepsWithPausesEqualTheNaiveForm() {
      let steps = Steps(
        cell: .lstm, time: 20, batch: 1, input: 131, hidden: 150, layerCount: 3, addsInput: false, isRounded: false,
        pause: 500)
      expectNaiveResults(steps, Float.self)
    }

    @Test(arguments: FusedCell.allCases) func otherRowsDoNotMatter(cell: FusedCell) {
      onEveryInstructionSet { set in
        for batch in [2, 7, 8, 26] {
          for isRounded in [false, true] {
            let all = Steps(
              cell: cell, time: 2, batch: batch, input: 7, hidden: 37, layerCount: 2, addsInput: false,
              isRounded: isRounded)
            let expected = StepResults<Float>(all)
            for row in [0, batch - 1] {
              var alone = all
              alone.row = row
              let outputs = rows(of: expected.outputs, width: 37, from: row, every: batch)
              #expect(
                sameBits(StepResults<Float>(alone).outputs, outputs), "row \(row) of \(all), \(name(of: set))")
            }
          }
        }
      }
    }

    /// A relu network with one unit, whose state has no weight, puts out its input weight, or with the input -1 the
    /// negative of it.
    @Test func bfloat16IsTheNearestNumber() {
      let cases: [(Float, Float)] = [
        (0, 0), (1, 1), (1.00390625, 1),  // half a place above an even number: down
        (1.01171875, 1.015625),  // half a place above an odd one: up
        (1.0039064, 1.0078125), (1.0039, 1), (3.3895e38, 3.3895314e38), (3.4e38, .infinity), (.infinity, .infinity),
        (Float(bitPattern: 0x0001_8000), Float(bitPattern: 0x0002_0000)),  // subnormal, to the even one
        (Float(bitPattern: 0x0000_8000), 0),
      ]
      onEveryInstructionSet { set in
        for (weight, expected) in cases {
          #expect(Self.outputOfWeight(weight) == expected, "\(weight), \(name(of: set))")
          #expect(Self.outputOfWeight(Double(weight)) == Double(expected), "\(weight), \(name(of: set))")
          #expect(Self.outputOfWeight(-weight, input: -1) == expected, "\(-weight), \(name(of: set))")
          #expect(Self.outputOfWeight(-Double(weight), input: -1) == Double(expected), "\(-weight), \(name(of: set))")
        }
        // Just above half a place: rounded to a float first, it would be half a place exactly.
        #expect(Self.outputOfWeight(1.00390625 + 0x1p-40) == 1.0078125, "\(name(of: set))")
        #expect(Self.outputOfWeight(1.01171875 - 0x1p-40) == 1.0078125, "\(name(of: set))")
        #expect(Self.outputOfWeight(1e300) == .infinity && Self.outputOfWeight(1e-300) == 0, "\(name(of: set))")
        #expect(Self.outputOfWeight(-1.00390625 - 0x1p-40, input: -1) == 1.0078125, "\(name(of: set))")
        #expect(Self.outputOfWeight(-1e-300, input: -1) == 0, "\(name(of: set))")
        #expect(Self.outputOfWeight(Float.nan).isNaN)
        #expect(Self.outputOfWeight(Float(bitPattern: 0x7F80_0001)).isNaN, "a NaN whose upper half is infinity's")
      }
    }

    private static func outputOfWeight<T: StepScalar>(_ weight: T, input: T = 1) -> T {
      let packed = UnsafeMutableRawPointer.allocate(
        byteCount: T.stepKernels.packedBytes(rk_elman_relu, rk_bfloat16_weights, 1, 1), alignment: 64)
      defer { packed.deallocate() }
      T.stepKernels.pack(rk_elman_relu, rk_bfloat16_weights, 1, 1, [weight], [0], [0], [0], packed)
      var (h, next): ([T], [T]) = ([0], [0])
      return h.withUnsafeMutableBufferPointer { h in
        next.withUnsafeMutableBufferPointer { next in
          var layer = rk_step_layer(
            cell: rk_elman_relu, weights: rk_bfloat16_weights, input: 1, hidden: 1, packed: packed, h: h.baseAddress,
            next_h: next.baseAddress, c: nil, backwards: false, y: nil)
          return T.stepKernels.step(&layer, 1, 1, [input])![0]
        }
      }
    }

    private func expectNaiveResults<T: StepScalar>(_ steps: Steps, _: T.Type) {
      let expected = steps.naive(T.self)
      onEveryInstructionSet { set in
        var first: StepResults<T>?
        withEveryThreadCount { threads in
          let result = StepResults<T>(steps)
          if let first {
            #expect(
              zip(result.all, first.all).allSatisfy { sameBits($0, $1) },
              "\(steps), \(T.self), \(name(of: set)): \(threads) threads give other bits")
            return
          }
          first = result
          for (actual, expected) in zip(result.all, expected.all) {
            let tolerance = 20 * T.tolerance * max(1, expected.reduce(0) { max($0, abs(Double($1))) })
            expectClose(actual, expected, tolerance: tolerance, "\(steps), \(T.self), \(name(of: set))")
          }
        }
      }
    }
  }
}

/// A stack and what it reads.
private struct Steps {
  var cell: FusedCell
  var time, batch, input, hidden, layerCount: Int
  /// Whether each layer but the lowest adds its input to its output.
  var addsInput: Bool
  /// Whether the weights are bfloat16.
  var isRounded: Bool
  /// Microseconds before each step.
  var pause: UInt32 = 0
  /// The only row to be read, instead of the whole batch.
  var row: Int?

  /// Weights and initial states of a layer; the inputs too, those of the lowest layer.
  func layer<T: StepScalar>(_ index: Int, _: T.Type) -> SequenceInputs<T> {
    var inputs = SequenceInputs<T>(
      SequenceShape(
        cell: cell, time: time, batch: batch, input: index == 0 ? input : hidden, hidden: hidden))
    // Other weights in each layer.
    let turn = (7 * index) % max(1, inputs.wHH.count)
    inputs.wHH = Array(inputs.wHH[turn...] + inputs.wHH[..<turn])
    if let row {
      inputs.x = rows(of: inputs.x, width: index == 0 ? input : hidden, from: row, every: batch)
      inputs.h0 = inputs.h0.map { rows(of: $0, width: hidden, from: row, every: batch) }
      inputs.c0 = inputs.c0.map { rows(of: $0, width: hidden, from: row, every: batch) }
    }
    return inputs
  }

  /// Layer by layer over the whole sequence, with weights that are rounded beforehand.
  func naive<T: StepScalar>(_: T.Type) -> StepResults<T> {
    var results = StepResults<T>()
    var below = layer(0, T.self).x
    for index in 0..<layerCount {
      var inputs = layer(index, T.self)
      if isRounded {
        inputs.wIH = inputs.wIH.map { T(nearestBFloat16(Double($0))) }
        inputs.wHH = inputs.wHH.map { T(nearestBFloat16(Double($0))) }
      }
      inputs.x = below
      let shape = SequenceShape(
        cell: cell, time: time, batch: batch, input: index == 0 ? input : hidden, hidden: hidden, hasGradients: false)
      let result = naiveSequence(shape, inputs)
      below = addsInput && index > 0 ? zip(result.y, below).map { $0 + $1 } : result.y
      results.states += [result.hn] + (cell == .lstm ? [result.cn] : [])
    }
    results.outputs = below
    return results
  }
}

/// The rows `first`, `first + step`, ... of a matrix.
private func rows<T>(of matrix: [T], width: Int, from first: Int, every step: Int) -> [T] {
  var result: [T] = []
  for start in stride(from: first * width, to: matrix.count, by: step * width) {
    result += matrix[start..<start + width]
  }
  return result
}

/// The number with eight significant bits that is nearest, of two the one with an even last bit.
private func nearestBFloat16(_ x: Double) -> Double {
  guard x != 0 else { return x }
  let place = Double(sign: .plus, exponent: x.exponent - 7, significand: 1)
  return (x / place).rounded(.toNearestOrEven) * place
}

/// What steps give: the outputs of the top layer `[time, batch, hidden]`, and the last states, layer by layer.
private struct StepResults<T: StepScalar> {
  var outputs: [T] = []
  var states: [[T]] = []

  var all: [[T]] { [outputs] + states }

  init() {}

  /// The kernel's.
  init(_ s: Steps) {
    let batch = s.row == nil ? s.batch : 1
    let kernels = T.stepKernels
    let weights = s.isRounded ? rk_bfloat16_weights : rk_whole_weights
    let cell = s.cell.stepCell
    let count = batch * s.hidden
    var memory: [GuardedMemory<T>] = []
    func block(_ values: [T]?) -> UnsafeMutableRawPointer {
      let block = GuardedMemory<T>(count: count)
      if let values { block.pointer.update(from: values, count: count) }
      memory.append(block)
      return UnsafeMutableRawPointer(block.pointer)
    }
    var layers = (0..<s.layerCount).map { index in
      let inputs = s.layer(index, T.self)
      let input = index == 0 ? s.input : s.hidden
      let bytes = kernels.packedBytes(cell, weights, input, s.hidden)
      let packed = GuardedMemory<T>(count: (bytes + MemoryLayout<T>.stride - 1) / MemoryLayout<T>.stride)
      memory.append(packed)
      kernels.pack(cell, weights, input, s.hidden, inputs.wIH, inputs.wHH, inputs.bIH, inputs.bHH, packed.pointer)
      return rk_step_layer(
        cell: cell, weights: weights, input: input, hidden: s.hidden, packed: packed.pointer, h: block(inputs.h0),
        next_h: block(nil), c: s.cell == .lstm ? block(inputs.c0) : nil, backwards: index % 2 == 1,
        y: s.addsInput && index > 0 ? block(nil) : nil)
    }
    let x = s.layer(0, T.self).x
    for t in 0..<s.time {
      if s.pause > 0 { usleep(s.pause) }
      x.withUnsafeBufferPointer { x in
        let output = kernels.step(&layers, layers.count, batch, x.baseAddress! + t * batch * s.input)
        outputs += UnsafeBufferPointer(start: output, count: count)
      }
    }
    for layer in layers {
      for state in [layer.h, layer.c].compactMap({ $0 }) {
        states.append(Array(UnsafeBufferPointer(start: state.assumingMemoryBound(to: T.self), count: count)))
      }
    }
    for block in memory { _ = block.scalars }
  }
}

// MARK: - Scalars

extension FusedCell {
  fileprivate var stepCell: rk_cell {
    switch self {
    case .lstm: rk_lstm
    case .gru: rk_gru
    case .elmanTanh: rk_elman_tanh
    case .elmanRelu: rk_elman_relu
    }
  }
}

/// The functions of steps for one scalar type.
private struct StepKernels<T>: Sendable {
  var packedBytes: @Sendable (rk_cell, rk_weights, Int, Int) -> Int
  var pack:
    @Sendable (
      rk_cell, rk_weights, Int, Int, UnsafePointer<T>?, UnsafePointer<T>?, UnsafePointer<T>?, UnsafePointer<T>?,
      UnsafeMutableRawPointer?
    ) -> Void
  var step: @Sendable (UnsafeMutablePointer<rk_step_layer>?, Int, Int, UnsafePointer<T>?) -> UnsafePointer<T>?
}

private protocol StepScalar: SequenceScalar {
  static var stepKernels: StepKernels<Self> { get }
}

extension Float: StepScalar {
  fileprivate static var stepKernels: StepKernels<Float> {
    StepKernels(packedBytes: rk_step_packed_bytes_f32, pack: rk_step_pack_f32, step: rk_step_f32)
  }
}

extension Double: StepScalar {
  fileprivate static var stepKernels: StepKernels<Double> {
    StepKernels(packedBytes: rk_step_packed_bytes_f64, pack: rk_step_pack_f64, step: rk_step_f64)
  }
}
