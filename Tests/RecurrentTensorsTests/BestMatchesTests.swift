import RecurrentTensors
import RecurrentTestSupport
import Testing

@Suite struct BestMatchesTests {
  private static func random(_ shape: Shape, seed: UInt64) -> Tensor<Double> {
    var generator = RandomGenerator(seed: seed)
    return Tensor(uniform: -1...1, shape: shape, using: &generator)
  }

  /// Against the sums as they are written.
  @Test func scoresAreSumsOfLargestProducts() {
    let (words, regions, lengths) = (Self.random([5, 3, 4], seed: 1), Self.random([2, 6, 4], seed: 2), [5, 0, 3])
    let matches = BestMatches(of: words, lengths: lengths, among: regions)
    #expect(matches.scores.shape == [2, 3])
    let (w, r) = (words.scalars, regions.scalars)
    for set in 0..<2 {
      for sentence in 0..<3 {
        var sum = 0.0
        for step in 0..<lengths[sentence] {
          let products = (0..<6).map { member in
            (0..<4).reduce(0.0) { $0 + w[(step * 3 + sentence) * 4 + $1] * r[(set * 6 + member) * 4 + $1] }
          }
          sum += products.max()!
          #expect(products[matches.place(of: step, sentence: sentence, in: set)] == products.max())
        }
        #expect(abs(matches.scores.scalars[set * 3 + sentence] - sum) < 1e-12)
      }
    }
  }

  @Test func gradient() {
    let weights = Self.random([2, 3], seed: 5)
    let error = gradientError(at: [Self.random([5, 3, 4], seed: 3), Self.random([2, 6, 4], seed: 4)]) { tensors in
      (BestMatches(of: tensors[0], lengths: [5, 0, 3], among: tensors[1]).scores * weights).sum()
    }
    #expect(error < 1e-7)
  }
}
