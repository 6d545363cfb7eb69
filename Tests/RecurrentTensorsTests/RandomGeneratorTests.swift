import RecurrentTensors
import Testing

@Suite struct RandomGeneratorTests {
  @Test func aSeedGivesTheSameNumbersAndAnotherSeedOthers() {
    var (a, b, c) = (RandomGenerator(seed: 1), RandomGenerator(seed: 1), RandomGenerator(seed: 2))
    let first = (0..<100).map { _ in a.next() }
    #expect(first == (0..<100).map { _ in b.next() })
    #expect(first != (0..<100).map { _ in c.next() })
  }

  @Test func aTensorUsesUpAsManyNumbersAsItHasElements() {
    var generator = RandomGenerator(seed: 3)
    var scalar = generator
    let x = Tensor<Double>(uniform: 0...1, shape: [10], using: &generator)
    let expected = (0..<10).map { _ in scalar.uniform() }
    #expect(zip(x.scalars, expected).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(generator == scalar)
  }

  @Test func splitStreamsDifferAndLeaveTheGeneratorAsItWas() {
    let generator = RandomGenerator(seed: 5)
    var (a, b, again) = (generator.split("dropout"), generator.split("shuffle"), generator.split("dropout"))
    let first = a.next()
    #expect(first != b.next())
    #expect(first == again.next())
  }

  @Test func momentsOfTheDistributions() {
    var generator = RandomGenerator(seed: 11)
    let count = 200_000
    let uniform = Tensor<Float>(uniform: -1...3, shape: [count], using: &generator)
    #expect(abs(uniform.mean().scalar - 1) < 0.02)
    #expect(abs(uniform.variance(alongAxes: 0).scalar - 16.0 / 12) < 0.02)
    #expect(uniform.scalars.allSatisfy { $0 >= -1 && $0 <= 3 })
    let normal = Tensor<Float>(normalWithMean: 2, standardDeviation: 0.5, shape: [count], using: &generator)
    #expect(abs(normal.mean().scalar - 2) < 0.01)
    #expect(abs(normal.variance(alongAxes: 0).scalar - 0.25) < 0.01)
    let mask = Tensor<Float>(dropoutMask: 0.8, shape: [count], using: &generator)
    #expect(abs(mask.mean().scalar - 1) < 0.01)
    #expect(Set(mask.scalars) == [0, 1.25])
  }
}
