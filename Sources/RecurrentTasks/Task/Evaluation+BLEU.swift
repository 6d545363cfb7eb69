import RecurrentTraining

extension Evaluation {
  /// From where on BLEU says which model is better.
  static let leastBLEU = 2.0

  /// What the BLEU under this name lacks of 100; of equals the one with the lower loss.
  ///
  /// A BLEU below ``leastBLEU`` is a few phrases that happen to be right: such evaluations are worse than any above it, and of these the one with the
  /// lowest loss is the best.
  func score(byBLEU name: String) -> Double {
    guard self.loss.isFinite else { return .infinity }
    let (bleu, loss) = (metrics[name] ?? 0, min(self.loss, 1000))
    return bleu < Self.leastBLEU ? 1 + loss / 1000 : 1 - bleu / 100 + 1e-7 * loss
  }
}
