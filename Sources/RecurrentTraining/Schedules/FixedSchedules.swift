import RecurrentTensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The same rate throughout.
public struct ConstantSchedule: Schedule, Equatable {
  /// The full rate.
  public let rate: Double

  /// A schedule that never changes.
  public init(rate: Double) { self.rate = rate }

  public func rate(at position: SchedulePosition) -> Double { rate }
}

/// The rate divided by a factor every few epochs: `rate / factor^n`, where n counts the divisions so far.
///
/// The first is after `after` epochs at the full rate, the next every `interval` epochs. Zaremba et al. 2014 (small):
/// factor 2 after epoch 4, every epoch.
public struct StepSchedule: Schedule, Equatable {
  /// The full rate.
  public let rate: Double
  /// What the rate is divided by, a time or an epoch.
  public let factor: Double
  /// Epochs at the full rate.
  public let after: Int
  /// Epochs from one division to the next.
  public let interval: Int

  /// - Precondition: `factor` is above 0, `after` and `interval` at least 1.
  public init(rate: Double, factor: Double, after: Int, interval: Int = 1) {
    check(factor > 0 && after >= 1 && interval >= 1, "StepSchedule: \(factor) after \(after) every \(interval)")
    self.rate = rate
    self.factor = factor
    self.after = after
    self.interval = interval
  }

  public func rate(at position: SchedulePosition) -> Double {
    guard position.epoch >= after else { return rate }
    return divided(rate, by: factor, times: (position.epoch - after) / interval + 1)
  }
}

/// The rate divided smoothly: `rate / factor^max(0, e - after)`, where e counts epochs in parts of one.
public struct ExponentialSchedule: Schedule, Equatable {
  /// The full rate.
  public let rate: Double
  /// What the rate is divided by, a time or an epoch.
  public let factor: Double
  /// Epochs at the full rate.
  public let after: Int

  /// - Precondition: `factor` is above 0, `after` at least 0.
  public init(rate: Double, factor: Double, after: Int = 0) {
    check(factor > 0 && after >= 0, "ExponentialSchedule: \(factor) after \(after)")
    self.rate = rate
    self.factor = factor
    self.after = after
  }

  public func rate(at position: SchedulePosition) -> Double {
    rate * exp(-log(factor) * max(0, position.epochs - Double(after)))
  }
}

/// Half a cosine from `rate` down to `finalRate`: `finalRate + (rate - finalRate) (1 + cos(π x)) / 2`, where x goes
/// from 0 at step `start` (the end of a warm-up) to 1 at step `totalSteps`.
///
/// Loshchilov and Hutter 2017, without restarts.
public struct CosineSchedule: Schedule, Equatable {
  /// The full rate.
  public let rate: Double
  /// The rate at the end.
  public let finalRate: Double
  /// The step at which it begins to fall.
  public let start: Int
  /// The steps of the whole run.
  public let totalSteps: Int

  /// A fall from `rate` to `finalRate`.
  public init(rate: Double, finalRate: Double = 0, start: Int = 0, totalSteps: Int) {
    self.rate = rate
    self.finalRate = finalRate
    self.start = start
    self.totalSteps = totalSteps
  }

  public func rate(at position: SchedulePosition) -> Double {
    guard position.step > start else { return rate }
    let part = min(1, Double(position.step - start) / Double(max(1, totalSteps - start)))
    return finalRate + (rate - finalRate) * (1 + cos(.pi * part)) / 2
  }
}

/// A linear rise over the first steps in front of another schedule: step s (from 0) of `steps` has `(s + 1) / steps` of
/// that schedule's rate.
///
/// Goyal et al. 2017.
public struct WarmupSchedule: Schedule {
  /// Steps of the rise.
  public let steps: Int
  /// What comes after it, and is scaled during it.
  public private(set) var base: any Schedule

  /// - Precondition: `steps` is at least 1.
  public init(steps: Int, then base: any Schedule) {
    check(steps >= 1, "WarmupSchedule: \(steps) steps")
    self.steps = steps
    self.base = base
  }

  public var state: ScheduleState {
    get { base.state }
    set { base.state = newValue }
  }

  public func rate(at position: SchedulePosition) -> Double {
    let rate = base.rate(at: position)
    return position.step < steps ? rate * (Double(position.step + 1) / Double(steps)) : rate
  }

  public mutating func validated(loss: Double) -> String? { base.validated(loss: loss) }
}

/// `rate` divided `times` times: the bits of a running division, which a power need not have.
func divided(_ rate: Double, by factor: Double, times: Int) -> Double {
  var rate = rate
  for _ in 0..<times where rate > 0 { rate /= factor }
  return rate
}
