/// Where inputs enter a recurrent network and where its answers are read: the five arrangements of inputs and outputs in time (Karpathy
/// 2015, "The unreasonable effectiveness of recurrent neural networks").
///
/// Every one of them is a run over time. Inputs enter at the first steps, answers are read from a step on, and a step without an input
/// finds zeros there:
///
///                     steps     inputs at   answers at
///     one to one      1         0           0
///     one to many     m         0           0 ..< m
///     many to one     n         0 ..< n     n - 1
///     many to many,
///       after it      n + m     0 ..< n     n ..< n + m
///       in step       n         0 ..< n     0 ..< n
public enum Arrangement: String, Sendable, Codable, CaseIterable {
  /// One vector in, one out: no sequence at all.
  case oneToOne = "one-to-one"
  /// One vector in, a sequence out: a caption for a picture, a curve from its parameters.
  case oneToMany = "one-to-many"
  /// A sequence in, one vector out: a verdict, a measure of the whole.
  case manyToOne = "many-to-one"
  /// A sequence in, and when it has been read another out: a translation, what comes next.
  case manyToManyAfter = "many-to-many-after"
  /// A sequence in, and an answer at each of its steps: tags, a filter, the next word.
  case manyToManyInStep = "many-to-many-in-step"

  /// Whether only one input enters.
  public var takesOne: Bool { self == .oneToOne || self == .oneToMany }

  /// Whether only one answer is read.
  public var givesOne: Bool { self == .oneToOne || self == .manyToOne }

  /// Whether there are steps without an input.
  public var hasEmptySteps: Bool { self == .oneToMany || self == .manyToManyAfter }

  /// How many answers follow from the number of inputs; nil: that is free.
  public func outputCount(inputCount: Int) -> Int? {
    switch self {
    case .oneToOne, .manyToOne: 1
    case .manyToManyInStep: inputCount
    case .oneToMany, .manyToManyAfter: nil
    }
  }

  /// The number of steps that a network takes.
  public func stepCount(inputCount: Int, outputCount: Int) -> Int {
    firstOutput(inputCount: inputCount) + outputCount
  }

  /// The step of the first answer.
  public func firstOutput(inputCount: Int) -> Int {
    switch self {
    case .oneToOne, .oneToMany, .manyToManyInStep: 0
    case .manyToOne: inputCount - 1
    case .manyToManyAfter: inputCount
    }
  }

  /// Whether this arrangement allows `inputCount` inputs and `outputCount` outputs. Both must be at least 1.
  public func accepts(inputCount: Int, outputCount: Int) -> Bool {
    guard inputCount >= 1, outputCount >= 1, !takesOne || inputCount == 1 else { return false }
    return self.outputCount(inputCount: inputCount).map { $0 == outputCount } ?? true
  }
}
