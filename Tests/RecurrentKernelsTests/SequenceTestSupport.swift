import RecurrentKernels
import Testing

/// The fused cells.
enum FusedCell: CaseIterable, Sendable {
  case lstm, gru, elmanTanh, elmanRelu

  var gates: Int {
    switch self {
    case .lstm: 4
    case .gru: 3
    case .elmanTanh, .elmanRelu: 1
    }
  }
}

// MARK: - What a run takes and gives

/// The shape of a run, and which of its inputs there are.
struct SequenceShape: Sendable {
  var cell: FusedCell
  var time, batch, input, hidden: Int
  var lengths: [Int32]?
  var reverse = false
  var hasState = true
  var hasOutputGradient = true
  /// Without: the forward pass gets no buffer to save into, and there is no backward pass.
  var hasGradients = true

  /// Lengths from 0 to time, the full one included.
  static func someLengths(time: Int, batch: Int) -> [Int32] {
    (0..<batch).map { Int32($0 % 3 == 0 ? time : ($0 * 5) % (time + 1)) }
  }
}

/// The inputs of a run; an array that is nil is passed as null.
struct SequenceInputs<T: KernelScalar>: Sendable {
  var x, wIH, wHH, bIH, bHH: [T]
  var h0, c0, dy, dhn, dcn: [T]?

  init(_ s: SequenceShape) {
    let rows = s.cell.gates * s.hidden
    let scale = 2 / Double(s.input + s.hidden).squareRoot()
    x = numbers(s.time * s.batch * s.input, in: -1...1, seed: 1)
    wIH = numbers(rows * s.input, in: -scale...scale, seed: 2)
    wHH = numbers(rows * s.hidden, in: -scale...scale, seed: 3)
    bIH = numbers(rows, in: -0.5...0.5, seed: 4)
    bHH = numbers(rows, in: -0.5...0.5, seed: 5)
    if s.hasState {
      h0 = numbers(s.batch * s.hidden, in: -1...1, seed: 6)
      c0 = numbers(s.batch * s.hidden, in: -1...1, seed: 7)
      dhn = numbers(s.batch * s.hidden, in: -1...1, seed: 8)
      dcn = numbers(s.batch * s.hidden, in: -1...1, seed: 9)
    }
    if s.hasOutputGradient { dy = numbers(s.time * s.batch * s.hidden, in: -1...1, seed: 10) }
  }
}

struct SequenceResults<T: KernelScalar>: Sendable {
  var y, hn, cn, dx, dh0, dc0, dwIH, dwHH, dbIH, dbHH: [T]

  var named: [(name: String, values: [T])] {
    [
      ("y", y), ("hn", hn), ("cn", cn), ("dx", dx), ("dh0", dh0), ("dc0", dc0), ("dwIH", dwIH), ("dwHH", dwHH),
      ("dbIH", dbIH), ("dbHH", dbHH),
    ]
  }

  func hasSameBits(as other: Self) -> Bool {
    zip(named, other.named).allSatisfy { sameBits($0.values, $1.values) }
  }
}

// MARK: - Running a kernel

/// Memory that a kernel writes: filled with NaN, with elements behind its end that must stay as they are.
final class GuardedMemory<T: KernelScalar> {
  let pointer: UnsafeMutablePointer<T>
  private let count: Int
  private static var guardCount: Int { 32 }

  init(count: Int) {
    self.count = count
    pointer = .allocate(capacity: count + Self.guardCount)
    pointer.initialize(repeating: .nan, count: count)
    (pointer + count).initialize(repeating: 12345, count: Self.guardCount)
  }

  deinit { pointer.deallocate() }

  var scalars: [T] {
    for index in count..<count + Self.guardCount where pointer[index] != 12345 {
      Issue.record("written \(index - count) past the end of \(count) elements")
      break
    }
    return Array(UnsafeBufferPointer(start: pointer, count: count))
  }
}

/// Runs a fused kernel forward and backward.
func run<T: SequenceScalar>(_ s: SequenceShape, _ inputs: SequenceInputs<T>) -> SequenceResults<T> {
  let kernels = T.sequenceKernels(s.cell)
  let rows = s.cell.gates * s.hidden
  let states = s.batch * s.hidden
  func memory(_ count: Int) -> GuardedMemory<T> { GuardedMemory(count: count) }
  let packed = memory(kernels.packedCount(s.input, s.hidden))
  let kept = memory(T.backwardPackedCount(s.cell == .lstm ? rk_lstm : s.cell == .gru ? rk_gru : rk_elman_tanh, s.input, s.hidden))
  let saved = memory(kernels.savedCount(s.time, s.batch, s.hidden))
  let y = memory(s.time * s.batch * s.hidden)
  let hn = memory(states)
  let cn = memory(s.cell == .lstm ? states : 0)
  let dx = memory(s.time * s.batch * s.input)
  let dh0 = memory(states)
  let dc0 = memory(s.cell == .lstm ? states : 0)
  let dwIH = memory(rows * s.input)
  let dwHH = memory(rows * s.hidden)
  let dbIH = memory(rows)
  let dbHH = memory(rows)
  withOptionalPointer(s.lengths) { lengths in
    var sequence = rk_sequence(
      time: s.time, batch: s.batch, input: s.input, hidden: s.hidden, lengths: lengths, reverse: s.reverse, backward_weights: nil,
      has_backward_weights: false)
    kernels.pack(s.input, s.hidden, inputs.wIH, inputs.wHH, inputs.bIH, inputs.bHH, packed.pointer)
    withOptionalPointer(inputs.h0) { h0 in
      withOptionalPointer(inputs.c0) { c0 in
        kernels.forward(
          &sequence, packed.pointer, inputs.x, h0, c0, y.pointer, hn.pointer, cn.pointer,
          s.hasGradients ? saved.pointer : nil)
        guard s.hasGradients else { return }
        withOptionalPointer(inputs.dy) { dy in
          withOptionalPointer(inputs.dhn) { dhn in
            withOptionalPointer(inputs.dcn) { dcn in
              // With weights that are rearranged for this pass; for all that follow; and once more with those.
              var earlier: [T]?
              for pass in 0..<3 {
                sequence.backward_weights = pass == 0 ? nil : UnsafeMutableRawPointer(kept.pointer)
                sequence.has_backward_weights = pass == 2
                kernels.backward(
                  &sequence, inputs.wIH, inputs.wHH, inputs.x, h0, c0, y.pointer, saved.pointer, dy, dhn, dcn, dx.pointer,
                  dh0.pointer, dc0.pointer, dwIH.pointer, dwHH.pointer, dbIH.pointer, dbHH.pointer)
                let found = dx.scalars + dh0.scalars + dwIH.scalars + dwHH.scalars
                #expect(earlier.map { sameBits($0, found) } ?? true, "\(s), \(T.self): weights that are kept give other bits")
                earlier = found
              }
            }
          }
        }
      }
    }
  }
  _ = (packed.scalars, saved.scalars, kept.scalars)
  return SequenceResults(
    y: y.scalars, hn: hn.scalars, cn: cn.scalars, dx: dx.scalars, dh0: dh0.scalars, dc0: dc0.scalars,
    dwIH: dwIH.scalars,
    dwHH: dwHH.scalars, dbIH: dbIH.scalars, dbHH: dbHH.scalars)
}

func withOptionalPointer<E>(_ array: [E]?, _ body: (UnsafePointer<E>?) -> Void) {
  if let array {
    array.withUnsafeBufferPointer { body($0.baseAddress) }
  } else {
    body(nil)
  }
}

/// Forward and backward against the naive form, on every instruction set, with the same bits for every thread count.
func expectNaiveResults<T: SequenceScalar>(_ s: SequenceShape, _ type: T.Type) {
  let inputs = SequenceInputs<T>(s)
  let expected = naiveSequence(s, inputs)
  onEveryInstructionSet { set in
    var first: SequenceResults<T>?
    withEveryThreadCount { threads in
      let result = run(s, inputs)
      if let first {
        #expect(result.hasSameBits(as: first), "\(s), \(T.self), \(name(of: set)): \(threads) threads give other bits")
        return
      }
      first = result
      for (actual, expected) in zip(result.named, expected.named) where !actual.values.isEmpty {
        // Sums over time and batch of products of rounded numbers.
        let tolerance = 20 * T.tolerance * max(1, expected.values.reduce(0) { max($0, abs(Double($1))) })
        expectClose(
          actual.values, expected.values, tolerance: tolerance, "\(actual.name) of \(s), \(T.self), \(name(of: set))")
      }
    }
  }
}

/// The sizes at which tiles and panels change, each pair of hidden size and batch in four variants: time, input,
/// lengths, direction and the presence of states and gradients rotate.
func sequenceGrid(_ cell: FusedCell, hidden: Int) -> [SequenceShape] {
  var shapes: [SequenceShape] = []
  let times = [0, 1, 3, 7]
  let inputs = [1, 5, 64, 70]
  for (position, batch) in [1, 2, 5, 6, 7, 13, 20, 33].enumerated() {
    for variant in 0..<4 {
      let turn = position + variant + hidden
      let time = times[(turn + variant) % 4]
      shapes.append(
        SequenceShape(
          cell: cell, time: time, batch: batch, input: inputs[(turn / 2 + 3 * variant) % 4], hidden: hidden,
          lengths: variant & 1 != 0 ? SequenceShape.someLengths(time: time, batch: batch) : nil,
          reverse: variant & 2 != 0,
          hasState: turn % 3 != 0, hasOutputGradient: turn % 5 != 0))
    }
  }
  return shapes
}

// MARK: - Scalars

typealias SequencePointer = UnsafePointer<rk_sequence>?

/// The functions of one cell for one scalar type, in one form for all cells.
struct SequenceKernels<T: KernelScalar> {
  var packedCount: (Int, Int) -> Int
  var savedCount: (Int, Int, Int) -> Int
  var pack: (Int, Int, Input<T>, Input<T>, Input<T>, Input<T>, Output<T>) -> Void
  /// sequence, packed, x, h0, c0, y, hn, cn, saved
  var forward:
    (SequencePointer, Input<T>, Input<T>, Input<T>, Input<T>, Output<T>, Output<T>, Output<T>, Output<T>) -> Void
  /// sequence, w_ih, w_hh, x, h0, c0, y, saved, dy, dhn, dcn, dx, dh0, dc0, dw_ih, dw_hh, db_ih, db_hh
  var backward:
    (
      SequencePointer, Input<T>, Input<T>, Input<T>, Input<T>, Input<T>, Input<T>, Input<T>, Input<T>, Input<T>,
      Input<T>,
      Output<T>, Output<T>, Output<T>, Output<T>, Output<T>, Output<T>, Output<T>
    ) -> Void
}

protocol SequenceScalar: KernelScalar {
  static var matmul:
    @Sendable (Bool, Bool, Int, Int, Int, Input<Self>, Int, Input<Self>, Int, Output<Self>, Int, Bool) -> Void
  { get }
  static var backwardPackedCount: @Sendable (rk_cell, Int, Int) -> Int { get }
  static func sequenceKernels(_ cell: FusedCell) -> SequenceKernels<Self>
}

extension Float: SequenceScalar {
  static let matmul:
    @Sendable (Bool, Bool, Int, Int, Int, Input<Float>, Int, Input<Float>, Int, Output<Float>, Int, Bool)
      -> Void = rk_matmul_f32

  static let backwardPackedCount: @Sendable (rk_cell, Int, Int) -> Int = rk_backward_packed_count_f32
  static func sequenceKernels(_ cell: FusedCell) -> SequenceKernels<Float> {
    let relu = cell == .elmanRelu
    return switch cell {
    case .lstm:
      SequenceKernels(
        packedCount: rk_lstm_packed_count_f32, savedCount: rk_lstm_saved_count_f32, pack: rk_lstm_pack_f32,
        forward: rk_lstm_forward_f32, backward: rk_lstm_backward_f32)
    case .gru:
      SequenceKernels(
        packedCount: rk_gru_packed_count_f32, savedCount: rk_gru_saved_count_f32, pack: rk_gru_pack_f32,
        forward: { rk_gru_forward_f32($0, $1, $2, $3, $5, $6, $8) },
        backward: { rk_gru_backward_f32($0, $1, $2, $3, $4, $6, $7, $8, $9, $11, $12, $14, $15, $16, $17) })
    case .elmanTanh, .elmanRelu:
      SequenceKernels(
        packedCount: rk_elman_packed_count_f32, savedCount: rk_elman_saved_count_f32, pack: rk_elman_pack_f32,
        forward: { rk_elman_forward_f32($0, relu, $1, $2, $3, $5, $6, $8) },
        backward: { rk_elman_backward_f32($0, relu, $1, $2, $3, $4, $6, $7, $8, $9, $11, $12, $14, $15, $16, $17) })
    }
  }
}

extension Double: SequenceScalar {
  static let matmul:
    @Sendable (Bool, Bool, Int, Int, Int, Input<Double>, Int, Input<Double>, Int, Output<Double>, Int, Bool) -> Void =
      rk_matmul_f64

  static let backwardPackedCount: @Sendable (rk_cell, Int, Int) -> Int = rk_backward_packed_count_f64
  static func sequenceKernels(_ cell: FusedCell) -> SequenceKernels<Double> {
    let relu = cell == .elmanRelu
    return switch cell {
    case .lstm:
      SequenceKernels(
        packedCount: rk_lstm_packed_count_f64, savedCount: rk_lstm_saved_count_f64, pack: rk_lstm_pack_f64,
        forward: rk_lstm_forward_f64, backward: rk_lstm_backward_f64)
    case .gru:
      SequenceKernels(
        packedCount: rk_gru_packed_count_f64, savedCount: rk_gru_saved_count_f64, pack: rk_gru_pack_f64,
        forward: { rk_gru_forward_f64($0, $1, $2, $3, $5, $6, $8) },
        backward: { rk_gru_backward_f64($0, $1, $2, $3, $4, $6, $7, $8, $9, $11, $12, $14, $15, $16, $17) })
    case .elmanTanh, .elmanRelu:
      SequenceKernels(
        packedCount: rk_elman_packed_count_f64, savedCount: rk_elman_saved_count_f64, pack: rk_elman_pack_f64,
        forward: { rk_elman_forward_f64($0, relu, $1, $2, $3, $5, $6, $8) },
        backward: { rk_elman_backward_f64($0, relu, $1, $2, $3, $4, $6, $7, $8, $9, $11, $12, $14, $15, $16, $17) })
    }
  }
}
