import Foundation
import RecurrentKernels
import Testing

extension KernelTests {
  /// Three steps of each optimizer against its equations in `Double`.
  @Suite struct Optimizers {
    static let counts = awkwardSizes + [parallelSize]
    static let scale = 0.7, rate = 0.05, decay = 0.1, epsilon = 1e-3

    /// Parameters after three steps of `kernel` (which gets p, g, two zeroed moments and the step's number, from 1),
    /// then the moments; against `reference`, the same for one element.
    private func check(
      _ what: String, reference: (inout Double, Double, inout Double, inout Double, Int) -> Void,
      float: (inout [Float], [Float], inout [Float], inout [Float], Int) -> Void,
      double: (inout [Double], [Double], inout [Double], inout [Double], Int) -> Void
    ) {
      func run<T: KernelScalar>(_ step: (inout [T], [T], inout [T], inout [T], Int) -> Void) {
        for count in Self.counts {
          let start: [T] = numbers(count)
          let gradients: [[T]] = (1...3).map { numbers(count, seed: 10 + $0) }
          var p = start.map { Double($0) }
          var a = [Double](repeating: 0, count: count)
          var b = a
          for t in 1...3 {
            for i in 0..<count { reference(&p[i], Double(gradients[t - 1][i]), &a[i], &b[i], t) }
          }
          expectEverywhere("\(what) of \(count)", equals: (p + a + b).map { T($0) }) {
            var p = start
            var a = [T](repeating: 0, count: count)
            var b = a
            for t in 1...3 { step(&p, gradients[t - 1], &a, &b, t) }
            return p + a + b
          }
        }
      }
      run(float)
      run(double)
    }

    private static func scaled(_ g: Double, _ p: Double) -> Double { scale * g + decay * p }

    @Test func sgdWithoutMomentum() {
      func step<T: KernelScalar>(_ p: inout [T], _ g: [T], _ a: inout [T], _ b: inout [T], _ t: Int) {
        T.kernels.sgd(&p, g, nil, p.count, T(Self.scale), T(Self.rate), 0, false, T(Self.decay))
      }
      check("SGD", reference: { p, g, _, _, _ in p -= Self.rate * Self.scaled(g, p) }, float: step, double: step)
    }

    @Test(arguments: [false, true]) func sgdWithMomentum(nesterov: Bool) {
      func step<T: KernelScalar>(_ p: inout [T], _ g: [T], _ a: inout [T], _ b: inout [T], _ t: Int) {
        T.kernels.sgd(&p, g, &a, p.count, T(Self.scale), T(Self.rate), 0.9, nesterov, T(Self.decay))
      }
      check(
        "SGD with momentum",
        reference: { p, g, v, _, _ in
          let g = Self.scaled(g, p)
          v = 0.9 * v + g
          p -= Self.rate * (nesterov ? g + 0.9 * v : v)
        }, float: step, double: step)
    }

    @Test(arguments: [false, true]) func adam(decoupled: Bool) {
      func step<T: KernelScalar>(_ p: inout [T], _ g: [T], _ a: inout [T], _ b: inout [T], _ t: Int) {
        T.kernels.adam(
          &p, g, &a, &b, p.count, T(Self.scale), T(Self.rate), 0.9, 0.99, T(1 - pow(0.9, Double(t))),
          T(1 - pow(0.99, Double(t))), T(Self.epsilon), T(Self.decay), decoupled)
      }
      check(
        "Adam",
        reference: { p, g, m, v, t in
          let g = decoupled ? Self.scale * g : Self.scaled(g, p)
          if decoupled { p -= Self.rate * Self.decay * p }
          m = 0.9 * m + 0.1 * g
          v = 0.99 * v + 0.01 * g * g
          let mean = m / (1 - pow(0.9, Double(t)))
          let square = v / (1 - pow(0.99, Double(t)))
          p -= Self.rate * mean / (square.squareRoot() + Self.epsilon)
        }, float: step, double: step)
    }

    @Test(arguments: [false, true]) func rmsprop(hasMomentum: Bool) {
      func step<T: KernelScalar>(_ p: inout [T], _ g: [T], _ a: inout [T], _ b: inout [T], _ t: Int) {
        let count = p.count
        if hasMomentum {
          T.kernels.rmsprop(
            &p, g, &a, &b, count, T(Self.scale), T(Self.rate), 0.95, T(Self.epsilon), 0.9, T(Self.decay))
        } else {
          T.kernels.rmsprop(&p, g, &a, nil, count, T(Self.scale), T(Self.rate), 0.95, T(Self.epsilon), 0, T(Self.decay))
        }
      }
      check(
        "RMSprop",
        reference: { p, g, square, v, _ in
          let g = Self.scaled(g, p)
          square = 0.95 * square + 0.05 * g * g
          let step = g / (square.squareRoot() + Self.epsilon)
          if hasMomentum { v = 0.9 * v + step }
          p -= Self.rate * (hasMomentum ? v : step)
        }, float: step, double: step)
    }

    @Test func adagrad() {
      func step<T: KernelScalar>(_ p: inout [T], _ g: [T], _ a: inout [T], _ b: inout [T], _ t: Int) {
        T.kernels.adagrad(&p, g, &a, p.count, T(Self.scale), T(Self.rate), T(Self.epsilon), T(Self.decay))
      }
      check(
        "Adagrad",
        reference: { p, g, square, _, _ in
          let g = Self.scaled(g, p)
          square += g * g
          p -= Self.rate * g / (square.squareRoot() + Self.epsilon)
        }, float: step, double: step)
    }
  }
}
