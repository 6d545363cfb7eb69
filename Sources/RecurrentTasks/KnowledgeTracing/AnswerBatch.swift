import RecurrentTensors

/// One answer as the model reads it: the indices of its question's skills, and whether it was right.
struct SkillAnswer: Sendable, Equatable {
  /// One at least, each below the model's `skillCount`.
  var skills: [Int32]
  var isRight: Bool
  /// Whether it counts in losses and scores.
  var counts = true
}

/// A student's answers, or those to one skill, from the first to the last.
struct SkillSequence: Sendable, Equatable {
  /// The student's name, or number in the file, counted from 1.
  var student: String
  var answers: [SkillAnswer]
}

/// Parts of sequences side by side. The answer of a step is never among the inputs up to that step.
public struct AnswerBatch: Sendable {
  /// What is read at each step, a tensor for each place that a question's skills may take, `[time, batch]`: the start, or a skill of the
  /// answer before with right or wrong.
  let tokens: [IndexTensor]
  /// By how much each of `tokens` counts: one over the number of skills, or 0 where there are fewer.
  let inputShares: [Tensor<Float>]
  /// The skills asked for at each step, a tensor for each place.
  let skills: [IndexTensor]
  /// By how much each of `skills` counts.
  let shares: [Tensor<Float>]
  /// 1 where the answer is right, `[time, batch]`.
  let targets: Tensor<Float>
  /// 1 where an answer counts, 0 past the end of a sequence too.
  let mask: Tensor<Float>
  /// The steps of each sequence.
  let lengths: [Int]
  /// Answers that count.
  let countedCount: Int

  /// Whether no question has several skills, so that no shares are needed.
  var hasSingleSkills: Bool { skills.count == 1 }

  /// The token of the start.
  static let start: Int32 = 0

  /// The token of a skill with its answer.
  static func token(_ skill: Int32, isRight: Bool) -> Int32 { 1 + 2 * skill + (isRight ? 1 : 0) }

  /// The given parts of sequences. A part that does not begin a sequence reads the answer before it first.
  init(_ sequences: [SkillSequence], parts: [(sequence: Int, range: Range<Int>)]) {
    let time = parts.map(\.range.count).max() ?? 0
    let batch = parts.count
    var width = 1
    for part in parts {
      let answers = sequences[part.sequence].answers
      for index in max(0, part.range.lowerBound - 1)..<part.range.upperBound { width = max(width, answers[index].skills.count) }
    }
    let blankTokens = [Int32](repeating: 0, count: time * batch)
    let blank = [Float](repeating: 0, count: time * batch)
    var tokens = Array(repeating: blankTokens, count: width)
    var inputShares = Array(repeating: blank, count: width)
    var skills = Array(repeating: blankTokens, count: width)
    var shares = Array(repeating: blank, count: width)
    var targets = blank
    var mask = blank
    var counted = 0
    for (column, part) in parts.enumerated() {
      let answers = sequences[part.sequence].answers
      for (step, index) in part.range.enumerated() {
        let place = step * batch + column
        let answer = answers[index]
        targets[place] = answer.isRight ? 1 : 0
        mask[place] = answer.counts ? 1 : 0
        counted += answer.counts ? 1 : 0
        for (slot, skill) in answer.skills.enumerated() {
          skills[slot][place] = skill
          shares[slot][place] = 1 / Float(answer.skills.count)
        }
        guard index > 0 else {
          (tokens[0][place], inputShares[0][place]) = (Self.start, 1)
          continue
        }
        let before = answers[index - 1]
        for (slot, skill) in before.skills.enumerated() {
          tokens[slot][place] = Self.token(skill, isRight: before.isRight)
          inputShares[slot][place] = 1 / Float(before.skills.count)
        }
      }
    }
    self.tokens = tokens.map { IndexTensor(shape: [time, batch], scalars: $0) }
    self.inputShares = inputShares.map { Tensor(shape: [time, batch], scalars: $0) }
    self.skills = skills.map { IndexTensor(shape: [time, batch], scalars: $0) }
    self.shares = shares.map { Tensor(shape: [time, batch], scalars: $0) }
    self.targets = Tensor(shape: [time, batch], scalars: targets)
    self.mask = Tensor(shape: [time, batch], scalars: mask)
    lengths = parts.map(\.range.count)
    countedCount = counted
  }
}
