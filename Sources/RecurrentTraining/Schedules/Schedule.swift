import RecurrentTensors

/// How the learning rate changes over a run.
///
/// A schedule gives the rate of every step as a pure function of the position, so a resumed run needs no replay. Those
/// that follow the validation loss keep a little state, which goes into checkpoints.
public protocol Schedule: Sendable {
  /// What follows the validation loss; empty for pure schedules.
  var state: ScheduleState { get set }

  /// The learning rate of the step at `position`.
  func rate(at position: SchedulePosition) -> Double

  /// Tells the schedule what an evaluation gave; what it then changes it says in a line.
  mutating func validated(loss: Double) -> String?
}

extension Schedule {
  public var state: ScheduleState {
    get { ScheduleState() }
    set {}
  }

  public mutating func validated(loss: Double) -> String? { nil }
}

/// Where a step is in a run.
public struct SchedulePosition: Sendable, Equatable {
  /// Steps done before it.
  public var step: Int
  /// Steps in an epoch.
  public var stepsPerEpoch: Int

  /// - Precondition: `stepsPerEpoch` is above 0.
  public init(step: Int, stepsPerEpoch: Int) {
    check(stepsPerEpoch > 0, "SchedulePosition: \(stepsPerEpoch) steps in an epoch")
    self.step = step
    self.stepsPerEpoch = stepsPerEpoch
  }

  /// Whole epochs done before it: the epoch, counted from 0.
  public var epoch: Int { step / stepsPerEpoch }

  /// Epochs done before it, in parts of one.
  public var epochs: Double { Double(step) / Double(stepsPerEpoch) }
}

/// What a schedule remembers of evaluations.
public struct ScheduleState: Codable, Sendable, Equatable {
  /// How often the rate was divided.
  public var divisions: Int
  /// The lowest validation loss.
  public var best: Double?
  /// Evaluations since then, or since the last division.
  public var stalls: Int

  /// The state before any evaluation, or any other.
  public init(divisions: Int = 0, best: Double? = nil, stalls: Int = 0) {
    self.divisions = divisions
    self.best = best
    self.stalls = stalls
  }
}
