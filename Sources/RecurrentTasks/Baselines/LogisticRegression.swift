import RecurrentTensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Multinomial logistic regression on sparse features, `p = softmax(x W + b)`.
///
/// The weights minimize the mean cross-entropy plus `penalty / 2 · |W|²`; the bias is free. The function is convex and the solver has no
/// randomness, so the same data always give the same model. With two classes the columns of W are each other's negatives, and so one is kept.
struct LogisticRegression: Sendable {
  let classCount: Int
  /// W, `[features, columns]`, and after it b, `[columns]`.
  private(set) var weights: [Double]

  /// Fits a model.
  ///
  /// - Parameters:
  ///   - rows: The features of each example.
  ///   - featureCount: One more than the largest column.
  ///   - classes: The class of each example, from 0 to below `classCount`.
  ///   - penalty: At least 0.
  ///   - solver: How exactly the minimum is found.
  ///   - start: A model to start from, which makes it faster and changes the result by no more than the solver's tolerance.
  init(
    rows: SparseRows, featureCount: Int, classes: [Int], classCount: Int, penalty: Double,
    solver: LimitedMemoryBFGS = LimitedMemoryBFGS(), start: LogisticRegression? = nil
  ) {
    check(rows.count == classes.count, "LogisticRegression: \(rows.count) rows and \(classes.count) classes")
    self.classCount = classCount
    weights = start?.weights ?? Array(repeating: 0, count: (featureCount + 1) * Self.columnCount(classCount))
    let curvatures = Self.curvatures(rows, weights.count, Self.columnCount(classCount), penalty)
    solver.minimize(&weights, curvatures: curvatures) { weights, gradient in
      Self.loss(weights, &gradient, rows, classes, classCount, penalty)
    }
  }

  /// The diagonal of the Hessian where all classes are equally probable, `[features + 1, columns]`.
  private static func curvatures(_ rows: SparseRows, _ count: Int, _ columnCount: Int, _ penalty: Double) -> [Double] {
    var curvatures = Array(repeating: penalty + 1e-12, count: count)
    let share = 0.25 / Double(max(1, rows.count))
    for (column, value) in zip(rows.columns, rows.values) {
      for k in 0..<columnCount { curvatures[Int(column) * columnCount + k] += share * Double(value * value) }
    }
    for index in count - columnCount..<count { curvatures[index] = 0.25 }
    return curvatures
  }

  private static func columnCount(_ classCount: Int) -> Int { classCount == 2 ? 1 : classCount }

  /// The probability of each class for each row, `[rows, classes]` in row-major order.
  func probabilities(of rows: SparseRows) -> [Double] {
    var result = Array(repeating: 0.0, count: rows.count * classCount)
    result.withUnsafeMutableBufferPointer { result in
      weights.withUnsafeBufferPointer { weights in
        for row in 0..<rows.count {
          let scores = UnsafeMutableBufferPointer(rebasing: result[row * classCount..<(row + 1) * classCount])
          Self.score(rows, row, weights, into: scores)
          _ = Self.softmax(scores)
        }
      }
    }
    return result
  }

  /// The mean cross-entropy of these classes, in nats.
  func crossEntropy(of rows: SparseRows, classes: [Int]) -> Double {
    let probabilities = probabilities(of: rows)
    let sum = classes.indices.reduce(0) { $0 - log(max(probabilities[$1 * classCount + classes[$1]], .leastNormalMagnitude)) }
    return sum / Double(max(1, classes.count))
  }

  private static func loss(
    _ weights: [Double], _ gradient: inout [Double], _ rows: SparseRows, _ classes: [Int], _ classCount: Int, _ penalty: Double
  ) -> Double {
    let columnCount = columnCount(classCount)
    let biasStart = weights.count - columnCount
    // A column that stands for two counts twice.
    let penalty = classCount == 2 ? 2 * penalty : penalty
    let share = 1 / Double(max(1, rows.count))
    var loss = 0.0
    var scores = Array(repeating: 0.0, count: classCount)
    weights.withUnsafeBufferPointer { weights in
      gradient.withUnsafeMutableBufferPointer { gradient in
        for index in 0..<biasStart {
          gradient[index] = penalty * weights[index]
          loss += penalty / 2 * weights[index] * weights[index]
        }
        for index in biasStart..<weights.count { gradient[index] = 0 }
        scores.withUnsafeMutableBufferPointer { scores in
          rows.columns.withUnsafeBufferPointer { columns in
            rows.values.withUnsafeBufferPointer { values in
              for row in 0..<rows.count {
                score(rows, row, weights, into: scores)
                let truth = scores[classes[row]]
                loss += share * (softmax(scores) - truth)
                scores[classes[row]] -= 1
                if columnCount == 1 { scores[0] -= scores[1] }
                for index in rows.range(row) {
                  let start = Int(columns[index]) * columnCount
                  let value = share * Double(values[index])
                  for k in 0..<columnCount { gradient[start + k] += value * scores[k] }
                }
                for k in 0..<columnCount { gradient[biasStart + k] += share * scores[k] }
              }
            }
          }
        }
      }
    }
    return loss
  }

  /// `x W + b` of one row.
  private static func score(
    _ rows: SparseRows, _ row: Int, _ weights: UnsafeBufferPointer<Double>, into scores: UnsafeMutableBufferPointer<Double>
  ) {
    let columnCount = columnCount(scores.count)
    for k in 0..<columnCount { scores[k] = weights[weights.count - columnCount + k] }
    rows.columns.withUnsafeBufferPointer { columns in
      rows.values.withUnsafeBufferPointer { values in
        for index in rows.range(row) {
          let start = Int(columns[index]) * columnCount
          let value = Double(values[index])
          for k in 0..<columnCount { scores[k] += value * weights[start + k] }
        }
      }
    }
    if columnCount == 1 { scores[1] = -scores[0] }
  }

  /// Makes scores probabilities; returns the logarithm of the sum of their exponentials.
  private static func softmax(_ scores: UnsafeMutableBufferPointer<Double>) -> Double {
    let largest = scores.max() ?? 0
    var sum = 0.0
    for k in 0..<scores.count {
      scores[k] = exp(scores[k] - largest)
      sum += scores[k]
    }
    for k in 0..<scores.count { scores[k] /= sum }
    return largest + log(sum)
  }
}
