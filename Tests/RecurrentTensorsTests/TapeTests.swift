import RecurrentTensors
import Testing

@Suite struct TapeTests {
  @Test func aMillionRecordsSweepAndFree() {
    let tape = Tape<Float>()
    let start = tape.watch(Tensor(1))
    var x = start
    for _ in 0..<1_000_000 { x = x + 1 }
    #expect(tape.count == 1_000_001)
    #expect(tape.gradients(of: x, at: [start])[0].scalar == 1)
    #expect(tape.count == 0)
  }

  @Test func aMillionRecordsAreFreedWithoutASweep() {
    var tape: Tape<Float>? = Tape()
    var x = tape?.watch(Tensor(1))
    for _ in 0..<1_000_000 { x = x.map { $0 * 1.5 } }
    tape = nil
    x = nil
  }

  @Test func untrackedTensorsRecordNothing() {
    let x = Tensor<Float>(ones: [2, 2])
    #expect(!(x + x).tanh().isTracked)
    let tape = Tape<Float>()
    let watched = tape.watch(x)
    #expect((watched + x).isTracked)
    #expect(!watched.detached().exp().isTracked)
    #expect(tape.count == 2)
  }

  @Test func aVariableWithoutInfluenceHasAZeroGradient() {
    let tape = Tape<Float>()
    let (a, b) = (tape.watch(Tensor<Float>(ones: [2])), tape.watch(Tensor<Float>(ones: [3])))
    let gradients = tape.gradients(of: a.sum(), at: [a, b])
    #expect(gradients[0] == Tensor(ones: [2]))
    #expect(gradients[1] == Tensor(zeros: [3]))
  }

  @Test func theSweepFreesWhatItHasPassed() {
    final class Canary: Sendable {}
    weak var canary: Canary?
    let tape = Tape<Float>()
    let x = tape.watch(Tensor<Float>(ones: [2]))
    do {
      let captured = Canary()
      canary = captured
      let y = Tensor.recorded(result: x.detached(), inputs: [x]) { cotangent in withExtendedLifetime(captured) { [cotangent] } }
      #expect(tape.gradients(of: y.sum(), at: [x])[0] == Tensor(ones: [2]))
    }
    #expect(canary == nil)
  }

  /// Large enough for all threads: what they compute is flushed as what the caller computes, and only in the sweep.
  @Test func gradientsTooSmallToBeNormalAreZeros() {
    let tape = Tape<Float>()
    let x = tape.watch(Tensor<Float>(ones: [1 << 18]))
    let small: Float = 1e-20
    #expect(tape.gradients(of: (x * small * small).sum(), at: [x])[0] == Tensor(zeros: [1 << 18]))
    let product = Tensor<Float>(ones: [1 << 18]) * small * small
    #expect(product.scalars.allSatisfy { $0 == small * small && $0 != 0 })
  }
}
