import RecurrentLayers
import RecurrentTensors
import Testing

@testable import RecurrentTraining

/// The gradient of an embedding knows which rows were used; updates that leave the others as they are skip them.
@Suite struct SparseGradientTests {
  static let tokens = IndexTensor(shape: [3, 2], scalars: [7, 1, 7, 40, 41, 8])

  static func embedding() -> Embedding<Float> {
    var generator = RandomGenerator(seed: 5)
    return Embedding(tokenCount: 50, featureCount: 20, using: &generator)
  }

  static func gradient(of model: Embedding<Float>) -> Embedding<Float> {
    valueAndGradient(at: model) { ($0(tokens) * 3).sum() + $0(IndexTensor(shape: [1], scalars: [2])).sum() }.gradient
  }

  /// The same numbers without the knowledge where they are zero.
  static func dense(_ model: Embedding<Float>) -> Embedding<Float> {
    var copy = model
    copy.weight.withUnsafeMutableScalars { _ in }
    return copy
  }

  @Test func rowsAreThoseUsed() {
    let model = Self.embedding()
    let gradient = Self.gradient(of: model)
    #expect(gradient.weight.filledRows == [1, 2, 7, 8, 40, 41])
    for row in 0..<50 {
      let isZero = gradient.weight.index(row).scalars.allSatisfy { $0 == 0 }
      #expect(isZero == ![1, 2, 7, 8, 40, 41].contains(row))
    }
    #expect(Self.dense(gradient).weight.filledRows == nil)
  }

  /// An embedding that is the output layer too has a gradient everywhere.
  @Test func aTiedEmbeddingKnowsNothing() {
    let model = Self.embedding()
    let targets = IndexTensor(shape: [3, 2], scalars: [0, 1, 2, 3, 4, 5])
    let gradient = valueAndGradient(at: model) {
      crossEntropy(logits: $0.logits($0(Self.tokens)), targets: targets)
    }.gradient
    #expect(gradient.weight.filledRows == nil)
  }

  @Test(arguments: [0, 0.01]) func updatesAreThoseOfTheWholeTable(weightDecay: Double) {
    func check(_ make: (Embedding<Float>) -> any Optimizer<Embedding<Float>>) {
      var (sparse, whole) = (Self.embedding(), Self.embedding())
      var (first, second) = (make(sparse), make(whole))
      for _ in 0..<3 {
        let gradient = Self.gradient(of: sparse)
        first.update(&sparse, along: gradient, scale: 0.5, rate: 0.1)
        second.update(&whole, along: Self.dense(gradient), scale: 0.5, rate: 0.1)
        #expect(sparse.weight.isBitwiseEqual(to: whole.weight))
      }
      #expect(!sparse.weight.isBitwiseEqual(to: Self.embedding().weight))
    }
    check { SGD(for: $0, weightDecay: weightDecay) }
    check { SGD(for: $0, momentum: 0.9, weightDecay: weightDecay) }
    check { Adagrad(for: $0, weightDecay: weightDecay) }
    check { Adam(for: $0, weightDecay: weightDecay) }
  }
}
