/// How often a run writes its checkpoint. It also writes one at its end and when it is interrupted.
///
/// When checkpoints are written changes nothing about the results.
public struct CheckpointInterval: Sendable, Equatable {
  /// At the end of the step after which so many seconds have passed since the last one.
  public var seconds: Double?
  /// After every so many steps.
  public var steps: Int?

  /// Both may be given; the default is every 30 seconds.
  public init(seconds: Double? = 30, steps: Int? = nil) {
    self.seconds = seconds
    self.steps = steps
  }
}
