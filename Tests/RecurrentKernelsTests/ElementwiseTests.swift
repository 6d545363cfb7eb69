import Foundation
import RecurrentKernels
import Testing

extension KernelTests {
  /// Maps, their gradients, and the simple loops of vector algebra, each against its definition on one number.
  @Suite struct Elementwise {
    struct Operation: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let code: rk_unary
      let range: ClosedRange<Double>
      let value: @Sendable (Double) -> Double
      let derivative: @Sendable (Double) -> Double
      var takesResult = false  // in the gradient
    }

    static let operations = [
      Operation(testDescription: "negate", code: rk_negate, range: -3...3, value: { -$0 }, derivative: { _ in -1 }),
      Operation(
        testDescription: "exp", code: rk_exp, range: -8...3, value: { exp($0) }, derivative: { exp($0) },
        takesResult: true),
      Operation(testDescription: "log", code: rk_log, range: 0.01...9, value: { log($0) }, derivative: { 1 / $0 }),
      Operation(
        testDescription: "tanh", code: rk_tanh, range: -4...4, value: { tanh($0) },
        derivative: { 1 - tanh($0) * tanh($0) },
        takesResult: true),
      Operation(
        testDescription: "sigmoid", code: rk_sigmoid, range: -9...9, value: { 1 / (1 + exp(-$0)) },
        derivative: { exp(-$0) / pow(1 + exp(-$0), 2) }, takesResult: true),
      Operation(
        testDescription: "relu", code: rk_relu, range: -2...2, value: { max(0, $0) }, derivative: { $0 > 0 ? 1 : 0 }),
      Operation(
        testDescription: "sqrt", code: rk_sqrt, range: 0.1...9, value: { $0.squareRoot() },
        derivative: { 0.5 / $0.squareRoot() }, takesResult: true),
      Operation(testDescription: "square", code: rk_square, range: -3...3, value: { $0 * $0 }, derivative: { 2 * $0 }),
      Operation(
        testDescription: "abs", code: rk_abs, range: -3...3, value: { abs($0) },
        derivative: { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
      Operation(
        testDescription: "reciprocal", code: rk_reciprocal, range: 0.2...4, value: { 1 / $0 },
        derivative: { -1 / ($0 * $0) },
        takesResult: true),
      Operation(
        testDescription: "softplus", code: rk_softplus, range: -20...20, value: { $0 > 30 ? $0 : log1p(exp($0)) },
        derivative: { 1 / (1 + exp(-$0)) }),
    ]

    @Test(arguments: operations) func map(_ operation: Operation) {
      func check<T: KernelScalar>(_: T.Type) {
        for count in awkwardSizes + [parallelSize] {
          let x: [T] = numbers(count, in: operation.range)
          expectEverywhere("\(operation.testDescription) of \(count)", equals: x.map { T(operation.value(Double($0))) })
          {
            // One element more, which has to stay as it is.
            var y = [T](repeating: 7, count: count + 1)
            T.kernels.map(operation.code, x, &y, count)
            #expect(y.removeLast() == 7)
            return y
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test(arguments: operations) func mapGradient(_ operation: Operation) {
      func check<T: KernelScalar>(_: T.Type) {
        for count in awkwardSizes + [parallelSize] {
          let x: [T] = numbers(count, in: operation.range)
          let dy: [T] = numbers(count, seed: 2)
          let given = operation.takesResult ? x.map { T(operation.value(Double($0))) } : x
          let expected = Swift.zip(x, dy).map { T(operation.derivative(Double($0)) * Double($1)) }
          expectEverywhere("gradient of \(operation.testDescription), \(count)", equals: expected) {
            // In place: the cotangent becomes the gradient.
            var dx = dy
            dx.withUnsafeMutableBufferPointer {
              T.kernels.mapGradient(operation.code, given, UnsafePointer($0.baseAddress), $0.baseAddress, count)
            }
            return dx
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func vectorAlgebra() {
      func check<T: KernelScalar>(_: T.Type) {
        for count in awkwardSizes + [parallelSize] {
          let x: [T] = numbers(count)
          let y: [T] = numbers(count, seed: 2)
          let mask: [T] = x.map { $0 > 0 ? ($0 > 1 ? -1 : 1) : 0 }
          let half: T = 0.5
          expectEverywhere("fill", equals: [T](repeating: 3, count: count)) {
            var z = [T](repeating: 0, count: count)
            T.kernels.fill(3, &z, count)
            return z
          }
          expectEverywhere("scale", equals: x.map { $0 * half }, tolerance: 0) {
            var z = x
            z.withUnsafeMutableBufferPointer {
              T.kernels.scale(half, UnsafePointer($0.baseAddress), $0.baseAddress, count)
            }
            return z
          }
          expectEverywhere("add scaled", equals: Swift.zip(x, y).map { $1 + half * $0 }) {
            var z = y
            T.kernels.addScaled(half, x, &z, count)
            return z
          }
          expectEverywhere("clamp", equals: x.map { min(max($0, -1), half) }, tolerance: 0) {
            var z = [T](repeating: 0, count: count)
            T.kernels.clamp(-1, half, x, &z, count)
            return z
          }
          expectEverywhere("select", equals: x.indices.map { mask[$0] != 0 ? x[$0] : y[$0] }, tolerance: 0) {
            var z = [T](repeating: 0, count: count)
            T.kernels.select(mask, x, y, &z, count)
            return z
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func specialNumbers() {
      func check<T: KernelScalar>(_: T.Type) {
        let x: [T] = [-.infinity, -1e30, -200, -0.0, 0, 200, 1e30, .infinity, .nan]
        func expect(_ op: rk_unary, _ expected: [Double]) {
          expectEverywhere("special numbers, operation \(op.rawValue)", equals: expected.map { T($0) }, tolerance: 1e-6)
          {
            var y = [T](repeating: 0, count: x.count)
            T.kernels.map(op, x, &y, x.count)
            return y
          }
        }
        let inf = Double.infinity
        let nan = Double.nan
        // exp(200) and exp(-200) fit a double only.
        let large = T.self == Float.self ? inf : exp(200)
        expect(rk_exp, [0, 0, 0, 1, 1, large, inf, inf, nan])
        expect(rk_tanh, [-1, -1, -1, 0, 0, 1, 1, 1, nan])
        expect(rk_sigmoid, [0, 0, 0, 0.5, 0.5, 1, 1, 1, nan])
        expect(rk_log, [nan, nan, nan, -inf, -inf, log(200), log(Double(T(1e30))), inf, nan])
        expect(rk_relu, [0, 0, 0, 0, 0, 200, Double(T(1e30)), inf, nan])
        expect(rk_softplus, [0, 0, 0, log(2), log(2), 200, Double(T(1e30)), inf, nan])
        expectEverywhere("clamp of special numbers", equals: [-1, -1, -1, 0, 0, 1, 1, 1, T.nan]) {
          var y = [T](repeating: 0, count: x.count)
          T.kernels.clamp(-1, 1, x, &y, x.count)
          return y
        }
      }
      check(Float.self)
      check(Double.self)
    }

    /// Where an exponential leaves the range of numbers, infinity must not meet zero or itself.
    @Test func noNumberBecomesNaN() {
      func check<T: KernelScalar>(_: T.Type) {
        let x = (-40_000...40_000).map { T($0) * 0.02 }
        for op in [rk_exp, rk_tanh, rk_sigmoid, rk_softplus] {
          onEveryInstructionSet { set in
            var y = [T](repeating: 0, count: x.count)
            T.kernels.map(op, x, &y, x.count)
            let bad = Swift.zip(x, y).first { $1.isNaN }
            #expect(bad == nil, "operation \(op.rawValue), \(T.self), \(RecurrentKernelsTests.name(of: set))")
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    /// Units in the last place, over the whole range and near zero.
    @Test func transcendentalAccuracy() {
      func check<T: KernelScalar>(_: T.Type, _ allowed: Double) {
        let small = (0..<4000).map { T(pow(10, -Double($0) / 500)) }
        let points = small + small.map { -$0 } + numbers(20_000, in: -20...20) + numbers(20_000, in: -1...1, seed: 5)
        let cases: [(String, rk_unary, [T], (Double) -> Double)] = [
          ("exp", rk_exp, points + numbers(10_000, in: -85...85), { exp($0) }), ("tanh", rk_tanh, points, { tanh($0) }),
          // Written so that the reference keeps its own accuracy on both sides.
          ("sigmoid", rk_sigmoid, points, { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }),
          ("log", rk_log, points.map { abs($0) } + [1, 1.0001, 0.9999, 1e30, 1e-30], { log($0) }),
        ]
        for (name, op, x, reference) in cases {
          onEveryInstructionSet { set in
            var y = [T](repeating: 0, count: x.count)
            T.kernels.map(op, x, &y, x.count)
            var worst = (error: 0.0, x: T(0))
            for (x, y) in Swift.zip(x, y) {
              let expected = reference(Double(x))
              let error = abs(Double(y) - expected) / Double(max(T(expected).ulp, T.leastNormalMagnitude))
              if !(error <= worst.error) { worst = (error, x) }
            }
            #expect(worst.error <= allowed, "\(name), \(T.self), \(RecurrentKernelsTests.name(of: set)): at \(worst.x)")
          }
        }
      }
      check(Float.self, 3)
      check(Double.self, 4)
    }
  }
}
