import RecurrentKernels
import Testing

/// The parent of every suite here. The instruction set and the number of threads are global, so one test runs at a
/// time.
@Suite(.serialized) struct KernelTests {}

// MARK: - The grid

/// Sizes around the widths of vectors, tiles and unrolled loops.
let awkwardSizes = [0, 1, 7, 8, 9, 31, 32, 33, 65, 1000]
/// A size beyond the threshold from which elementwise kernels use threads.
let parallelSize = 100_003

let availableInstructionSets = [rk_plain, rk_avx2, rk_avx512].filter { rk_instruction_set_available($0) }
let threadCounts = [1, 2, 3]

func name(of set: rk_instruction_set) -> String { String(cString: rk_instruction_set_name(set)) }

/// Runs `body` with each instruction set that this machine has, and then goes back to the one in use before.
func onEveryInstructionSet(_ body: (rk_instruction_set) throws -> Void) rethrows {
  let before = rk_current_instruction_set()
  defer { _ = rk_use_instruction_set(before) }
  for set in availableInstructionSets {
    #expect(rk_use_instruction_set(set))
    try body(set)
  }
}

/// Runs `body` with one, two and three threads, and then goes back to the number before.
func withEveryThreadCount(_ body: (Int) throws -> Void) rethrows {
  let before = rk_thread_count()
  defer { rk_set_thread_count(before) }
  for count in threadCounts {
    rk_set_thread_count(count)
    try body(count)
  }
}

/// What `kernel` computes has to agree with `expected` on every instruction set, and to have the same bits with one,
/// two and three threads.
func expectEverywhere<T: KernelScalar>(
  _ what: @autoclosure () -> String, equals expected: [T], tolerance: Double = T.tolerance,
  sourceLocation: SourceLocation = #_sourceLocation, kernel: () -> [T]
) {
  onEveryInstructionSet { set in
    var first: [T]?
    withEveryThreadCount { threads in
      let result = kernel()
      if let first {
        #expect(
          sameBits(first, result),
          "\(what()), \(T.self), \(name(of: set)): \(threads) threads give other bits than one",
          sourceLocation: sourceLocation)
      } else {
        first = result
        expectClose(
          result, expected, tolerance: tolerance, "\(what()), \(T.self), \(name(of: set))",
          sourceLocation: sourceLocation)
      }
    }
  }
}

// MARK: - Comparisons

func sameBits<T: KernelScalar>(_ a: [T], _ b: [T]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0.bits == $1.bits }
}

/// Each element within tolerance * max(1, |expected|); infinities equal, NaN where NaN is expected. Reports the worst
/// element.
func expectClose<T: KernelScalar>(
  _ actual: [T], _ expected: [T], tolerance: Double = T.tolerance, _ what: @autoclosure () -> String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record("\(what()): \(actual.count) elements, not \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  var worst = (error: 0.0, index: -1)
  for index in actual.indices {
    let a = Double(actual[index])
    let e = Double(expected[index])
    if a == e || (a.isNaN && e.isNaN) { continue }
    let error = abs(a - e) / max(1, abs(e))
    if !(error <= worst.error) { worst = (error.isNaN ? .infinity : error, index) }
  }
  if worst.error > tolerance {
    Issue.record(
      "\(what()): [\(worst.index)] is \(actual[worst.index]), not \(expected[worst.index]) (error \(worst.error))",
      sourceLocation: sourceLocation)
  }
}

// MARK: - Numbers

/// SplitMix64, the generator that the kernels' random numbers are defined by.
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// `count` numbers evenly spread over `range`, the same for the same seed.
func numbers<T: KernelScalar>(_ count: Int, in range: ClosedRange<Double> = -2...2, seed: UInt64 = 1) -> [T] {
  var generator = TestGenerator(seed)
  return (0..<count).map { _ in T(Double.random(in: range, using: &generator)) }
}

// MARK: - Scalars

/// `Float` or `Double`, with the kernels of each. Kernels that only one file of tests uses are added there.
protocol KernelScalar: BinaryFloatingPoint & Sendable {
  associatedtype Bits: FixedWidthInteger
  var bits: Bits { get }
  /// What single operations, and sums of up to a thousand, agree to.
  static var tolerance: Double { get }
  static var kernels: Kernels<Self> { get }
}

typealias Input<T> = UnsafePointer<T>?
typealias Output<T> = UnsafeMutablePointer<T>?
typealias Extents = UnsafePointer<Int>?
typealias Indices = UnsafePointer<Int32>?

/// The public C functions for one scalar type.
struct Kernels<T: KernelScalar>: Sendable {
  let map: @Sendable (rk_unary, Input<T>, Output<T>, Int) -> Void
  let mapGradient: @Sendable (rk_unary, Input<T>, Input<T>, Output<T>, Int) -> Void
  let zip: @Sendable (rk_binary, Int, Extents, Input<T>, Extents, Input<T>, Extents, Output<T>) -> Void
  let copy: @Sendable (Int, Extents, Input<T>, Extents, Output<T>, Extents, Bool) -> Void
  let fill: @Sendable (T, Output<T>, Int) -> Void
  let scale: @Sendable (T, Input<T>, Output<T>, Int) -> Void
  let addScaled: @Sendable (T, Input<T>, Output<T>, Int) -> Void
  let clamp: @Sendable (T, T, Input<T>, Output<T>, Int) -> Void
  let select: @Sendable (Input<T>, Input<T>, Input<T>, Output<T>, Int) -> Void
  let reduce: @Sendable (rk_reduction, Int, Int, Int, Input<T>, Output<T>) -> Void
  let indexOfMax: @Sendable (Int, Int, Int, Input<T>, Output<Int32>) -> Void
  let sum: @Sendable (Input<T>, Int) -> Double
  let sumOfSquares: @Sendable (Input<T>, Int) -> Double
  let allFinite: @Sendable (Input<T>, Int) -> Bool
  let softmax: @Sendable (Int, Int, Input<T>, Output<T>) -> Void
  let softmaxGradient: @Sendable (Int, Int, Input<T>, Input<T>, Output<T>) -> Void
  let logSoftmax: @Sendable (Int, Int, Input<T>, Output<T>) -> Void
  let logSoftmaxGradient: @Sendable (Int, Int, Input<T>, Input<T>, Output<T>) -> Void
  let crossEntropy: @Sendable (Int, Int, Input<T>, Indices, Int32, T, Output<T>, Output<T>) -> Void
  let crossEntropyGradient: @Sendable (Int, Int, Input<T>, Indices, Int32, T, Input<T>, T, Output<T>) -> Void
  let outputCrossEntropy:
    @Sendable (Int, Int, Output<T>, Input<T>, Indices, Int32, T, T, Bool, Output<T>) -> Void
  let layerNorm: @Sendable (Int, Int, Input<T>, Input<T>, Input<T>, T, Output<T>, Output<T>, Output<T>) -> Void
  let layerNormGradient:
    @Sendable (Int, Int, Input<T>, Input<T>, Input<T>, Input<T>, Input<T>, Output<T>, Output<T>, Output<T>) -> Void
  let gatherRows: @Sendable (Input<T>, Int, Indices, Int, Output<T>) -> Void
  let scatterAddRows: @Sendable (Output<T>, Int, Indices, Int, Input<T>) -> Void
  let randomUniform: @Sendable (UInt64, T, T, Output<T>, Int) -> Void
  let randomMask: @Sendable (UInt64, T, Output<T>, Int) -> Void
  let sgd: @Sendable (Output<T>, Input<T>, Output<T>, Int, T, T, T, Bool, T) -> Void
  let adam: @Sendable (Output<T>, Input<T>, Output<T>, Output<T>, Int, T, T, T, T, T, T, T, T, Bool) -> Void
  let rmsprop: @Sendable (Output<T>, Input<T>, Output<T>, Output<T>, Int, T, T, T, T, T, T) -> Void
  let adagrad: @Sendable (Output<T>, Input<T>, Output<T>, Int, T, T, T, T) -> Void
}

extension Float: KernelScalar {
  var bits: UInt32 { bitPattern }
  static var tolerance: Double { 1e-5 }
  static let kernels = Kernels<Float>(
    map: rk_map_f32, mapGradient: rk_map_gradient_f32, zip: rk_zip_f32, copy: rk_copy_f32, fill: rk_fill_f32,
    scale: rk_scale_f32, addScaled: rk_add_scaled_f32, clamp: rk_clamp_f32, select: rk_select_f32,
    reduce: rk_reduce_f32,
    indexOfMax: rk_index_of_max_f32, sum: rk_sum_f32, sumOfSquares: rk_sum_of_squares_f32, allFinite: rk_all_finite_f32,
    softmax: rk_softmax_f32, softmaxGradient: rk_softmax_gradient_f32, logSoftmax: rk_log_softmax_f32,
    logSoftmaxGradient: rk_log_softmax_gradient_f32, crossEntropy: rk_cross_entropy_f32,
    crossEntropyGradient: rk_cross_entropy_gradient_f32,
    outputCrossEntropy: rk_output_cross_entropy_f32, layerNorm: rk_layer_norm_f32,
    layerNormGradient: rk_layer_norm_gradient_f32, gatherRows: rk_gather_rows_f32,
    scatterAddRows: rk_scatter_add_rows_f32, randomUniform: rk_random_uniform_f32, randomMask: rk_random_mask_f32,
    sgd: rk_sgd_f32, adam: rk_adam_f32, rmsprop: rk_rmsprop_f32, adagrad: rk_adagrad_f32)
}

extension Double: KernelScalar {
  var bits: UInt64 { bitPattern }
  static var tolerance: Double { 1e-13 }
  static let kernels = Kernels<Double>(
    map: rk_map_f64, mapGradient: rk_map_gradient_f64, zip: rk_zip_f64, copy: rk_copy_f64, fill: rk_fill_f64,
    scale: rk_scale_f64, addScaled: rk_add_scaled_f64, clamp: rk_clamp_f64, select: rk_select_f64,
    reduce: rk_reduce_f64,
    indexOfMax: rk_index_of_max_f64, sum: rk_sum_f64, sumOfSquares: rk_sum_of_squares_f64, allFinite: rk_all_finite_f64,
    softmax: rk_softmax_f64, softmaxGradient: rk_softmax_gradient_f64, logSoftmax: rk_log_softmax_f64,
    logSoftmaxGradient: rk_log_softmax_gradient_f64, crossEntropy: rk_cross_entropy_f64,
    crossEntropyGradient: rk_cross_entropy_gradient_f64,
    outputCrossEntropy: rk_output_cross_entropy_f64, layerNorm: rk_layer_norm_f64,
    layerNormGradient: rk_layer_norm_gradient_f64, gatherRows: rk_gather_rows_f64,
    scatterAddRows: rk_scatter_add_rows_f64, randomUniform: rk_random_uniform_f64, randomMask: rk_random_mask_f64,
    sgd: rk_sgd_f64, adam: rk_adam_f64, rmsprop: rk_rmsprop_f64, adagrad: rk_adagrad_f64)
}
