import RecurrentKernels
import Testing

extension KernelTests {
  /// To the bit, on every instruction set: element i is output i of SplitMix64.
  @Suite struct Random {
    private static func unit<T: KernelScalar>(_ output: UInt64) -> T {
      T.self == Float.self ? T(output >> 40) / T(1 << 24) : T(output >> 11) / T(1 << 53)
    }

    @Test func uniform() {
      func check<T: KernelScalar>(_: T.Type) {
        for count in awkwardSizes + [parallelSize] {
          var generator = TestGenerator(77)
          let low: T = -1.5
          let high: T = 2.25
          let expected = (0..<count).map { _ -> T in low + (high - low) * Self.unit(generator.next()) }
          expectEverywhere("uniform", equals: expected, tolerance: 0) {
            var y = [T](repeating: 0, count: count)
            T.kernels.randomUniform(77, low, high, &y, count)
            return y
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test func mask() {
      func check<T: KernelScalar>(_: T.Type, keep: Double) {
        for count in awkwardSizes + [parallelSize] {
          var generator = TestGenerator(78)
          let expected = (0..<count).map { _ -> T in Self.unit(generator.next()) < T(keep) ? 1 / T(keep) : 0 }
          expectEverywhere("mask", equals: expected, tolerance: 0) {
            var y = [T](repeating: 0, count: count)
            T.kernels.randomMask(78, T(keep), &y, count)
            return y
          }
          if count == parallelSize {
            let kept = Double(expected.count { $0 != 0 }) / Double(count)
            #expect(abs(kept - keep) < 0.01)
          }
        }
      }
      for keep in [0.0, 0.25, 0.8, 1] {
        check(Float.self, keep: keep)
        check(Double.self, keep: keep)
      }
    }
  }
}
