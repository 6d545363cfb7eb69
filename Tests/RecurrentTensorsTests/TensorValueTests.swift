import RecurrentTensors
import Testing

/// Results of operations, beside the gradients that `OperationGradientTests` checks.
@Suite struct TensorValueTests {
  /// 0, 1, 2, ... in the given shape.
  private func counting(_ shape: Shape) -> Tensor<Float> {
    Tensor(shape: shape, scalars: (0..<shape.elementCount).map(Float.init))
  }

  @Test func broadcastingFollowsNumPy() {
    let column = Tensor<Float>(shape: [2, 1], scalars: [10, 20])
    let row = Tensor<Float>(shape: [3], scalars: [1, 2, 3])
    #expect(column + row == Tensor(shape: [2, 3], scalars: [11, 12, 13, 21, 22, 23]))
    #expect(row - column == Tensor(shape: [2, 3], scalars: [-9, -8, -7, -19, -18, -17]))
    #expect(column * 2 == Tensor(shape: [2, 1], scalars: [20, 40]))
    #expect(1 / column == Tensor(shape: [2, 1], scalars: [0.1, 0.05]))
    #expect(counting([2, 0, 3]) + row == Tensor(zeros: [2, 0, 3]))
  }

  @Test func shapeMoves() {
    let x = counting([2, 3, 4])
    #expect(x.transposed(permutation: [2, 0, 1]).shape == [4, 2, 3])
    #expect(x.transposed(permutation: [2, 0, 1]).scalars.prefix(6).elementsEqual([0, 4, 8, 12, 16, 20]))
    #expect(x.transposed(permutation: [1, 0, 2]).transposed(permutation: [1, 0, 2]) == x)
    #expect(counting([2, 3]).transposed() == Tensor(shape: [3, 2], scalars: [0, 3, 1, 4, 2, 5]))
    #expect(x.reversed(alongAxis: 1).index(0, alongAxis: 0).scalars == [8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3])
    #expect(x.sliced(1..<3, alongAxis: 1).index(1, alongAxis: 0).scalars == [16, 17, 18, 19, 20, 21, 22, 23])
    #expect(x.index(2, alongAxis: 2).scalars == [2, 6, 10, 14, 18, 22])
    #expect(Tensor(concatenating: x.split(sizes: [1, 3], alongAxis: 2), alongAxis: 2) == x)
    #expect(Tensor(stacking: x.unstacked(alongAxis: 1), alongAxis: 1) == x)
    #expect(counting([3, 1]).broadcast(to: [2, 3, 2]).scalars == [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2])
  }

  @Test func aSliceSharesMemoryAndAWriteDoesNotShowInItsParent() {
    let x = counting([4, 2])
    var part = x.sliced(1..<3)
    let before = part.withUnsafeScalars { $0.baseAddress }
    #expect(before == x.withUnsafeScalars { $0.baseAddress.map { $0 + 2 } })
    part.withUnsafeMutableScalars { $0[0] = 100 }
    #expect(part.scalars == [100, 3, 4, 5])
    #expect(x == counting([4, 2]))
  }

  @Test func reductions() {
    let x = counting([2, 3, 2])
    #expect(x.sum().scalar == 66)
    #expect(x.mean().scalar == 5.5)
    #expect(x.sum(alongAxes: 1).scalars == [6, 9, 24, 27])
    #expect(x.sum(alongAxes: 0, 2, keepingAxes: true) == Tensor(shape: [1, 3, 1], scalars: [14, 22, 30]))
    #expect(x.variance(alongAxes: 1).scalars.allSatisfy { abs($0 - 8.0 / 3) < 1e-6 })
    #expect(x.maximum(alongAxis: 1).scalars == [4, 5, 10, 11])
    #expect(x.minimum(alongAxis: 2).scalars == [0, 2, 4, 6, 8, 10])
    #expect(Tensor<Float>(shape: [2, 3], scalars: [1, 3, 3, 5, 4, 5]).indexOfMaximum(alongAxis: 1).scalars == [1, 0])
    #expect(Tensor<Float>(zeros: [0, 3]).sum().scalar == 0)
    #expect(Tensor<Float>(zeros: [0, 3]).sum(alongAxes: 0) == Tensor(zeros: [3]))
  }

  @Test func softmaxOfLargeNumbersIsExact() {
    let x = Tensor<Float>(shape: [2, 3], scalars: [1000, 1000, 1000, -1e30, 0, -1e30])
    let third: Float = 1.0 / 3
    let expected: [Float] = [third, third, third, 0, 1, 0]
    #expect(x.softmax().scalars == expected)
    #expect(abs(x.logSumExp(alongAxis: 1).scalars[0] - 1001.0986) < 1e-3)
    let none = Tensor<Float>(repeating: -.infinity, shape: [1, 4])
    #expect(none.logSumExp(alongAxis: 1).scalars == [-.infinity])
  }

  @Test func crossEntropyIsTheMeanOverTargetsThatCount() {
    let logits = counting([3, 2]) * 0.5
    let targets = IndexTensor(shape: [3], scalars: [1, -1, 0])
    let losses = (logits.logSoftmax() * -1).gathering(at: IndexTensor(shape: [3], scalars: [1, 0, 0])).scalars
    let loss = crossEntropy(logits: logits, targets: targets, ignoring: -1)
    #expect(abs(loss.scalar - (losses[0] + losses[2]) / 2) < 1e-6)
    let nothing = IndexTensor(shape: [3], scalars: [-1, -1, -1])
    #expect(crossEntropy(logits: logits, targets: nothing, ignoring: -1).scalar == 0)
  }

  @Test func replacingIgnoresWhatIsReplacedEvenNaN() {
    let x = Tensor<Float>(shape: [3], scalars: [1, .nan, 3])
    let mask = Tensor<Float>(shape: [3], scalars: [0, 1, 0])
    #expect(x.replacing(with: Tensor(zeros: [3]), where: mask).scalars == [1, 0, 3])
    let tape = Tape<Float>()
    let watched = tape.watch(x)
    let result = watched.replacing(with: Tensor(zeros: []), where: mask).squared().sum()
    #expect(tape.gradients(of: result, at: [watched])[0].scalars == [2, 0, 6])
  }

  @Test func comparisonsGiveOnesAndZeros() {
    let (a, b) = (counting([4]), Tensor<Float>(repeating: 2, shape: []))
    #expect((a .< b).scalars == [1, 1, 0, 0])
    #expect((a .>= 2).scalars == [0, 0, 1, 1])
    #expect((a .== b).scalars == [0, 0, 1, 0])
    #expect((a .!= b).scalars == [1, 1, 0, 1])
  }

  @Test func matrixProductWithoutInnerExtentIsZero() {
    #expect(matmul(Tensor<Float>(ones: [2, 0]), Tensor(ones: [0, 3])) == Tensor(zeros: [2, 3]))
  }
}
