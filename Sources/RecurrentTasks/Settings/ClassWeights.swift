/// What a class weighs in the loss.
public enum ClassWeights: String, Codable, Sendable, CaseIterable {
  /// Every example counts as much as every other.
  case equal
  /// Every class counts as much as every other.
  case balanced

  /// The key `classWeights`.
  static let documentation =
    "balanced: every class counts as much as every other in the loss, however rare; and macro F1, not accuracy, says which model is best."
}
