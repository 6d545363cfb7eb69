import RecurrentTensors

/// What any classifier has to beat: the most frequent class, whatever the input.
public struct MajorityClass: Sendable, Hashable {
  /// The most frequent class; the first of equals.
  public let prediction: Int
  /// Its share of the training data.
  public let share: Double

  /// Counts training classes.
  ///
  /// - Precondition: there is one at least.
  public init(classes: [Int]) {
    check(!classes.isEmpty, "MajorityClass: there is no class to count")
    var counts: [Int: Int] = [:]
    for value in classes { counts[value, default: 0] += 1 }
    let (value, count) = counts.min { ($1.value, $0.key) < ($0.value, $1.key) }!
    prediction = value
    share = Double(count) / Double(classes.count)
  }
}
