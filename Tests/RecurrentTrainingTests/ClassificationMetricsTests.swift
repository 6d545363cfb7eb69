import Foundation
import RecurrentTensors
import RecurrentTraining
import Testing

struct ClassificationMetricsTests {
  /// Truth 0 0 0 1 1 2, predictions 0 0 1 1 2 2; class 3 neither occurs nor is predicted.
  private let matrix = ConfusionMatrix(truth: [0, 0, 0, 1, 1, 2], predictions: [0, 0, 1, 1, 2, 2], classCount: 4)

  @Test func figuresByHand() {
    #expect(matrix.counts == [2, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0])
    #expect(matrix[0, 1] == 1 && matrix[1, 0] == 0 && matrix.total == 6)
    #expect(matrix.accuracy == 4.0 / 6)
    #expect((0..<4).map { matrix.precision(of: $0) } == [1, 0.5, 0.5, 0])
    #expect((0..<4).map { matrix.recall(of: $0) } == [2.0 / 3, 0.5, 1, 0])
    #expect((0..<4).map { matrix.f1(of: $0) } == [0.8, 0.5, 2.0 / 3, 0])
    #expect((0..<4).map { matrix.support(of: $0) } == [3, 2, 1, 0])
    #expect((0..<4).map { matrix.predictedCount(of: $0) } == [2, 2, 2, 0])
    let macroF1: Double = (0.8 + 0.5 + 2.0 / 3.0) / 3.0
    #expect(abs(matrix.macroF1 - macroF1) < 1e-15)
  }

  /// A class that is predicted and never occurs counts, and pulls the mean down.
  @Test func aWronglyPredictedClassCounts() {
    let matrix = ConfusionMatrix(truth: [0, 0], predictions: [0, 1], classCount: 2)
    #expect(matrix.macroF1 == 1.0 / 3)
  }

  @Test func nothing() {
    let empty = ConfusionMatrix(classCount: 2)
    #expect(empty.accuracy == 0 && empty.macroF1 == 0 && empty.total == 0)
  }

  @Test func aFileKeepsTheMatrix() throws {
    #expect(try JSONDecoder().decode(ConfusionMatrix.self, from: JSONEncoder().encode(matrix)) == matrix)
  }

  @Test func areaByHand() {
    #expect(areaUnderCurve(scores: [0.1, 0.4, 0.35, 0.8], isPositive: [false, false, true, true]) == 0.75)
    #expect(areaUnderCurve(scores: [1, 2, 3], isPositive: [false, true, true]) == 1)
    #expect(areaUnderCurve(scores: [3, 2, 1], isPositive: [false, true, true]) == 0)
    #expect(areaUnderCurve(scores: [5, 5, 5, 5], isPositive: [true, false, true, false]) == 0.5)
    #expect(areaUnderCurve(scores: [1, 2], isPositive: [true, true]) == nil)
    #expect(areaUnderCurve(scores: [1, .nan], isPositive: [true, false]) == nil)
    #expect(areaUnderCurve(scores: [], isPositive: []) == nil)
  }

  /// Its definition: over all pairs, with many ties.
  @Test func areaIsTheShareOfPairsInOrder() throws {
    var generator = RandomGenerator(seed: 1)
    for _ in 0..<20 {
      let truth = (0..<60).map { _ in generator.uniform() < 0.3 }
      let scores = truth.map { Double(Int(generator.uniform() * 8) + ($0 ? 1 : 0)) }
      var pairs = 0.0
      var right = 0.0
      for (i, positive) in truth.enumerated() where positive {
        for (j, other) in truth.enumerated() where !other {
          pairs += 1
          right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
        }
      }
      let area = try #require(areaUnderCurve(scores: scores, isPositive: truth))
      #expect(abs(area - right / pairs) < 1e-12)
    }
  }
}
