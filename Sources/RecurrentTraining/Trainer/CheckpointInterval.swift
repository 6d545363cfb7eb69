/// How often a run writes its checkpoint. It also writes one at its end and when it is interrupted.
///
/// By default a run that is killed loses an epoch, or 30 seconds where that is less; epochs that are over in less than four times the time that
/// writing a checkpoint takes share one. When checkpoints are written changes nothing about the
/// results.
public struct CheckpointInterval: Sendable, Equatable {
  /// At the end of the step after which so many seconds have passed since the last one.
  public var seconds: Double?
  /// After every so many steps.
  public var steps: Int?
  /// At the end of every epoch, but of those that would bring the time for writing above a fifth of the run's.
  public var epochEnds: Bool

  /// Any of them may be given; the default is the end of every epoch and every 30 seconds.
  public init(seconds: Double? = 30, steps: Int? = nil, epochEnds: Bool = true) {
    self.seconds = seconds
    self.steps = steps
    self.epochEnds = epochEnds
  }

  /// Whether a checkpoint is due.
  ///
  /// - Parameters:
  ///   - step: Steps done since the run's beginning.
  ///   - epochEnds: Whether the last of them ended an epoch.
  ///   - seconds: Seconds since the last checkpoint.
  ///   - writing: Seconds that writing it took.
  func isDue(after step: Int, epochEnds: Bool, seconds: Double, writing: Double) -> Bool {
    if let steps, step.isMultiple(of: steps) { return true }
    if let limit = self.seconds, seconds >= limit { return true }
    return epochEnds && self.epochEnds && seconds >= 4 * writing
  }
}
