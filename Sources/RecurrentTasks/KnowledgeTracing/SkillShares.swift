/// The obvious prediction: the share of right answers to a skill in training, drawn towards the share of this student's answers to it so far.
///
/// `p = (weight * share[skill] + right so far) / (weight + answers so far)`, over the answers that the model would see too. The weight is
/// that of a few with the lowest loss in training.
struct SkillShares: Sendable, Equatable, Codable {
  /// The share of right answers for each skill, that of all answers for unknown ones.
  private let shares: [Double]
  private let weight: Double

  /// Fitted to the training part.
  init(_ sequences: [SkillSequence], skillCount: Int) {
    var right = [Double](repeating: 0, count: skillCount)
    var all = right
    for answer in sequences.lazy.flatMap(\.answers) where answer.counts {
      for skill in answer.skills {
        all[Int(skill)] += 1
        right[Int(skill)] += answer.isRight ? 1 : 0
      }
    }
    let mean = right.reduce(0, +) / max(1, all.reduce(0, +))
    // Two answers' worth of the mean, so that a skill seen once is neither 0 nor 1.
    let shares = zip(right, all).map { ($0 + 2 * mean) / ($1 + 2) }
    self = [1, 2, 4, 8, 16, 32].map { SkillShares(shares: shares, weight: $0) }
      .map { ($0, AnswerScores(sequences, probabilities: $0.probabilities(sequences)).loss) }
      .min { $0.1 < $1.1 }!.0
  }

  private init(shares: [Double], weight: Double) {
    self.shares = shares
    self.weight = weight
  }

  /// Refuses what no training part says: a file may hold anything.
  ///
  /// - Throws: ``ArtifactError``.
  func checkConsistency(skillCount: Int) throws(ArtifactError) {
    if shares.count != skillCount || !shares.allSatisfy((0...1).contains) || !(weight > 0 && weight.isFinite) {
      throw ArtifactError(
        "has shares that cannot be read: a share from 0 to 1 for each of \(skillCount) skills and a weight above 0 are needed")
    }
  }

  /// A probability for each answer from those before it in its sequence.
  func probabilities(_ sequences: [SkillSequence]) -> [[Float]] {
    sequences.map { sequence in
      var right: [Int32: Double] = [:]
      var all: [Int32: Double] = [:]
      return sequence.answers.map { answer in
        var sum = 0.0
        for skill in answer.skills {
          let share = shares.indices.contains(Int(skill)) ? shares[Int(skill)] : 0.5
          sum += (weight * share + right[skill, default: 0]) / (weight + all[skill, default: 0])
        }
        for skill in answer.skills {
          all[skill, default: 0] += 1
          right[skill, default: 0] += answer.isRight ? 1 : 0
        }
        return Float(sum / Double(answer.skills.count))
      }
    }
  }
}
