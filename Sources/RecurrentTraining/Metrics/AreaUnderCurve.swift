import RecurrentTensors

/// The area under the receiver operating characteristic: the probability that a positive example has a higher score than a negative one,
/// ties counting one half (the statistic of Mann and Whitney 1947, divided by the number of pairs).
///
/// 0.5 is guessing. The time is that of sorting.
///
/// - Parameters:
///   - scores: Any numbers that grow with the belief that an example is positive.
///   - isPositive: What is true of each.
/// - Returns: nil if all examples are positive or all negative, or a score is NaN.
public func areaUnderCurve(scores: [Double], isPositive: [Bool]) -> Double? {
  check(scores.count == isPositive.count, "areaUnderCurve: \(scores.count) scores and \(isPositive.count) truths")
  let positives = isPositive.count { $0 }
  let negatives = scores.count - positives
  guard positives > 0, negatives > 0, !scores.contains(where: \.isNaN) else { return nil }
  let order = scores.indices.sorted { scores[$0] < scores[$1] }
  // The sum of the positives' ranks from 1, those of equal scores being the mean of their places.
  var rankSum = 0.0
  var start = 0
  while start < order.count {
    var end = start
    var tied = 0
    while end < order.count, scores[order[end]] == scores[order[start]] {
      if isPositive[order[end]] { tied += 1 }
      end += 1
    }
    rankSum += Double(tied) * Double(start + 1 + end) / 2
    start = end
  }
  let least = Double(positives) * Double(positives + 1) / 2
  return (rankSum - least) / (Double(positives) * Double(negatives))
}
