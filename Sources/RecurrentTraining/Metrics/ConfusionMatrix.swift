import RecurrentTensors

/// How often each class was taken for each class, and the figures that follow from it.
///
/// ```swift
/// let matrix = ConfusionMatrix(truth: [0, 0, 1], predictions: [0, 1, 1], classCount: 2)
/// print(matrix.accuracy)  // 2/3
/// print(matrix[1, 1])     // 1: once class 1 was taken for class 1
/// ```
public struct ConfusionMatrix: Sendable, Hashable, Codable {
  /// The number of classes.
  public let classCount: Int
  /// How often, `[true class, predicted class]` in row-major order.
  public private(set) var counts: [Int]

  /// A matrix of nothing.
  public init(classCount: Int) {
    check(classCount > 0, "ConfusionMatrix: \(classCount) classes")
    self.classCount = classCount
    counts = Array(repeating: 0, count: classCount * classCount)
  }

  /// The matrix of these predictions.
  ///
  /// - Precondition: as many predictions as true classes, each from 0 to below `classCount`.
  public init(truth: [Int], predictions: [Int], classCount: Int) {
    check(
      truth.count == predictions.count, "ConfusionMatrix: \(truth.count) true classes and \(predictions.count) predictions")
    self.init(classCount: classCount)
    for (truth, prediction) in zip(truth, predictions) { add(truth: truth, prediction: prediction) }
  }

  /// Counts one more.
  public mutating func add(truth: Int, prediction: Int) {
    check(
      (0..<classCount).contains(truth) && (0..<classCount).contains(prediction),
      "ConfusionMatrix: class \(truth) taken for \(prediction), with \(classCount) classes")
    counts[truth * classCount + prediction] += 1
  }

  /// How often class `truth` was taken for class `prediction`.
  public subscript(truth: Int, prediction: Int) -> Int { counts[truth * classCount + prediction] }

  /// How many predictions there are.
  public var total: Int { counts.reduce(0, +) }

  /// How often the class is the true one.
  public func support(of index: Int) -> Int { (0..<classCount).reduce(0) { $0 + self[index, $1] } }

  /// How often the class was predicted.
  public func predictedCount(of index: Int) -> Int { (0..<classCount).reduce(0) { $0 + self[$1, index] } }

  /// The share of right predictions; 0 where there is none.
  public var accuracy: Double { Self.share((0..<classCount).reduce(0) { $0 + self[$1, $1] }, total) }

  /// The share of right ones among the predictions of a class; 0 if it was never predicted.
  public func precision(of index: Int) -> Double { Self.share(self[index, index], predictedCount(of: index)) }

  /// The share of a class that was found; 0 if it does not occur.
  public func recall(of index: Int) -> Double { Self.share(self[index, index], support(of: index)) }

  /// The harmonic mean of precision and recall, `2 TP / (2 TP + FP + FN)`; 0 if a class neither occurs nor was predicted.
  public func f1(of index: Int) -> Double { Self.share(2 * self[index, index], support(of: index) + predictedCount(of: index)) }

  /// The mean F1 of the classes that occur or were predicted, each with the same weight, as scikit-learn has it; 0 where there is none.
  public var macroF1: Double {
    let seen = (0..<classCount).filter { support(of: $0) + predictedCount(of: $0) > 0 }
    return seen.isEmpty ? 0 : seen.reduce(0) { $0 + f1(of: $1) } / Double(seen.count)
  }

  private static func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
}
